/** The directory of a grant, if this site may act on it. */
import type { Connection } from '../catalog/model/catalog';
import { connections } from '../catalog/store';
import type { Directory } from '../directories/directory';
import type { Row } from '../forge/ports';
import type { Deps } from '../requests/deps';
import { decode } from '../shared/record';
import { type Failure, no, type Result } from '../shared/result';
import type { Grant } from './model/grant';

/** A grant stays bound to the tenant it was made in: a re-pointed connection never acts on it. */
export async function openFor(
  deps: Deps,
  grant: Pick<Grant, 'tenant'>,
  connection: Connection | undefined,
): Promise<Result<Directory, Failure>> {
  if (!connection)
    return needsHuman('The connection of this access was deleted, or cannot be read.');
  if (connection.tenant !== grant.tenant)
    return needsHuman(
      'The connection now leads to another tenant than the one this access was given in.',
    );
  if (connection.cloudId !== deps.installation.cloudId)
    return needsHuman('The connection belongs to another Jira site.');
  return deps.directory(connection);
}

export const connectionOf = (grant: Grant, row: Row | undefined): Connection | undefined =>
  row && decode(connections, `connection:${grant.connectionId}`, row).value;

const needsHuman = (detail: string) =>
  no<Failure>({ class: 'needs-human', code: 'forbidden', detail });
