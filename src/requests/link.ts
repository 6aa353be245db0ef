/** An administrator says which directory person a Jira account is. */
import type * as z from 'zod/mini';
import { no, save } from '../catalog/changes';
import { connections } from '../catalog/store';
import type { linkInput } from '../contracts/admin';
import type { Answer } from '../contracts/answer';
import { load, put } from '../shared/record';
import type { Deps } from './deps';
import { type Link, links } from './person';

export async function saveLink(
  deps: Deps,
  given: z.infer<typeof linkInput>,
  by: string,
): Promise<Answer<Link>> {
  const connection = await load(deps.store, connections, `connection:${given.connection}`);
  if (!connection)
    return no(
      'connection-found',
      `There is no connection "${given.connection}".`,
      'Connect the directory first.',
    );
  const opened = await deps.directory(connection.value);
  if (!opened.ok)
    return no('credential-stored', opened.error.detail, 'Enter the credential again.');
  const person = await opened.value.person(given.personId);
  if (!person.ok)
    return no(`directory-${person.error.code}`, person.error.detail, 'Try again in a minute.');
  if (!person.value?.active)
    return no(
      'person-active',
      'The directory has no active person with this id.',
      'Choose another person.',
    );
  const held = await load(deps.store, links, `${given.accountId}:${given.connection}`);
  const after: Link = {
    v: 1,
    accountId: given.accountId,
    connectionId: given.connection,
    personId: given.personId,
    linkedBy: by,
    at: deps.now(),
  };
  return save(
    deps,
    { what: `link:${given.accountId}`, by, before: held?.value, after },
    [put(links, after, held?.rev ?? 0)],
    after,
  );
}
