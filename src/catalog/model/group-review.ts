/**
 * What became of the groups that live roles use. A role keeps the name it was mapped under, and its
 * kind, until an administrator changes it; here is only said what is different.
 */
import type { FindingKind, Found } from '../../findings/model/finding';
import type { GroupCandidate } from './candidate';
import type { Role } from './catalog';

export const GROUP_FINDINGS = [
  'group-renamed',
  'group-gone',
  'group-unwritable',
  'group-privileged',
] as const satisfies readonly FindingKind[];

export type SeenGroup = Pick<GroupCandidate, 'name' | 'writable' | 'privileged' | 'kind'>;

export interface Use {
  readonly connectionId: string;
  readonly groupId: string;
  readonly roles: readonly Role[];
}

/** `seen`: as the directory tells it now; `'gone'`: the directory itself says that there is none. */
export function reviewGroup(use: Use, seen: SeenGroup | 'gone'): Found[] {
  const { connectionId, groupId, roles } = use;
  const found = (kind: FindingKind, about: readonly Role[], rest: Rest): Found => ({
    key: `${kind}:${connectionId}:${groupId}`,
    kind,
    connectionId,
    groupId,
    roleIds: about.map((role) => role.id).sort(),
    ...rest,
  });
  const mapped = mappedName(use);
  if (seen === 'gone')
    return [
      found('group-gone', roles, {
        sentence: `The group "${mapped}" no longer exists in the directory. ${used(roles)}`,
        nextStep:
          'Choose another group for the role, or withdraw it. A new group of the same name is another group.',
      }),
    ];
  const renamed = roles.filter((role) => nameIn(role, groupId) !== seen.name);
  const unwritable = roles.filter((role) => role.kind === 'automatic');
  // Two administrators may have said that a role leads there (`Role.privilegedBy`).
  const surprised = roles.filter((role) => !role.privilegedBy?.groups.includes(groupId));
  return [
    ...(renamed.length > 0
      ? [
          found('group-renamed', renamed, {
            sentence: `The group "${mapped}" is now called "${seen.name}" in the directory. ${used(renamed)}`,
            nextStep:
              'Look whether it still means the same. Then take the new name over, or choose another group.',
            facts: { mapped, name: seen.name },
          }),
        ]
      : []),
    ...(seen.writable !== true && unwritable.length > 0
      ? [
          found('group-unwritable', unwritable, {
            sentence: `The group "${seen.name}" can no longer be changed by the app: ${seen.writable.sentence} ${used(unwritable)}`,
            nextStep:
              'Save the role again: it becomes manual. Or choose a group that the app may change.',
            facts: { because: seen.writable.no, kind: seen.kind },
          }),
        ]
      : []),
    ...(seen.privileged && surprised.length > 0
      ? [
          found('group-privileged', surprised, {
            sentence: `The group "${seen.name}" carries administrator rights in the directory. ${used(surprised)}`,
            nextStep:
              'Take the administrator rights away from the group, or withdraw the role and give such rights outside the catalog.',
            facts: { kind: seen.kind },
          }),
        ]
      : []),
  ];
}

type Rest = Pick<Found, 'sentence' | 'nextStep' | 'facts'>;

const nameIn = (role: Role, groupId: string) =>
  role.groups.find((group) => group.id === groupId)?.name;

const mappedName = ({ roles, groupId }: Use) =>
  roles.map((role) => nameIn(role, groupId)).find((name) => name !== undefined) ?? groupId;

function used(roles: readonly Role[]): string {
  const names = roles.map((role) => `${role.appId} ${role.name}`).sort();
  const shown = names.slice(0, 5).join(', ');
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return `Roles that use it: ${shown}${more}.`;
}
