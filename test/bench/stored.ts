/** What the ledger and the secrets hold when a measured function starts, by key. */
import { generateKeyPairSync } from 'node:crypto';
import { type Instant, plusSeconds } from '../../src/shared/instant';
import { aBinding, aConnection, someSettings } from '../builders/catalog';
import { aGrant, aHold, anEdge } from '../builders/grants';
import { at, NOW } from '../builders/instants';

export const GRANT_ID = 'g-501-1';

type Stored = Record<string, unknown>;
const CONNECTION = aConnection({ id: 'okta', tenant: 'bench.okta.com', cloudId: 'bench' });
const row = (body: unknown) => ({ rev: 1, body });

/** Settings with one binding. */
export const aSite = (): Stored => ({
  'settings:site': row(someSettings({ bindings: [aBinding()] })),
});

/** A grant of one group whose hour is long over. */
export function aRevocation(): Stored {
  const groupId = 'g-users';
  const hold = aHold({ connectionId: CONNECTION.id, groupId, addedAt: NOW });
  const grant = aGrant('active', {
    connectionId: CONNECTION.id,
    tenant: CONNECTION.tenant,
    personId: hold.personId,
    edges: [anEdge({ groupId, state: 'held', verifiedAt: at(1) })],
    endsAt: plusSeconds(NOW as Instant, 3600),
  });
  return {
    ...aSite(),
    ...aCredential(),
    [`connection:${CONNECTION.id}`]: row(CONNECTION),
    [GRANT_ID]: row({ ...grant, id: GRANT_ID }),
    [`${CONNECTION.id}:${groupId}:${hold.personId}`]: row(hold),
  };
}

/** The same for a handler that remembers nothing but the membership. */
export const aNaiveRevocation = (): Stored => ({
  ...aCredential(),
  naive: { group: 'g-users', person: 'person-1' },
});

function aCredential(): Stored {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const credential = { clientId: 'bench', privateKeyPem: privateKey, keyId: 'bench' };
  return { [`secret connection:${CONNECTION.id}`]: { kind: 'okta-key', ...credential } };
}
