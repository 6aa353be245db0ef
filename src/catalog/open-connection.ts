/** A connection that may be used from this site, with its directory. */
import type { Answer } from '../contracts/answer';
import type { Directory } from '../directories/directory';
import type { Deps } from '../requests/deps';
import { find, load } from '../shared/record';
import type { Failure } from '../shared/result';
import { done, no } from './changes';
import type { Connection } from './model/catalog';
import { connections } from './store';

export interface OpenConnection {
  readonly connection: Connection;
  readonly directory: Directory;
}

export async function openConnection(deps: Deps, id: string): Promise<Answer<OpenConnection>> {
  const held = await load(deps.store, connections, `connection:${id}`);
  if (!held)
    return no(
      'connection-found',
      `There is no connection "${id}".`,
      'Connect the directory first.',
    );
  const connection = held.value;
  if (connection.cloudId !== deps.installation.cloudId)
    return no(
      'connection-of-this-site',
      `The connection ${connection.name} belongs to another Jira site; this one is a copy.`,
      'Enter a credential of its own for this site.',
    );
  if (connection.status !== 'live')
    return no(
      'connection-live',
      `The connection ${connection.name} is switched off.`,
      'Switch it on, or choose another one.',
    );
  const opened = await deps.directory(connection);
  if (!opened.ok)
    return no('credential-stored', opened.error.detail, 'Enter the credential again.');
  return done({ connection, directory: opened.value });
}

/** Connections that this site may use; 100 at most. */
export async function liveConnections(
  deps: Pick<Deps, 'store' | 'installation'>,
): Promise<Connection[]> {
  const { found } = await find(deps.store, connections, {
    index: 'by-kind',
    partition: ['connection', 'live'],
    limit: 100,
  });
  return found
    .map((held) => held.value)
    .filter((connection) => connection.cloudId === deps.installation.cloudId);
}

export const failed = (failure: Failure) =>
  no(
    `directory-${failure.code}`,
    failure.detail,
    'Run the self-test of the connection; it names what is missing.',
  );
