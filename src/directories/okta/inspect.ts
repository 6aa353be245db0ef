/** What more calls tell about a group: who else fills it, and what it may do in Okta itself. */
import type { Client } from '@okta/okta-sdk-nodejs';
import { type Failure, no, ok, type Result } from '../../shared/result';
import type { Directory, GroupId, GroupInspection, GroupUnwritable } from '../directory';
import type { Door } from '../door';
import { described, PRIVILEGED } from './groups';
import { gather, gatherUpTo, literal } from './pages';
import { countedGroups, groupRules } from './schemas';

const LARGEST_PAGE = 200;

const RULE_MANAGED = (rule: string): { no: GroupUnwritable; sentence: string } => ({
  no: 'rule-managed',
  sentence: `The group rule "${rule}" fills this group; a person removed by hand would be kept out by Okta from then on.`,
});

export async function inspectGroup(
  { sdk, door, describe }: { sdk: Client; door: Door; describe: Directory['describeGroup'] },
  id: GroupId,
): Promise<Result<GroupInspection | null, Failure>> {
  // Only the list tells whether a group has administrator rights.
  const filter = `id eq ${literal(id)}`;
  const counted = await door.run(
    async () => gatherUpTo(1, await sdk.groupApi.listGroups({ filter, expand: 'stats' })),
    countedGroups,
    'answer',
  );
  if (!counted.ok) return no(counted.error.failure);
  const [group] = counted.value.value;
  // An administrator with a limited role gets no list with "Everyone" in it.
  const plain = group ? ok(described(group)) : await describe(id);
  if (!plain.ok || !plain.value) return plain.ok ? ok(null) : plain;
  const privileged = group?._embedded?.stats?.hasAdminPrivilege;
  const unseen =
    privileged === undefined
      ? ['Okta did not say whether the group carries an administrator role.']
      : [];
  const seen = {
    ...plain.value,
    privileged: privileged === true,
    ...(privileged && { privilegedBecause: PRIVILEGED.sentence }),
  };
  if (seen.writable !== true) return ok({ ...seen, unseen });
  if (privileged) return ok({ ...seen, writable: PRIVILEGED, unseen });
  const rules = await door.run(
    async () => gather(await sdk.groupApi.listGroupRules({ limit: LARGEST_PAGE })),
    groupRules,
  );
  if (!rules.ok) {
    const { failure } = rules.error;
    if (failure.class !== 'needs-human') return no(failure);
    return ok({ ...seen, unseen: [...unseen, `Group rules could not be read: ${failure.detail}`] });
  }
  const rule = rules.value.value.find(
    ({ status, actions }) =>
      status === 'ACTIVE' && actions?.assignUserToGroups?.groupIds?.includes(id),
  );
  return ok({ ...seen, writable: rule ? RULE_MANAGED(rule.name) : true, unseen });
}
