/**
 * Shadow mode: what a draft would have said to a live request, counted and in the evidence, and
 * nowhere else. It decides nothing, asks nobody and holds nothing up: a draft that cannot be read is
 * no draft.
 */
import * as z from 'zod/mini';
import type { Offer } from '../catalog/store';
import type { Entry } from '../evidence/model/chain';
import type { Deps } from '../requests/deps';
import { epochSeconds } from '../shared/instant';
import { loadDraft } from './draft-record';
import { policyFor } from './model/effective';
import { type Ask, evaluate, type Facts, type Verdict } from './model/evaluate';
import { outcomeOf } from './model/rehearsal';

const countsSchema = z.strictObject({
  v: z.literal(1),
  judged: z.int(),
  different: z.int(),
  /** The newest that differ, by issue. */
  lines: z.array(z.strictObject({ issueId: z.string(), was: z.string(), is: z.string() })),
});
export type ShadowCounts = z.infer<typeof countsSchema>;

const MOST_LINES = 100;
const placeOf = (draftId: string) => `shadow:${draftId}`;

export async function countsOf(deps: Pick<Deps, 'store'>, draftId: string): Promise<ShadowCounts> {
  const read = countsSchema.safeParse(await deps.store.readPlain(placeOf(draftId)));
  return read.success ? read.data : { v: 1, judged: 0, different: 0, lines: [] };
}

export const forgetCounts = (deps: Pick<Deps, 'store'>, draftId: string): Promise<void> =>
  deps.store.writePlain(placeOf(draftId), { v: 1, judged: 0, different: 0, lines: [] });

export interface Shadowed {
  readonly issueId: string;
  readonly ask: Ask;
  readonly facts: Facts;
  readonly offer: Pick<Offer, 'app' | 'role'>;
  /** By the policy that counts. */
  readonly verdict: Verdict;
}

/** Entries for the transaction that pins the request; none where no draft is in shadow mode or it says the same. */
export async function shadow(deps: Deps, of: Shadowed): Promise<readonly Entry[]> {
  const draft = await draftInShadow(deps);
  if (!draft) return [];
  const { policy: site, id } = draft;
  const policy = policyFor(site, of.offer.app, of.offer.role);
  const other = evaluate(of.ask, policy, site, of.facts, epochSeconds(deps.now()));
  const [was, is] = [outcomeOf(of.verdict), outcomeOf(other)];
  const same = was === is && stagesOf(of.verdict) === stagesOf(other);
  await count(deps, id, { issueId: of.issueId, was, is }, same);
  if (same) return [];
  return [
    {
      event: 'policy.shadowed',
      actor: { type: 'app' },
      facts: { draft: id, was, is, considered: other.considered },
    },
  ];
}

async function draftInShadow(deps: Deps) {
  try {
    const draft = (await loadDraft(deps.store))?.value;
    return draft?.shadowSince === undefined ? undefined : draft;
  } catch (cause) {
    deps.log.error('draft.unreadable', cause);
    return undefined;
  }
}

const stagesOf = (verdict: Verdict): string =>
  JSON.stringify('stages' in verdict ? (verdict.stages ?? null) : null);

/** Two at the same moment may count as one: it is a figure, and the evidence has each. */
async function count(
  deps: Pick<Deps, 'store'>,
  draftId: string,
  line: ShadowCounts['lines'][number],
  same: boolean,
): Promise<void> {
  const before = await countsOf(deps, draftId);
  const others = before.lines.filter(({ issueId }) => issueId !== line.issueId);
  await deps.store.writePlain(placeOf(draftId), {
    v: 1,
    judged: before.judged + 1,
    different: before.different + Number(!same),
    lines: same ? before.lines : [...others, line].slice(-MOST_LINES),
  });
}
