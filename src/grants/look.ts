/** What a grant looks at before it changes anything: the person is there, each group can be changed. */
import type { Directory } from '../directories/directory';
import { type Failure, no, ok, type Result } from '../shared/result';
import type { Ask, Grant } from './model/grant';

/** Who the person is and what the groups are, now. */
export async function look(
  directory: Directory,
  grant: Grant,
): Promise<Result<Set<string>, { ask: Ask } | { failure: Failure }>> {
  const person = await directory.person(grant.personId);
  if (!person.ok) return no({ failure: person.error });
  if (!person.value?.active) {
    return no({
      ask: {
        check: 'person-active',
        sentence: "The person's account in the directory is not active.",
        nextStep: 'Once it is active again, IT can press Resume.',
      },
    });
  }
  const groups = await directory.groupsOf(grant.personId);
  if (!groups.ok) return no({ failure: groups.error });
  for (const edge of grant.edges) {
    const group = await directory.describeGroup(edge.groupId);
    if (!group.ok) return no({ failure: group.error });
    if (group.value === null) {
      return no({
        ask: {
          check: 'group-exists',
          sentence: `The group ${edge.groupName} does not exist in the directory.`,
          nextStep:
            'IT restores the group, or chooses another one for this role, and presses Resume.',
        },
      });
    }
    if (group.value.writable !== true) {
      return no({
        ask: {
          check: 'group-writable',
          sentence: `The app may not change who is in the group ${edge.groupName}. ${group.value.writable.sentence}`,
          nextStep: 'IT chooses another group for this role and presses Resume.',
        },
      });
    }
  }
  return ok(new Set(groups.value));
}
