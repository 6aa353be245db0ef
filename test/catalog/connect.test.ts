import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { adminResolver } from '../../src/entrypoints/resolvers/admin';
import { forgeSecrets } from '../../src/forge/secrets';
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
