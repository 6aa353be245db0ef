/** Connections to directories: saved with their credential, shown without it, tested line by line. */
import * as z from 'zod/mini';
import type { connectionInput } from '../contracts/admin';
import type { Answer } from '../contracts/answer';
import { credentialSchema, tenantProblem } from '../directories/credential';
import type { CheckLine, Credentials, Directory } from '../directories/directory';
import type { Secrets } from '../forge/ports';
import { grants } from '../grants/store';
import type { Deps } from '../requests/deps';
import { hashOf } from '../shared/canonical';
import { find, load, put } from '../shared/record';
import { done, no, save } from './changes';
import type { Connection } from './model/catalog';
import { connections } from './store';

export interface ConnectDeps extends Deps {
  readonly secrets: Secrets;
  readonly tryDirectory: (connection: Connection, credentials: Credentials) => Promise<Directory>;
}

export async function listConnections(deps: Deps): Promise<Answer<Connection[]>> {
  const { found } = await find(deps.store, connections, {
    index: 'by-kind',
    partition: ['connection', 'live'],
    limit: 100,
  });
  return done(found.map((held) => held.value));
}

export async function saveConnection(
  deps: ConnectDeps,
  given: z.infer<typeof connectionInput>,
  by: string,
): Promise<Answer<Connection>> {
  const problem = tenantProblem(given);
  if (problem) return no('tenant', problem, 'Correct it; nothing was saved.');
  const credential =
    given.credential === undefined ? undefined : credentialSchema.safeParse(given.credential);
  if (credential && !credential.success) {
    return no(
      'credential-form',
      `The credential is not complete: ${credential.error.issues.map((i) => `${i.path.join('.') || 'kind'} ${i.message}`).join('; ')}.`,
      'Correct it; nothing was saved.',
    );
  }
  if (credential && !credential.data.kind.startsWith(given.kind)) {
    return no(
      'credential-kind',
      'The credential is one for another kind of directory.',
      'Choose the credential of this directory.',
    );
  }
  const held = await load(deps.store, connections, `connection:${given.id}`);
  const before = held?.value;
  // A site that was copied took the connection along, but it is still the other site's.
  const copied = before !== undefined && before.cloudId !== deps.installation.cloudId;
  const moved =
    copied ||
    (before !== undefined && (before.tenant !== given.tenant || before.kind !== given.kind));
  if (moved && (await hasLive(deps, given.id))) {
    return no(
      'connection-in-use',
      `Access that was given through this connection is still running, and it belongs to ${copied ? 'another Jira site' : 'the old tenant'}.`,
      'End that access first, or make a second connection.',
    );
  }
  if (!credential && (!before || moved)) {
    return no(
      'credential-given',
      copied
        ? 'The connection belongs to another Jira site, so its stored credential is not used here.'
        : moved
          ? 'The tenant changed, so the stored credential is not used for it.'
          : 'A connection needs a credential.',
      'Enter the credential of this tenant.',
    );
  }
  const after: Connection = {
    v: 1,
    id: given.id,
    version: (before?.version ?? 0) + 1,
    kind: given.kind,
    name: given.name,
    tenant: given.tenant,
    cloudId: deps.installation.cloudId,
    status: 'live',
    credentialKind: credential?.data.kind ?? before?.credentialKind ?? '',
    credentialFingerprint: credential
      ? hashOf(credential.data).slice(0, 12)
      : (before?.credentialFingerprint ?? ''),
  };
  // The secret first: a connection without one fails closed, one with an old secret would not.
  if (moved) await deps.secrets.remove(`connection:${given.id}`);
  if (credential) await deps.secrets.set(`connection:${given.id}`, credential.data);
  return save(
    deps,
    { what: `connection:${given.id}`, by, before, after },
    [put(connections, after, held?.rev ?? 0)],
    after,
  );
}

/** Past so many the answer is "yes" without looking on: that much access is not ended in passing. */
const MOST_PAGES = 50;
const givenThrough = z.object({ connectionId: z.string() });

/** Whether access given through this connection may still stand in its directory. */
async function hasLive(deps: Deps, connectionId: string): Promise<boolean> {
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const {
      found,
      unreadable,
      cursor: next,
    } = await find(deps.store, grants, {
      index: 'by-live',
      partition: ['yes'],
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    if (found.some((held) => held.value.connectionId === connectionId)) return true;
    // What cannot be read counts, unless it still says that it went through another one.
    for (const { row } of unreadable) {
      const left = givenThrough.safeParse(row.body);
      if (!left.success || left.data.connectionId === connectionId) return true;
    }
    if (next === undefined) return false;
    cursor = next;
  }
  return true;
}

export async function testConnection(
  deps: ConnectDeps,
  id: string,
): Promise<Answer<readonly CheckLine[]>> {
  const held = await load(deps.store, connections, `connection:${id}`);
  if (!held) return no('connection-found', 'There is no such connection.', 'Reload the page.');
  const opened = await deps.directory(held.value);
  if (!opened.ok)
    return no('credential-stored', opened.error.detail, 'Enter the credential again.');
  return done(await opened.value.selfTest());
}
