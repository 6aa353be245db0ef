/** From a key pair made in the app to the day a connection is removed. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { listConnections, saveConnection } from '../../src/catalog/connect';
import {
  type ConnectDeps,
  makeKey,
  storedCredentials,
} from '../../src/catalog/connection-credential';
import { ageLine, lastTest, testConnection } from '../../src/catalog/connection-test';
import { removeConnection } from '../../src/catalog/disconnect';
import { saveRole } from '../../src/catalog/edit';
import { egressOf } from '../../src/catalog/egress';
import type { Connection } from '../../src/catalog/model/catalog';
import { connections } from '../../src/catalog/store';
import type { CheckLine, Credentials } from '../../src/directories/directory';
import { makeCertificate, makeKeyPair } from '../../src/directories/key-pair';
import { listFindings, openFinding } from '../../src/findings/findings';
import { grants } from '../../src/grants/store';
import { links } from '../../src/requests/person';
import { DAY, plusSeconds } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { aConnection, aRole } from '../builders/catalog';
import { aGrant } from '../builders/grants';
import { SmallSite } from '../builders/small-site';
import { MemorySecrets } from '../fakes/platform';

let site: SmallSite;
let secrets: MemorySecrets;
/** What the directory's checklist says, and with which credentials it was asked. */
let lines: CheckLine[];
let tried: Credentials[];

beforeEach(() => {
  site = new SmallSite();
  secrets = new MemorySecrets();
  tried = [];
  lines = [{ id: 'token', name: 'Access token', state: 'passed', sentence: 'Issued.' }];
  site.directory.selfTest = async () => lines;
});

const deps = (): ConnectDeps => ({
  ...site.deps(),
  secrets,
  tryDirectory: async (_connection, credentials) => {
    tried.push(credentials);
    return site.directory;
  },
  makeKeys: { keyPair: makeKeyPair, certificate: makeCertificate },
});
const okta = { id: 'main', kind: 'okta' as const, name: 'Okta', tenant: 'latchkey-demo.okta.com' };
const entra = {
  id: 'ms',
  kind: 'entra' as const,
  name: 'Entra',
  tenant: '11111111-2222-4333-8444-555555555555',
};
const secret = (clientSecret: string) => ({
  kind: 'entra-secret',
  clientId: 'app-1',
  clientSecret,
});
const token = (value: string) => ({ kind: 'okta-token', token: value });
const save = (given: object) => saveConnection(deps(), given as never, 'admin');
const stored = async (id = 'main') =>
  (await load(site.store, connections, `connection:${id}`))?.value;

describe('a key pair made in the app', () => {
  test('shows its public half only, and the private half goes into secret storage', {
    tags: ['secret-read-back'],
  }, async () => {
    const made = await makeKey(deps(), { id: 'main', kind: 'okta' }, 'admin');
    if (!made.ok) throw new Error('no key');
    const { publicJwk, keyId } = made.value;
    expect(Object.keys(publicJwk ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    createPublicKey({ key: publicJwk as never, format: 'jwk' });
    const credential = { kind: 'made-key', clientId: '0oa1', keyId };
    expect(await save({ ...okta, credential })).toMatchObject({ ok: true });
    expect(await secrets.get('connection:main')).toMatchObject({ kind: 'okta-key', keyId });
    expect(secrets.keys()).toEqual(['connection:main']);
  });

  test('is a certificate for Entra, good for a year, and its end is known from then on', async () => {
    const made = await makeKey(deps(), { id: 'ms', kind: 'entra' }, 'admin');
    if (!made.ok) throw new Error('no certificate');
    const certificate = new X509Certificate(made.value.certificatePem ?? '');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    const credential = { kind: 'made-key', clientId: 'app-1', keyId: made.value.keyId };
    expect(await save({ ...entra, credential })).toMatchObject({
      ok: true,
      value: { credentialKind: 'entra-certificate', credentialEndsAt: made.value.endsAt },
    });
  });

  test('that was replaced by a newer one is refused by name', async () => {
    const first = await makeKey(deps(), { id: 'main', kind: 'okta' }, 'admin');
    await makeKey(deps(), { id: 'main', kind: 'okta' }, 'admin');
    if (!first.ok) throw new Error('no key');
    const credential = { kind: 'made-key', clientId: '0oa1', keyId: first.value.keyId };
    expect(await save({ ...okta, credential })).toMatchObject({ problem: { check: 'made-key' } });
  });
});

test("Google's key file is taken as it is, and anything else is refused without being quoted", async () => {
  const google = { id: 'g', kind: 'google', name: 'Google', tenant: 'C01abc' };
  const file = {
    type: 'service_account',
    client_email: 'latchkey@project.iam.gserviceaccount.com',
    private_key: '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n',
    private_key_id: 'key-1',
    project_id: 'project',
  };
  const given = { ...google, credential: { kind: 'google-key-file', file: JSON.stringify(file) } };
  expect(await save(given)).toMatchObject({ ok: true });
  expect(await secrets.get('connection:g')).toMatchObject({ keyId: 'key-1' });
  for (const wrong of ['{', '{"type":"authorized_user","private_key":"canary-1"}']) {
    const answer = await save({ ...google, credential: { kind: 'google-key-file', file: wrong } });
    expect(answer).toMatchObject({ problem: { check: 'key-file' } });
    expect(JSON.stringify(answer)).not.toContain('canary-1');
  }
});

describe('a credential that replaces another one', () => {
  beforeEach(() => save({ ...okta, credential: token('old-token') }));

  test('is tried first and then takes its place', async () => {
    expect(await save({ ...okta, credential: token('new-token') })).toMatchObject({ ok: true });
    expect(tried).toEqual([{ membership: token('new-token') }]);
    expect(await secrets.get('connection:main')).toEqual(token('new-token'));
  });

  test('and gets no token leaves the old one in use', async () => {
    const sentence = 'Okta refused the credential (401, invalid_client).';
    lines = [
      { id: 'token', name: 'Access token', state: 'failed', sentence, mend: 'Add the key.' },
    ];
    expect(await save({ ...okta, credential: token('new-token') })).toMatchObject({
      ok: false,
      problem: { check: 'credential-works', nextStep: 'Add the key.' },
    });
    expect(await secrets.get('connection:main')).toEqual(token('old-token'));
  });

  test.each(['scope-okta.groups.manage', 'read-people', 'change-test-group'])(
    'and fails the line %s leaves the old one in use, unless the directory was only busy',
    { tags: ['credential-refused'] },
    async (id) => {
      const line: CheckLine = { id, name: id, state: 'failed', sentence: 'Not granted.' };
      lines.push(line);
      expect(await save({ ...okta, credential: token('new-token') })).toMatchObject({
        problem: { check: 'credential-works' },
      });
      expect(await secrets.get('connection:main')).toEqual(token('old-token'));
      lines = [...lines.filter((one) => one !== line), { ...line, passing: true }];
      expect(await save({ ...okta, credential: token('new-token') })).toMatchObject({ ok: true });
    },
  );

  test('and cannot be looked at for what else it may do waits until it can', async () => {
    const power: CheckLine = { id: 'power', name: 'P', state: 'not-tested', sentence: 'Busy.' };
    lines.push({ ...power, passing: true });
    expect(await save({ ...okta, credential: token('new-token') })).toMatchObject({
      problem: { check: 'credential-works' },
    });
  });

  test('is tried on the test group that the connection has', async () => {
    await save({ ...okta, test: { group: 'g-test', person: 'p' } });
    const asked: unknown[] = [];
    site.directory.selfTest = async (test?: unknown) => {
      asked.push(test);
      return lines;
    };
    await save({ ...okta, credential: token('new-token') });
    expect(asked).toEqual([{ group: 'g-test', person: 'p' }]);
  });

  test('leaves a connection off that an administrator switched off', async () => {
    await save({ ...okta, status: 'off' });
    await save({ ...okta, credential: token('new-token') });
    expect(await stored()).toMatchObject({ status: 'off' });
  });

  test('and meets a change of something else is kept all the same', async () => {
    const { transact } = site.store;
    let met = false;
    site.store.transact = (async (writes: never) => {
      if (met) return transact.call(site.store, writes);
      met = true;
      return 'conflict';
    }) as never;
    expect(await save({ ...okta, credential: token('new-token') })).toMatchObject({ ok: true });
    expect(await secrets.get('connection:main')).toEqual(token('new-token'));
  });

  test('and loses against another change leaves record and secret as they were', {
    tags: ['secret-moved'],
  }, async () => {
    site.store.transact = (async () => 'conflict') as never;
    expect(await save({ ...okta, credential: token('new-token') })).toMatchObject({
      problem: { check: 'changed-meanwhile' },
    });
    expect(secrets.keys()).toEqual(['connection:main']);
    const connection = await stored();
    if (!connection) throw new Error('no connection');
    expect(await storedCredentials(secrets, connection)).toEqual({
      membership: token('old-token'),
    });
  });

  test('is used as soon as the record names it, and never under the record of another', {
    tags: ['secret-moved'],
  }, async () => {
    const before = await stored();
    await save({ ...okta, credential: token('new-token') });
    const after = await stored();
    if (!before || !after) throw new Error('no connection');
    // As a crash right after the record was written leaves it.
    await secrets.set('connection:main', token('old-token'));
    await secrets.set('connection:main:next', token('new-token'));
    expect(await storedCredentials(secrets, after)).toEqual({ membership: token('new-token') });
    expect(await storedCredentials(secrets, before)).toEqual({ membership: token('old-token') });
    await secrets.remove('connection:main:next');
    expect(await storedCredentials(secrets, after)).toBeUndefined();
  });

  test('and may do far too much is refused', async () => {
    lines.push({ id: 'power', name: 'Rights', state: 'refused', sentence: 'Super administrator.' });
    expect(await save({ ...okta, credential: token('new-token') })).toMatchObject({
      problem: { check: 'credential-power' },
    });
    expect(await secrets.get('connection:main')).toEqual(token('old-token'));
  });
});

describe('the self-test', () => {
  beforeEach(() => save({ ...okta, credential: token('old-token') }));

  test('keeps its last result without what the directory said in its own words', async () => {
    lines = [
      {
        id: 'token',
        name: 'Access token',
        state: 'failed',
        sentence: 'Refused.',
        said: 'a person',
      },
    ];
    const tested = await testConnection(deps(), 'main', 'admin');
    expect(tested).toMatchObject({
      ok: true,
      value: [{ said: 'a person' }, { id: 'credential-age' }],
    });
    const kept = await lastTest(deps(), 'main');
    expect(kept?.lines.map(({ id }) => id)).toEqual(['token', 'credential-age']);
    expect(JSON.stringify(kept)).not.toContain('a person');
  });

  test('switches a far too powerful connection off, and on again when that is mended', async () => {
    const power: CheckLine = {
      id: 'power',
      name: 'Rights',
      state: 'refused',
      sentence: 'Too much.',
    };
    lines = [...lines, power];
    await testConnection(deps(), 'main', 'admin');
    expect(await stored()).toMatchObject({ status: 'off', offBecause: 'self-test' });
    expect(await save({ ...okta, status: 'live' })).toMatchObject({
      problem: { check: 'credential-power' },
    });
    expect(await listConnections(deps())).toMatchObject({ value: [{ id: 'main', status: 'off' }] });
    lines = lines.map((line) => (line.id === 'power' ? { ...line, state: 'passed' } : line));
    await testConnection(deps(), 'main', 'admin');
    expect(await stored()).toMatchObject({ status: 'live' });
  });

  const refusedLine: CheckLine = {
    id: 'power',
    name: 'Rights',
    state: 'refused',
    sentence: 'Far.',
  };

  test.each<CheckLine>([
    { id: 'token', name: 'Access token', state: 'failed', sentence: 'No answer.', passing: true },
    { id: 'power', name: 'Rights', state: 'not-tested', sentence: 'Busy.', passing: true },
  ])(
    'that could not look ($id) leaves off what was refused, until one has looked',
    {
      tags: ['directory-down'],
    },
    async (blind) => {
      lines = [refusedLine];
      await testConnection(deps(), 'main', 'admin');
      for (let again = 0; again < 2; again++) {
        lines = [blind];
        await testConnection(deps(), 'main', 'admin');
        expect(await stored()).toMatchObject({ status: 'off', offBecause: 'self-test' });
      }
      lines = [{ ...refusedLine, state: 'passed' }];
      await testConnection(deps(), 'main', 'admin');
      expect(await stored()).toMatchObject({ status: 'live' });
      expect(await stored()).not.toHaveProperty('offBecause');
    },
  );

  test('refuses what an administrator switched off as well, and remembers both', async () => {
    await save({ ...okta, status: 'off' });
    lines = [refusedLine];
    await testConnection(deps(), 'main', 'admin');
    expect(await save({ ...okta, status: 'live' })).toMatchObject({
      problem: { check: 'credential-power' },
    });
    lines = [{ ...refusedLine, state: 'warning' }];
    await testConnection(deps(), 'main', 'admin');
    expect(await stored()).toMatchObject({ status: 'off' });
    expect(await stored()).not.toHaveProperty('offBecause');
    expect(await save({ ...okta, status: 'live' })).toMatchObject({ value: { status: 'live' } });
  });

  test('leaves a connection off that a person switched off', async () => {
    await save({ ...okta, status: 'off' });
    await testConnection(deps(), 'main', 'admin');
    expect(await stored()).toMatchObject({ status: 'off' });
  });

  test('is not run on a copy of the site', { tags: ['site-copied'] }, async () => {
    const held = await load(site.store, connections, 'connection:main');
    if (!held) throw new Error('no connection');
    await site.store.transact([put(connections, { ...held.value, cloudId: 'original' }, held.rev)]);
    expect(await testConnection(deps(), 'main', 'admin')).toMatchObject({
      problem: { check: 'connection-belongs-to-site' },
    });
  });
});

test.each<[string, Partial<Connection>, number, CheckLine['state']]>([
  ['new', {}, 1, 'passed'],
  ['older than a quarter', {}, 91, 'warning'],
  [
    'with an end in three weeks',
    { credentialEndsAt: plusSeconds(start(), 30 * DAY) },
    9,
    'warning',
  ],
  ['that has ended', { credentialEndsAt: plusSeconds(start(), 30 * DAY) }, 31, 'failed'],
])('a credential %s is told by its age', (_name, over, days, state) => {
  const connection = aConnection({ credentialSetAt: start(), ...over });
  expect(ageLine(connection, plusSeconds(start(), days * DAY))).toMatchObject({ state });
});
const edgeOf = (grant: ReturnType<typeof aGrant>) => grant.edges[0]?.groupId ?? '';
function start() {
  return new SmallSite().clock.now();
}

test('a role is not mapped onto the group of the self-test', async () => {
  await site.seed({ connection: { test: { group: 'g-other', person: 'p' } } });
  const given = {
    app: 'figma',
    key: 'viewer',
    name: 'Viewer',
    description: '',
    risk: 'routine' as const,
    status: 'live' as const,
    connection: 'main',
    groups: ['g-other'],
    durations: [DAY],
    permanent: false,
    approver: { kind: 'person' as const, accountId: 'approver' },
  };
  expect(await saveRole(site.deps(), given, 'admin')).toMatchObject({
    problem: { check: 'test-group-free' },
  });
});

test('the group of the self-test is none that a role gives', async () => {
  const given = { ...okta, credential: token('t'), test: { group: 'g-users', person: 'p' } };
  await site.store.transact([put(grants, aGrant('active', { id: 'g-1-1', issueKey: 'IT-7' }), 0)]);
  const withAccess = { ...given, test: { group: edgeOf(aGrant('active')), person: 'p' } };
  expect(await save(withAccess)).toMatchObject({ problem: { check: 'test-group-free' } });
  await site.saveRole(aRole({ status: 'draft' }));
  expect(await save(given)).toMatchObject({ problem: { check: 'test-group-free' } });
  expect(await save(given)).toMatchObject({ problem: { check: 'test-group-free' } });
  expect(await save({ ...given, test: { group: 'g-test', person: 'p' } })).toMatchObject({
    ok: true,
  });
});

describe('the attribute that says who has which account', () => {
  test.each(['email', 'login', 'nickName', 'secondEmail', 'displayName'])(
    'is not %s, which people may change themselves in Okta',
    { tags: ['email-mismatch'] },
    async (accountAttribute) => {
      expect(await save({ ...okta, credential: token('t'), accountAttribute })).toMatchObject({
        problem: { check: 'account-attribute' },
      });
    },
  );

  test('is named by the self-test, which cannot see who may write it', async () => {
    await save({ ...okta, credential: token('t'), accountAttribute: 'atlassianAccountId' });
    const tested = await testConnection(deps(), 'main', 'admin');
    expect(tested.ok && tested.value.find((l) => l.id === 'account-attribute')).toMatchObject({
      state: 'warning',
    });
  });
});

describe('the expiry of the directory itself', () => {
  test('is switched on for Entra only by whoever accepts that it cannot be undone', async () => {
    const given = { ...entra, credential: secret('s'), nativeExpiry: true };
    expect(await save(given)).toMatchObject({ problem: { check: 'native-expiry-accepted' } });
    expect(await save({ ...given, acceptIrreversible: true })).toMatchObject({
      value: { nativeExpiry: { by: 'admin' } },
    });
  });

  test('does not exist in Okta', async () => {
    expect(await save({ ...okta, credential: token('t'), nativeExpiry: true })).toMatchObject({
      problem: { check: 'native-expiry' },
    });
  });
});

test('a second registration that replaces one is tried together with the first', {
  tags: ['credential-refused'],
}, async () => {
  await save({ ...entra, credential: secret('member'), lifecycle: secret('life') });
  lines.push({ id: 'lifecycle', name: 'Second', state: 'failed', sentence: 'Unknown secret.' });
  expect(await save({ ...entra, lifecycle: secret('wrong') })).toMatchObject({
    problem: { check: 'credential-works' },
  });
  expect(tried).toEqual([{ membership: secret('member'), lifecycle: secret('wrong') }]);
  expect(await secrets.get('connection:ms:lifecycle')).toEqual(secret('life'));
  lines.pop();
  expect(await save({ ...entra, lifecycle: secret('other') })).toMatchObject({ ok: true });
  expect(await secrets.get('connection:ms:lifecycle')).toEqual(secret('other'));
});

test('a second registration has a secret of its own, which goes with it', async () => {
  await save({ ...entra, credential: secret('member'), lifecycle: secret('life') });
  expect(secrets.keys()).toEqual(['connection:ms', 'connection:ms:lifecycle']);
  expect(await stored('ms')).toMatchObject({ lifecycle: { kind: 'entra-secret' } });
  await save({ ...entra, lifecycle: null });
  expect(secrets.keys()).toEqual(['connection:ms']);
  expect(await stored('ms')).not.toHaveProperty('lifecycle');
});

test.each([
  ['okta', 'acme.okta.com', null],
  ['okta', 'id.latchkey-demo.example', 'https://id.latchkey-demo.example'],
  ['okta', 'okta.com.evil.example', 'https://okta.com.evil.example'],
  ['google', 'C01abc', null],
] as const)('%s at %s needs the site to allow %s', (kind, tenant, domain) => {
  const needed = egressOf({ id: 'main', kind, tenant });
  expect(needed.ok && (needed.value?.configured[0]?.domain ?? null)).toBe(domain);
});

describe('removing a connection', () => {
  beforeEach(() => save({ ...okta, credential: token('t') }));

  test('is refused with the list of the access that runs through it', async () => {
    await site.store.transact([
      put(grants, aGrant('active', { id: 'g-1-1', issueKey: 'IT-7' }), 0),
      put(grants, aGrant('stuck', { id: 'g-2-1', issueKey: 'IT-8' }), 0),
      put(grants, aGrant('revoked', { id: 'g-3-1', issueKey: 'IT-9' }), 0),
    ]);
    const answer = await removeConnection(deps(), 'main', 'admin');
    expect(answer).toMatchObject({ problem: { check: 'connection-in-use' } });
    expect(JSON.stringify(answer)).toMatch(/IT-7/);
    expect(JSON.stringify(answer)).toMatch(/IT-8/);
    expect(JSON.stringify(answer)).not.toMatch(/IT-9/);
    expect(secrets.keys()).toEqual(['connection:main']);
  });

  test('is refused as long as roles lead through it', async () => {
    await site.saveRole(aRole());
    expect(await removeConnection(deps(), 'main', 'admin')).toMatchObject({
      problem: { check: 'connection-mapped' },
    });
  });

  test('takes along whom it linked, what it spent, its last self-test and what was found in it', async () => {
    const link = { v: 1 as const, accountId: 'u', connectionId: 'main', personId: 'p' };
    const linked = [
      { ...link, linkedBy: 'admin', at: site.clock.now() },
      { ...link, connectionId: 'main-2', linkedBy: 'admin', at: site.clock.now() },
    ];
    await site.store.transact(linked.map((one) => put(links, one, 0)));
    await testConnection(deps(), 'main', 'admin');
    const found = { kind: 'group-gone' as const, sentence: 'Gone.', nextStep: 'Look.' };
    for (const connectionId of ['main', 'main-2'])
      await openFinding(deps(), { ...found, key: `group-gone:${connectionId}:g`, connectionId });
    expect(await removeConnection(deps(), 'main', 'admin')).toMatchObject({ ok: true });
    expect(await lastTest(deps(), 'main')).toBeUndefined();
    expect(await load(site.store, links, 'u:main')).toBeUndefined();
    expect(await load(site.store, links, 'u:main-2')).toBeDefined();
    const open = await listFindings(deps(), { status: 'open' });
    expect(open).toMatchObject({ value: { findings: [{ connectionId: 'main-2' }] } });
  });

  test('takes its secrets along, and the access tokens they got', {
    tags: ['secret-read-back'],
  }, async () => {
    await secrets.set('token:main', { token: 'a' });
    await secrets.set('token:main:apps', { token: 'b', proofKey: 'k' });
    expect(await removeConnection(deps(), 'main', 'admin')).toMatchObject({ ok: true });
    expect(secrets.keys()).toEqual([]);
    expect(await stored()).toBeUndefined();
  });
});
