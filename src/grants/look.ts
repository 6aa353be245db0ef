/** What a grant looks at before it changes anything: the person is there, each group can be changed. */
import type { Directory } from '../directories/directory';
import { noteMismatch } from '../people/mismatch';
import type { Deps } from '../requests/deps';
import { findPerson, type Link } from '../requests/person';
import { type Failure, no, ok, type Result } from '../shared/result';
import type { Ask, Grant } from './model/grant';

type Unfit = { readonly ask: Ask } | { readonly failure: Failure };

/** Who the person is and what the groups are, now. */
export async function look(
  deps: Deps,
  directory: Directory,
  grant: Grant,
  known: { readonly link: Link | undefined; readonly groups: readonly string[] | undefined },
): Promise<Result<Set<string>, Unfit>> {
  const person = await whoever(deps, directory, grant, known.link);
  if (!person.ok) return person;
  const groups = known.groups ? ok(known.groups) : await directory.groupsOf(grant.personId);
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

/**
 * The person that the account was when the request was pinned, found again by the same rule. What has
 * begun is settled for the pinned person alone: nothing else was changed, and nothing else will be.
 */
async function whoever(
  deps: Deps,
  directory: Directory,
  grant: Grant,
  link: Link | undefined,
): Promise<Result<void, Unfit>> {
  if (grant.state !== 'approved') {
    const person = await directory.person(grant.personId);
    if (!person.ok) return no({ failure: person.error });
    return person.value?.active ? ok(undefined) : no({ ask: NOT_ACTIVE });
  }
  const whom = { connectionId: grant.connectionId, accountId: grant.beneficiary };
  const found = await findPerson(deps, directory, { ...whom, pinned: { link, by: grant.foundBy } });
  if (found.ok)
    return found.value.person.id === grant.personId ? ok(undefined) : no({ ask: OTHER_PERSON });
  if ('failure' in found.error) return no(found.error);
  const { check, sentence, nextStep } = found.error.refusal;
  await noteMismatch(deps, whom, found.error.refusal);
  return no({ ask: { check, sentence, nextStep } });
}

const NOT_ACTIVE: Ask = {
  check: 'person-active',
  sentence: "The person's account in the directory is not active.",
  nextStep: 'Once it is active again, IT can press Resume.',
};
/** Resume asks the approvers again (`approvals/resume.ts`): what they allowed was for somebody else. */
export const OTHER_PERSON: Ask = {
  check: 'same-person',
  sentence:
    'The account leads to another person in the directory than when the request was put up for approval.',
  nextStep: 'IT looks at who that is and presses Resume; the approvers are then asked again.',
};
