/** One line of JSON per event. Forge keeps 100 lines a minute, so a line is an event, not a step. */
import type { Log } from './ports';
import { redact } from './redact';

export const forgeLog: Log = {
  info: (event, facts) => console.info(line(event, facts)),
  warn: (event, facts) => console.warn(line(event, facts)),
  error: (event, cause, facts) => console.error(line(event, facts, cause)),
};

function line(event: string, facts: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
  const safe = redact(facts) as Record<string, unknown>;
  return JSON.stringify({
    event,
    ...safe,
    ...(cause !== undefined && { cause: redact(cause) }),
  });
}
