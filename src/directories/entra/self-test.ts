import type { Client } from '@microsoft/microsoft-graph-client';
import type { Clock, Http } from '../../forge/ports';
import { epochMs } from '../../shared/instant';
import type { CheckLine, ConnectionAddress } from '../directory';
import type { Door } from '../door';
import { readLine, tokenLines } from '../self-test';
import { idsPage } from './schemas';
import { type EntraCredential, entraToken } from './token';

export async function selfTest(
  parts: { sdk: Client; door: Door; address: ConnectionAddress; credential: EntraCredential },
  deps: { http: Http; clock: Clock },
): Promise<CheckLine[]> {
  const { sdk, door, address, credential } = parts;
  const answer = await entraToken(address, credential, deps);
  const lines = tokenLines(
    'Access token (Certificates & secrets)',
    answer,
    epochMs(deps.clock.now()),
  );
  if (!answer.result.ok) return lines;
  const one = (path: string) => door.run(() => sdk.api(path).select('id').top(1).get(), idsPage);
  const consent = (permission: string) =>
    `Add the application permission ${permission} and grant admin consent.`;
  return [
    ...lines,
    readLine('Read people (User.Read.All)', await one('/users'), {
      found: 'People can be read.',
      mend: consent('User.Read.All'),
    }),
    readLine('Read groups (GroupMember.ReadWrite.All)', await one('/groups'), {
      found: 'Groups can be read.',
      mend: consent('GroupMember.ReadWrite.All'),
    }),
  ];
}
