/** What the ledger and the secrets hold when a measured function starts, by key. */
import { generateKeyPairSync } from 'node:crypto';
import { shortHash } from '../../src/catalog/connection-credential';
import type { Connection } from '../../src/catalog/model/catalog';
import type { Credential } from '../../src/directories/directory';
import { type Instant, plusSeconds } from '../../src/shared/instant';
import { aBinding, aConnection, someSettings } from '../builders/catalog';
import { aGrant, aHold, anEdge } from '../builders/grants';
import { at, NOW } from '../builders/instants';

export const GRANT_ID = 'g-501-1';

type Stored = Record<string, unknown>;
type Kind = Connection['kind'];

/** Ids as each directory writes them. */
const OF: Readonly<Record<Kind, { tenant: string; group: string; person: string }>> = {
  okta: { tenant: 'bench.okta.com', group: 'g-users', person: 'person-1' },
  entra: {
    tenant: '11111111-2222-4333-8444-555555555555',
    group: '11111111-2222-4333-8444-000000000001',
    person: '11111111-2222-4333-8444-000000000002',
  },
  google: { tenant: 'C01bench', group: '01bench', person: '100000000000000000001' },
};
const row = (body: unknown) => ({ rev: 1, body });

/** Settings with one binding. */
export const aSite = (): Stored => ({
  'settings:site': row(someSettings({ bindings: [aBinding()] })),
});

/** A grant of one group whose hour is long over. */
export function aRevocation(kind: Kind): Stored {
  const { tenant, group: groupId, person: personId } = OF[kind];
  const credential = aCredential(kind);
  const [secret] = Object.values(credential);
  const connection = aConnection({
    id: kind,
    kind,
    tenant,
    cloudId: 'bench',
    credentialFingerprint: shortHash(secret as Credential),
  });
  const hold = aHold({ connectionId: kind, groupId, personId, addedAt: NOW });
  const grant = aGrant('active', {
    connectionId: kind,
    tenant,
    personId,
    edges: [anEdge({ groupId, state: 'held', verifiedAt: at(1) })],
    endsAt: plusSeconds(NOW as Instant, 3600),
  });
  return {
    ...aSite(),
    ...credential,
    [`connection:${kind}`]: row(connection),
    [GRANT_ID]: row({ ...grant, id: GRANT_ID }),
    [`${kind}:${groupId}:${personId}`]: row(hold),
  };
}

/** The same for a handler that remembers nothing but the membership. */
export const aNaiveRevocation = (kind: Kind): Stored => ({
  ...aCredential(kind),
  naive: { group: OF[kind].group, person: OF[kind].person },
});

function aCredential(kind: Kind): Stored {
  const { privateKey: privateKeyPem } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const credential = {
    okta: { kind: 'okta-key', clientId: 'bench', privateKeyPem, keyId: 'bench' },
    entra: { kind: 'entra-secret', clientId: 'bench', clientSecret: 'bench' },
    google: {
      kind: 'google-service-account',
      clientEmail: 'bench@bench.example',
      privateKeyPem,
      keyId: 'bench',
    },
  }[kind];
  return { [`secret connection:${kind}`]: credential };
}
