/** What a directory group is, before a role may give it. */
import type { Answer } from '../contracts/answer';
import type { GroupInspection } from '../directories/directory';
import type { Deps } from '../requests/deps';
import { load } from '../shared/record';
import { done, no } from './changes';
import { connections } from './store';

export async function inspect(
  deps: Deps,
  connectionId: string,
  groupId: string,
): Promise<Answer<GroupInspection>> {
  const connection = await load(deps.store, connections, `connection:${connectionId}`);
  if (!connection)
    return no(
      'connection-found',
      `There is no connection "${connectionId}".`,
      'Connect the directory first.',
    );
  const opened = await deps.directory(connection.value);
  if (!opened.ok)
    return no('credential-stored', opened.error.detail, 'Enter the credential again.');
  const group = await opened.value.inspectGroup(groupId);
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
