/** Who of these is in a group that decides, read at the moment their answers are judged. */
import { openConnection } from '../catalog/open-connection';
import type { Deps } from '../requests/deps';
import type { GroupDecides, Stage } from '../requests/model/request';
import { personsOf } from '../requests/person';
import { type Failure, no, ok, type Result } from '../shared/result';

/** Accounts that are in any of the stage's groups. What cannot be read is no membership, unless waiting helps. */
export async function membersNow(
  deps: Deps,
  stage: Pick<Stage, 'groups'>,
  accounts: readonly string[],
): Promise<Result<readonly string[], Failure>> {
  const members: string[] = [];
  for (const accountId of accounts) {
    for (const group of stage.groups ?? []) {
      const inside =
        group.kind === 'jira-group'
          ? await inJira(deps, group, accountId)
          : await inDirectory(deps, group, accountId);
      if (!inside.ok) return inside;
      if (!inside.value) continue;
      members.push(accountId);
      break;
    }
  }
  return ok(members);
}

async function inJira(deps: Deps, { id }: GroupDecides, accountId: string) {
  const groups = await deps.jira.groupsOf(accountId);
  return groups.ok ? ok(groups.value.some((group) => group.id === id)) : unreadable(groups.error);
}

async function inDirectory(deps: Deps, group: GroupDecides, accountId: string) {
  if (group.connection === undefined) return ok(false);
  const opened = await openConnection(deps, group.connection);
  if (!opened.ok) return ok(false);
  const { directory } = opened.value;
  const persons = await personsOf(deps, directory, group.connection, accountId);
  if (!persons.ok) return unreadable(persons.error);
  const [person, ...others] = persons.value;
  if (person === undefined || others.length > 0) return ok(false);
  const groups = await directory.groupsOf(person);
  return groups.ok ? ok(groups.value.includes(group.id)) : unreadable(groups.error);
}

const unreadable = (failure: Failure): Result<boolean, Failure> =>
  failure.class === 'retryable' ? no(failure) : ok(false);
