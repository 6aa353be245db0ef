/** Every change of what the app is told to do is evidence, on one chain of its own. */
import type { Answer, Problem } from '../contracts/answer';
import { record } from '../evidence/record';
import type { Write } from '../forge/ports';
import { circumstances, type Deps } from '../requests/deps';
import { hashOf } from '../shared/canonical';

export const no = (
  check: string,
  sentence: string,
  nextStep: string,
): { ok: false; problem: Problem } => ({
  ok: false,
  problem: { check, sentence, nextStep },
});
export const done = <T>(value: T): Answer<T> => ({ ok: true, value });

export interface Change {
  /** `role:figma.editor`. */
  readonly what: string;
  readonly by: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Writes and evidence in one transaction; somebody else's change in between is a named "no". */
export async function save<T>(
  deps: Deps,
  change: Change,
  writes: readonly Write[],
  value: T,
): Promise<Answer<T>> {
  const step = {
    event: 'config.changed' as const,
    actor: { type: 'person' as const, accountId: change.by },
    facts: {
      what: change.what,
      before: change.before === undefined ? null : hashOf(change.before),
      after: hashOf(change.after),
      value: change.after,
    },
  };
  const recorded = await record(deps.store, 'config', [step], writes, circumstances(deps));
  if (recorded.done) return done(value);
  return no(
    'changed-meanwhile',
    'Somebody else changed this at the same moment.',
    'Reload the page and make your change again.',
  );
}
