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
  /** `undefined`: it is gone. */
  readonly after: unknown;
  /** Id of the set of changes it belongs to. */
  readonly set?: string;
}

/**
 * Writes and evidence in one transaction; somebody else's change in between is a named "no". Tried twice:
 * all changes share one chain, and one of something else moves it too. The second time the revisions of
 * `writes` themselves still have to stand.
 */
export async function save<T>(
  deps: Deps,
  change: Change,
  writes: readonly Write[],
  value: T,
): Promise<Answer<T>> {
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await saveAll(deps, [change], writes)) return done(value);
  }
  return no(
    'changed-meanwhile',
    'Somebody else changed this at the same moment.',
    'Reload the page and make your change again.',
  );
}

/**
 * Several changes in one transaction, each with its evidence: one write each beside `writes`, and one
 * for all. `false`: a revision no longer stands, if only that of the chain, and nothing was written.
 */
export async function saveAll(
  deps: Deps,
  changes: readonly Change[],
  writes: readonly Write[],
): Promise<boolean> {
  const steps = changes.map(({ what, by, before, after, set }) => ({
    event: 'config.changed' as const,
    actor: { type: 'person' as const, accountId: by },
    facts: {
      what,
      before: before === undefined ? null : hashOf(before),
      after: after === undefined ? null : hashOf(after),
      value: after ?? null,
      ...(set !== undefined && { set }),
    },
  }));
  const recorded = await record(deps.store, 'config', steps, writes, circumstances(deps));
  return recorded.done;
}
