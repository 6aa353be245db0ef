import type { Clock, Http } from '../../forge/ports';
import { epochMs } from '../../shared/instant';
import type { CheckLine, ConnectionAddress } from '../directory';
import type { Door } from '../door';
import { readLine, tokenLines } from '../self-test';
import type { DirectoryApi } from './client';
import { groupsPage, usersPage } from './schemas';
import {
  CLOUD_IDENTITY_SCOPES,
  DIRECTORY_SCOPES,
  type GoogleCredential,
  googleToken,
} from './token';

const ROLE =
  'give the service account, or the administrator it acts for, a role that may read them.';

export async function selfTest(
  parts: {
    api: DirectoryApi;
    door: Door;
    address: ConnectionAddress;
    credential: GoogleCredential;
  },
  deps: { http: Http; clock: Clock },
): Promise<CheckLine[]> {
  const { api, door, address, credential } = parts;
  const answer = await googleToken(credential, DIRECTORY_SCOPES, deps);
  const lines = tokenLines('Access token (service account)', answer, epochMs(deps.clock.now()));
  if (!answer.result.ok) return lines;
  const customer = address.tenant;
  const people = await door.run(
    async () => (await api.users.list({ customer, maxResults: 1 })).data,
    usersPage,
  );
  const groups = await door.run(
    async () => (await api.groups.list({ customer, maxResults: 1 })).data,
    groupsPage,
  );
  const identity = await googleToken(credential, CLOUD_IDENTITY_SCOPES, deps);
  return [
    ...lines,
    readLine('Read people (admin.directory.user.readonly)', people, {
      found: 'People can be read.',
      mend: `Check the customer id, and ${ROLE}`,
    }),
    readLine('Read groups (admin.directory.group.readonly)', groups, {
      found: 'Groups can be read.',
      mend: `Check the customer id, and ${ROLE}`,
    }),
    {
      name: 'Recognise dynamic groups (cloud-identity.groups.readonly)',
      ok: identity.result.ok,
      sentence: identity.result.ok
        ? 'Groups that a query fills are recognised.'
        : `${identity.result.error.detail} Without this scope groups that a query fills are taken for writable.`,
    },
  ];
}
