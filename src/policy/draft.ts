/**
 * A draft of the site's policy, kept beside the one that stands: tried, rehearsed, and in shadow mode
 * laid beside each live request. Whatever it says, nothing is decided by it.
 */
import { done, no, save } from '../catalog/changes';
import type { Answer } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { hashOf } from '../shared/canonical';
import { put, remove } from '../shared/record';
import { type Given, judgePolicy } from './documents';
import { DRAFT, drafts, loadDraft, type PolicyDraft } from './draft-record';
import { countsOf, forgetCounts } from './shadow';

export async function saveDraft(
  deps: Deps,
  given: Given,
  by: string,
): Promise<Answer<{ lines: readonly string[]; weaker: readonly string[] }>> {
  const judged = await judgePolicy(deps, given, by);
  if (!judged.ok) return judged;
  const { policy, lines, weaker } = judged.value;
  const held = await loadDraft(deps.store);
  const after: PolicyDraft = { v: 1, id: hashOf(policy), policy, by, at: deps.now() };
  const change = { what: DRAFT, by, before: held?.value, after };
  return save(deps, change, [put(drafts, after, held?.rev ?? 0)], {
    lines: lines.map(({ text }) => text),
    weaker,
  });
}

export async function discardDraft(deps: Deps, by: string): Promise<Answer<unknown>> {
  const held = await loadDraft(deps.store);
  if (!held) return none;
  const change = { what: DRAFT, by, before: held.value, after: undefined };
  return save(deps, change, [remove(drafts, held.value, held.rev)], { discarded: true });
}

/** Switched on, live requests are counted anew. */
export async function setShadow(deps: Deps, on: boolean, by: string): Promise<Answer<PolicyDraft>> {
  const held = await loadDraft(deps.store);
  if (!held) return none;
  const { shadowSince: _, ...rest } = held.value;
  const after: PolicyDraft = { ...rest, ...(on && { shadowSince: deps.now() }) };
  if (on) await forgetCounts(deps, after.id);
  return save(
    deps,
    { what: DRAFT, by, before: held.value, after },
    [put(drafts, after, held.rev)],
    after,
  );
}

export async function readDraft(deps: Deps): Promise<Answer<unknown>> {
  const held = await loadDraft(deps.store);
  if (!held) return done({ draft: null });
  return done({ draft: held.value, shadow: await countsOf(deps, held.value.id) });
}

const none = no('draft-exists', 'There is no draft of the policy.', 'Save one first.');
