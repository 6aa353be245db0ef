/**
 * A membership that ended with its person, in a directory that can restore people with their groups:
 * the app lets go of it here, so people are told what to look for.
 */
import { openFinding } from '../findings/findings';
import type { Deps } from '../requests/deps';
import type { Grant } from './model/grant';
import { MAY_RETURN, WHEN_RETURNED } from './telling';

export async function tellMayReturn(deps: Deps, grant: Grant): Promise<void> {
  const { id, connectionId, personId } = grant;
  const groupIds = grant.edges.filter((edge) => edge.mayReturn).map((edge) => edge.groupId);
  if (groupIds.length === 0) return;
  await openFinding(deps, {
    key: `person-may-return:${id}`,
    kind: 'person-may-return',
    connectionId,
    personId,
    grantIds: [id],
    sentence: MAY_RETURN,
    nextStep: WHEN_RETURNED,
    facts: { groupIds },
  });
}
