/** What a directory group is, before a role may give it. */
import type { Answer, Problem } from '../contracts/answer';
import type { GroupInspection } from '../directories/directory';
import type { Deps } from '../requests/deps';
import { done, no } from './changes';
import { Looking } from './looking';

export const inspect = (
  deps: Deps,
  connectionId: string,
  groupId: string,
): Promise<Answer<GroupInspection>> => groupNamed(new Looking(deps), connectionId, groupId);

/** The self-test puts somebody into its group for a moment: no role may give that one. */
export async function testGroupFree(
  looking: Looking,
  connectionId: string,
  groups: readonly string[],
): Promise<Problem | undefined> {
  const group = (await looking.connection(connectionId))?.test?.group;
  if (group === undefined || !groups.includes(group)) return undefined;
  return {
    check: 'test-group-free',
    sentence: `The group ${group} is the one that the self-test of the connection changes.`,
    nextStep: 'Choose another group for the role, or another test group for the connection.',
  };
}

export async function groupNamed(
  looking: Looking,
  connectionId: string,
  groupId: string,
): Promise<Answer<GroupInspection>> {
  if (!(await looking.connection(connectionId)))
    return no(
      'connection-found',
      `There is no connection "${connectionId}".`,
      'Connect the directory first.',
    );
  const group = await looking.group(connectionId, groupId);
  if (!group.ok)
    return no(
      `directory-${group.error.code}`,
      group.error.detail,
      'Run the self-test of the connection; it names what is missing.',
    );
  if (group.value === null)
    return no(
      'group-exists',
      `The directory has no group ${groupId}.`,
      'Choose the group again; names can be used twice, ids cannot.',
    );
  return done(group.value);
}
