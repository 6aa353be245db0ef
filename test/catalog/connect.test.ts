import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connections } from '../../src/catalog/store';
import { adminResolver } from '../../src/entrypoints/resolvers/admin';
import { forgeSecrets } from '../../src/forge/secrets';
import { forgeStore } from '../../src/forge/store';
import { grants } from '../../src/grants/store';
import { HOUR } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { aGrant } from '../builders/grants';
import { at } from '../builders/instants';
import { ForgePlatform, handlerContext } from '../fakes/forge-platform';

let forge: ForgePlatform;
beforeEach(() => {
  forge = new ForgePlatform();
});
afterEach(() => {
  forge.stop();
  vi.restoreAllMocks();
});

const CANARY = 'canary-0123456789-abcdefghij';
const call = async (functionKey: string, payload?: unknown) =>
  adminResolver({ call: { functionKey, payload } }, handlerContext());
const save = (over: object = {}) =>
  call('connections.save', {
    id: 'main',
    kind: 'okta',
    name: 'Main directory',
    tenant: 'latchkey-demo.okta.com',
    credential: { kind: 'okta-token', token: CANARY },
    ...over,
  });
const stored = () => forgeSecrets.get('connection:main');

test('a stored secret is never shown, listed or kept outside the secret store', {
  tags: ['secret-read-back', 'secret-leaked'],
}, async () => {
  const said: unknown[] = [];
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((line: unknown) => void said.push(line));
  const answers = [await save(), await call('connections.list'), await call('site.read')];
  expect(answers[0]).toMatchObject({ ok: true });
  answers.push(await save({ credential: { kind: 'okta-token', token: CANARY, extra: 1 } }));
  expect(JSON.stringify([answers, said])).not.toContain(CANARY);
  expect(await stored()).toMatchObject({ token: CANARY });
});

test('a connection that leads elsewhere loses its secret first', {
  tags: ['secret-moved'],
}, async () => {
  await save();
  const moved = { tenant: 'other.okta.com', credential: undefined };
  expect(await save(moved)).toMatchObject({ ok: false, problem: { check: 'credential-given' } });
  const fresh = { ...moved, credential: { kind: 'okta-token', token: 'another-token-0123456789' } };
  expect(await save(fresh)).toMatchObject({ ok: true, value: { tenant: 'other.okta.com' } });
  expect(JSON.stringify(await stored())).not.toContain(CANARY);
});

test('a name that changes leaves the secret where it is', async () => {
  await save();
  const renamed = await save({ name: 'Directory', credential: undefined });
  expect(renamed).toMatchObject({ ok: true, value: { name: 'Directory', version: 2 } });
  expect(await stored()).toMatchObject({ token: CANARY });
});

describe('on a copy of the Jira site', () => {
  /** The ledger came along with the copy. */
  const copied = async () => {
    await save();
    const held = await load(forgeStore, connections, 'connection:main');
    if (!held) throw new Error('no connection');
    await forgeStore.transact([
      put(connections, { ...held.value, cloudId: 'original' }, held.rev),
      put(grants, aGrant('revoked'), 0),
    ]);
  };
  const credential = { kind: 'okta-token', token: 'another-token-0123456789' };

  test('a new name does not bring the connection over', {
    tags: ['two-sites-one-process'],
  }, async () => {
    await copied();
    expect(await save({ name: 'Renamed', credential: undefined })).toMatchObject({
      ok: false,
      problem: { check: 'credential-given' },
    });
    expect(await call('connections.list')).toMatchObject({ value: [{ cloudId: 'original' }] });
  });

  test('a credential entered there does, unless access still runs through it', async () => {
    await copied();
    await forgeStore.transact([put(grants, aGrant('active'), 1)]);
    expect(await save({ credential })).toMatchObject({
      ok: false,
      problem: { check: 'connection-in-use' },
    });
    await forgeStore.transact([put(grants, aGrant('revoked'), 2)]);
    expect(await save({ credential })).toMatchObject({ ok: true, value: { cloudId: 'cloud-1' } });
  });
});

describe('access that still runs', () => {
  const moved = {
    tenant: 'other.okta.com',
    credential: { kind: 'okta-token', token: 'another-token-0123456789' },
  };

  test('through another connection does not keep this one', async () => {
    await save();
    for (let i = 0; i < 120; i++) {
      const grant = aGrant('active', { id: `g-${i}-1`, connectionId: 'other' });
      await forgeStore.transact([put(grants, grant, 0)]);
    }
    expect(await save(moved)).toMatchObject({ ok: true });
  });

  test('through this one keeps it, wherever it stands among the others', async () => {
    await save();
    for (let i = 0; i < 120; i++) {
      const connectionId = i === 119 ? 'main' : 'other';
      const endsAt = at(HOUR + i);
      const grant = aGrant('active', { id: `g-${i}-1`, connectionId, endsAt });
      await forgeStore.transact([put(grants, grant, 0)]);
    }
    expect(await save(moved)).toMatchObject({
      ok: false,
      problem: { check: 'connection-in-use' },
    });
  });
});

/** A company's own domain is one; which hosts the site may call at all is the egress' to say. */
test.each([
  ['user@latchkey-demo.okta.com'],
  ['https://latchkey-demo.okta.com'],
  ['latchkey-demo.okta.com:8443'],
  ['latchkey-demo.okta.com/path'],
  ['127.0.0.1'],
  ['localhost'],
  ['xn--latchkey-demo.okta.com#'],
  ['latchkey-demo.okta.com%2eevil.example'],
  ['[::1]'],
])('a secret is not stored for the host %s', { tags: ['foreign-host'] }, async (tenant) => {
  expect(await save({ tenant })).toMatchObject({ ok: false, problem: { check: 'tenant' } });
  expect(await stored()).toBeUndefined();
});

test.each([
  [{ kind: 'okta-token' }],
  [{ kind: 'okta-token', token: '' }],
  [{ kind: 'entra-secret', clientId: 'c', clientSecret: CANARY }],
  [{ kind: 'unknown', token: CANARY }],
])('a credential that is not one of this directory is not stored', async (credential) => {
  const answer = await save({ credential });
  expect(answer).toMatchObject({ ok: false });
  expect(JSON.stringify(answer)).not.toContain(CANARY);
  expect(await stored()).toBeUndefined();
});
