/**
 * Resolver calls: one table per audience, one row per function with its schema and its right.
 *
 * The caller is the account that the platform names; whatever account or right a payload claims is
 * not read. The table is a Map of our own, so a function key such as `constructor` finds nothing.
 */
import * as z from 'zod/mini';
import { type App, openApp } from '../../app';
import type { Answer, Problem } from '../../contracts/answer';
import { forgeLog } from '../../forge/log';
import '../../shared/english';
import { resolverSchema } from '../payloads';

/** Forge refuses larger payloads by itself; this keeps the refusal in words wherever the limit lies. */
const LARGEST_PAYLOAD_BYTES = 500_000;

export interface Caller {
  readonly accountId: string;
  /** As the browser's side was told it: good for choosing words, never for a right. */
  readonly accountType?: string | undefined;
}

export interface Row {
  run(app: App, payload: unknown, caller: Caller): Promise<Answer<unknown>>;
}

export type Table = ReadonlyMap<string, Row>;
/** Whoever looks at the payload must take it for what it is: nothing in it was checked yet. */
export type Right = (app: App, caller: Caller, payload: unknown) => Promise<Problem | undefined>;

export function row<S extends z.ZodMiniType>(
  schema: S,
  right: Right,
  act: (app: App, input: z.infer<S>, caller: Caller) => Promise<Answer<unknown>>,
): Row {
  return {
    async run(app, payload, caller) {
      const denied = await right(app, caller, payload);
      if (denied) return { ok: false, problem: denied };
      const input = schema.safeParse(payload);
      if (!input.success) return { ok: false, problem: badInput(input.error) };
      return act(app, input.data, caller);
    },
  };
}

export const resolver =
  (table: Table) =>
  async (request: unknown, context: unknown): Promise<Answer<unknown>> => {
    const parsed = resolverSchema.safeParse(request);
    const caller = callerSchema.safeParse(context);
    if (!parsed.success || !caller.success) return { ok: false, problem: NOT_SIGNED_IN };
    const found = table.get(parsed.data.call.functionKey);
    if (!found) return { ok: false, problem: UNKNOWN };
    const { payload } = parsed.data.call;
    if (payload !== undefined && JSON.stringify(payload).length > LARGEST_PAYLOAD_BYTES)
      return { ok: false, problem: TOO_LARGE };
    try {
      const app = openApp(context, 'resolver');
      const { accountId } = caller.data.principal;
      const accountType = parsed.data.context?.['accountType'];
      return await found.run(app, payload, {
        accountId,
        ...(typeof accountType === 'string' && { accountType }),
      });
    } catch (cause) {
      forgeLog.error('resolver.failed', cause, { fn: parsed.data.call.functionKey.slice(0, 60) });
      return { ok: false, problem: BROKEN };
    }
  };

const callerSchema = z.object({
  principal: z.object({ accountId: z.string().check(z.minLength(1)) }),
});

function badInput(error: z.core.$ZodError): Problem {
  return {
    check: 'input',
    sentence: 'Some of what was entered cannot be used.',
    nextStep: 'Correct the named inputs; nothing was saved.',
    inputs: error.issues
      .slice(0, 20)
      .map((i) => ({ path: i.path.join('.') || 'all', problem: i.message })),
  };
}

const UNKNOWN: Problem = {
  check: 'function',
  sentence: 'There is no such function.',
  nextStep: 'Reload the page.',
};
const NOT_SIGNED_IN: Problem = {
  check: 'signed-in',
  sentence: 'You are not signed in.',
  nextStep: 'Sign in to Jira and try again.',
};
const TOO_LARGE: Problem = {
  check: 'payload-size',
  sentence: 'That is more than can be sent at once.',
  nextStep: 'Send it in smaller parts; nothing was saved.',
};
const BROKEN: Problem = {
  check: 'app-works',
  sentence: 'Something in the app went wrong, and nothing was saved.',
  nextStep: 'Try again in a minute; the app log of this site has the details.',
};
