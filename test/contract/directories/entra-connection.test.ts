import { beforeEach, describe, expect, test } from 'vitest';
import type { CertificatePair, CheckLine } from '../../../src/directories/directory';
import { tooMuch } from '../../../src/directories/entra/permissions';
import { makeCertificate } from '../../../src/directories/key-pair';
import type { Http } from '../../../src/forge/ports';
import { Bench, failureIn, valueIn } from './bench';
import { byHand, certificate, openEntra, secret } from './entra-tenant';

const bench = new Bench();
beforeEach(() => bench.reset());
const m = () => ({
  group: bench.group('entra', 'salesforce-users').id,
  person: bench.account('entra', 'requester').id,
});
type Options = Parameters<typeof openEntra>[1];
const check = async (options: Options = {}, test = false) =>
  (await openEntra(bench, options)).selfTest(test ? m() : undefined);
const line = (lines: readonly CheckLine[], id: string) => lines.find((one) => one.id === id);
const states = (lines: readonly CheckLine[]) =>
  Object.fromEntries(lines.map(({ id, state }) => [id, state]));
const facts = () => bench.directories.entra.consoleFacts();

describe('the checklist of a connection to Entra ID', () => {
  test('passes line by line with what is recommended', async () => {
    const lifecycle = secret(bench, 'lifecycle');
    const lines = await check({ lifecycle, address: { nativeExpiry: true } }, true);
    expect(states(lines)).toEqual({
      token: 'passed',
      clock: 'passed',
      'read-people': 'passed',
      'read-groups': 'passed',
      'change-members': 'passed',
      'change-test-group': 'passed',
      'read-apps': 'passed',
      'read-activity': 'passed',
      'native-expiry': 'passed',
      headroom: 'passed',
      lifecycle: 'passed',
      'lifecycle-power': 'passed',
      power: 'passed',
    });
    expect(bench.isReallyIn('entra', m())).toBe(false);
  });

  test('names what the least permissions leave out, and is content with them', async () => {
    const lines = await check({ as: secret(bench, 'least') });
    expect(states(lines)).toMatchObject({
      'read-people': 'passed',
      'change-members': 'passed',
      'read-apps': 'warning',
      'read-activity': 'warning',
      'native-expiry': 'not-tested',
      lifecycle: 'not-tested',
      power: 'passed',
    });
    expect(line(lines, 'read-apps')?.mend).toContain('Application.Read.All');
    expect(line(lines, 'read-activity')?.mend).toContain('AuditLog.Read.All');
  });

  test('tells a missing permission from a missing licence', async () => {
    bench.directories.entra.setLicence('free');
    const activity = line(await check(), 'read-activity');
    expect(activity).toMatchObject({ state: 'warning' });
    expect(activity?.sentence).toContain('licence');
    expect(activity?.said).toContain('premium license');
  });

  test('says that nobody can be added with a permission to read', {
    tags: ['credential-refused'],
  }, async () => {
    const lines = await check({ as: secret(bench, 'weak') }, true);
    expect(states(lines)).toMatchObject({
      'change-members': 'failed',
      'change-test-group': 'failed',
    });
    expect(line(lines, 'change-members')?.mend).toContain('GroupMember.ReadWrite.All');
  });

  test('refuses a credential that could delete people or make administrators', async () => {
    const power = line(await check({ as: secret(bench, 'powerful') }), 'power');
    expect(power).toMatchObject({ state: 'refused' });
    for (const name of [
      'User.ReadWrite.All',
      'RoleManagement.ReadWrite.Directory',
      'Group.ReadWrite.All',
    ]) {
      expect(power?.sentence).toContain(name);
      expect(power?.mend).toContain(name);
    }
  });

  test.each([
    'UserAuthenticationMethod.ReadWrite.All',
    'RoleAssignmentSchedule.ReadWrite.Directory',
    'User-PasswordProfile.ReadWrite.All',
    'PrivilegedAccess.ReadWrite.AzureADGroup',
    'RoleManagement.ReadWrite.Exchange',
    'Policy.ReadWrite.ConditionalAccess',
    'Application.ReadWrite.OwnedBy',
    'AppRoleAssignment.ReadWrite.All',
    'Mail.ReadWrite',
    'Sites.FullControl.All',
  ])('refuses %s beside what is needed', (name) => {
    for (const of of ['membership', 'lifecycle'] as const) {
      const found = tooMuch(new Set(['User.Read.All', name]), of);
      expect(found.refused.join()).toContain(name);
    }
  });

  test('warns of whatever the guide does not ask for, known or not', () => {
    const found = tooMuch(new Set(['GroupMember.ReadWrite.All', 'Brand.New.All']), 'membership');
    expect(found).toEqual({ refused: [], warned: ['Brand.New.All is not one that the app uses'] });
  });

  test('refuses one app registration in both places', async () => {
    const lines = await check({ lifecycle: secret(bench) });
    expect(line(lines, 'lifecycle')).toMatchObject({ state: 'refused' });
  });

  test('looks at the second app registration for its own permission and secret', async () => {
    const weak = await check({ lifecycle: secret(bench, 'weak') });
    expect(line(weak, 'lifecycle')).toMatchObject({ state: 'failed' });
    expect(line(weak, 'lifecycle')?.mend).toContain('User.RevokeSessions.All');
    const wrong = { ...secret(bench, 'lifecycle'), clientSecret: 'no' };
    const lines = await check({ lifecycle: wrong });
    expect(line(lines, 'lifecycle')?.sentence).toContain('secret');
    expect(line(lines, 'token')).toMatchObject({ state: 'passed' });
  });

  test('goes by calls alone where the access token does not tell its permissions', async () => {
    let real = '';
    const http: Http = async (url, init): Promise<Response> => {
      if (!url.endsWith('/token')) {
        return bench.http(url, { ...init, headers: { ...init.headers, authorization: real } });
      }
      const token = (await (await bench.http(url, init)).json()) as { access_token: string };
      real = `Bearer ${token.access_token}`;
      return Response.json({ ...token, access_token: 'opaque' });
    };
    const lines = await check({ http, lifecycle: secret(bench, 'lifecycle') }, true);
    expect(states(lines)).toMatchObject({
      'read-people': 'passed',
      'change-members': 'not-tested',
      'change-test-group': 'passed',
      lifecycle: 'not-tested',
      power: 'not-tested',
    });
  });

  test('warns when most of the rate limit is used up', { tags: ['rate-limited'] }, async () => {
    const http: Http = async (url, init) => {
      const answer = await bench.http(url, init);
      if (url.includes('/v1.0/')) answer.headers.set('x-ms-throttle-limit-percentage', '0.9');
      return answer;
    };
    const directory = await openEntra(bench, { http });
    valueIn(await directory.groupsOf(m().person));
    // What is not urgent stands back; a removal does not.
    expect(failureIn(await directory.describeGroup(m().group)).code).toBe('rate-limited');
    const urgent = await bench.open(
      { id: 'main', kind: 'entra', tenant: facts().tenantId },
      secret(bench),
      { http, lane: 'revoke' },
    );
    valueIn(await urgent.ensureNotMember(m()));
    expect(line(await urgent.selfTest(), 'headroom')).toMatchObject({ state: 'warning' });
  });
});

describe('an app registration that Entra ID does not let in', () => {
  const gone = '99999999-2222-4333-8444-555555555555';
  const own = () => secret(bench);
  test.each([
    ['a wrong secret', () => ({ as: { ...own(), clientSecret: 'no' } }), 'is wrong'],
    [
      'an expired secret',
      () => ({ as: { ...own(), clientSecret: facts().expiredSecret } }),
      'expired',
    ],
    ['an unknown app', () => ({ as: { ...own(), clientId: gone } }), 'no app registration'],
    ['an unknown tenant', () => ({ address: { tenant: gone } }), 'no tenant'],
    [
      'a certificate that is not uploaded',
      () => ({ as: { ...certificate(bench), clientId: facts().clientId } }),
      'certificate',
    ],
  ] as const)(
    'for %s says just that, and how to mend it',
    {
      tags: ['credential-refused'],
    },
    async (what, options, words) => {
      if (what.startsWith('a certificate')) {
        await byHand(bench, 'PATCH', `/applications/${facts().objectId}`, { keyCredentials: [] });
      }
      const [token] = await check(options());
      expect(token).toMatchObject({ id: 'token', state: 'failed' });
      expect(token?.sentence).toContain(words);
      expect(token?.mend).toBeTruthy();
      expect(token?.said).toMatch(/AADSTS\d+/);
      const refused = failureIn(await (await openEntra(bench, options())).describeGroup(m().group));
      expect(refused).toMatchObject({ class: 'needs-human', code: 'credential-refused' });
      expect(refused.detail).toContain(words);
    },
  );

  test('is refused with a certificate that has ended', async () => {
    const year = 366 * 86_400_000;
    const made = await makeCertificate(bench.clock.now() - year);
    const keyCredentials = [
      {
        type: 'AsymmetricX509Cert',
        usage: 'Verify',
        key: Buffer.from(made.certificatePem).toString('base64'),
      },
    ];
    await byHand(bench, 'PATCH', `/applications/${facts().objectId}`, { keyCredentials });
    await bench.settle();
    const as = { ...certificate(bench), clientId: facts().clientId, ...pemsOf(made) };
    const [token] = await check({ as });
    expect(token).toMatchObject({ id: 'token', state: 'failed' });
    expect(token?.said).toContain('expired');
  });

  test('is let in with its next secret, and no longer with the one that was taken away', async () => {
    const path = `/applications/${facts().objectId}`;
    const soon = new Date(bench.clock.now() + 3_600_000).toISOString();
    const made = await byHand(bench, 'POST', `${path}/addPassword`, {
      passwordCredential: { displayName: 'next', endDateTime: soon },
    });
    const next = { ...secret(bench), clientSecret: String(made.json?.['secretText']) };
    await byHand(bench, 'POST', `${path}/removePassword`, { keyId: facts().keyId });
    valueIn(await (await openEntra(bench, { as: next })).describeGroup(m().group));
    const old = failureIn(await (await openEntra(bench)).describeGroup(m().group));
    expect(old.detail).toContain('is wrong');
    await bench.clock.advance(2 * 3_600_000);
    const late = failureIn(await (await openEntra(bench, { as: next })).describeGroup(m().group));
    expect(late.detail).toContain('expired');
  });
});

const pemsOf = ({ certificatePem, privateKeyPem }: CertificatePair) => ({
  certificatePem,
  privateKeyPem,
});

describe('the sessions of a person in Entra ID', () => {
  const since = async () => {
    const select = '$select=id,signInSessionsValidFromDateTime';
    const read = await byHand(bench, 'GET', `/users/${m().person}?${select}`);
    return Date.parse(String(read.json?.['signInSessionsValidFromDateTime']));
  };

  test('are ended by the second app registration', async () => {
    const directory = await openEntra(bench, { lifecycle: secret(bench, 'lifecycle') });
    const before = await since();
    expect(valueIn(await directory.endSessions(m().person)).outcome).toBe('changed');
    await bench.settle();
    expect(await since()).toBeGreaterThan(before);
    const nobody = '00000000-0000-4000-8000-000000000002';
    expect(valueIn(await directory.endSessions(nobody)).outcome).toBe('person-gone');
    // Each registration has a token of its own.
    valueIn(await directory.describeGroup(m().group));
    expect([...bench.tokens.tokens.keys()].sort()).toEqual(['main', 'main:lifecycle']);
  });

  test('are never ended by the first, whatever it may do', async () => {
    const directory = await openEntra(bench, { as: secret(bench, 'powerful') });
    const refused = failureIn(await directory.endSessions(m().person));
    expect(refused).toMatchObject({ class: 'needs-human', code: 'scope-missing' });
    expect(refused.detail).toContain('second app registration');
    expect(bench.calls()).toEqual([]);
  });

  test('are not ended without the permission, which the answer names', async () => {
    const directory = await openEntra(bench, { lifecycle: secret(bench, 'weak') });
    const refused = failureIn(await directory.endSessions(m().person));
    expect(refused).toMatchObject({ code: 'scope-missing' });
    expect(refused.detail).toContain('User.RevokeSessions.All');
  });
});

describe('an answer that asks to slow down', () => {
  const inNineSeconds = (): string => new Date(bench.clock.now() + 9000).toUTCString();
  const headers: [string, () => string | undefined, number | undefined][] = [
    ['seconds', () => '7', 7],
    ['a date', inNineSeconds, 9],
    ['no time at all', () => undefined, undefined],
  ];
  test.each(headers)(
    'with %s is waited out and not asked again',
    {
      tags: ['rate-limited'],
    },
    async (_, header, seconds) => {
      const directory = await openEntra(bench);
      valueIn(await directory.describeGroup(m().group));
      bench.forgetCalls();
      const after = header();
      const body = { error: { code: 'TooManyRequests', message: 'x' } };
      const headers = after === undefined ? {} : { 'retry-after': after };
      bench.faults.add({ server: 'entra', path: '/groups/', status: 429, headers, body, times: 1 });
      const slow = failureIn(await directory.describeGroup(m().group));
      expect(slow.code).toBe('rate-limited');
      if (seconds === undefined) expect(slow.retryAfter).toBeUndefined();
      else expect(Math.abs((slow.retryAfter ?? 0) - seconds)).toBeLessThanOrEqual(1);
      expect(failureIn(await directory.describeGroup(m().group)).code).toBe('rate-limited');
      expect(bench.calls()).toHaveLength(1);
      await bench.clock.advance(30_000);
      valueIn(await directory.describeGroup(m().group));
    },
  );
});
