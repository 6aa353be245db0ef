/**
 * A later stage is about to be asked. Its people were read for the pin, perhaps days ago, and nothing
 * looks after those whom nobody waits for yet: covers that began or ended since then are settled now,
 * and who has no active account any more is replaced.
 */
import { settleCovers } from '../policy/cover-take-over';
import type { Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import type { AccessRequest } from '../requests/model/request';
import { MINUTE } from '../shared/instant';
import { replaceGone } from './replace-gone';
import { overtaken } from './words';

/** `undefined`: the stage can be asked as it stands. Else other people are named in it now, or will be. */
export async function settleComing(
  deps: Deps,
  { issueId, pin }: AccessRequest,
  stage: number,
): Promise<Next | undefined> {
  const covered = await settleCovers(deps, issueId, stage);
  if (covered.waits > 0)
    return { kind: 'later', seconds: 5 * MINUTE, why: 'who stands in could not be read' };
  if (covered.done > 0) return overtaken;
  const ids = pin?.stages[stage]?.approvers.map(({ accountId }) => accountId) ?? [];
  const read = ids.length === 0 ? undefined : await deps.jira.accounts(ids);
  // Who cannot be looked up is asked: the gate looks again before anything is given.
  if (!read?.ok) return undefined;
  const gone = ids.filter((id) => !read.value.some((one) => one.accountId === id && one.active));
  let replaced = 0;
  for (const accountId of gone)
    if ((await replaceGone(deps, issueId, accountId, stage)) === 'done') replaced++;
  return replaced > 0 ? overtaken : undefined;
}
