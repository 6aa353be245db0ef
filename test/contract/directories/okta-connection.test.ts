import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CheckLine } from '../../../src/directories/directory';
import { makeKeyPair } from '../../../src/directories/key-pair';
import type { Http } from '../../../src/forge/ports';
import { Bench, failureIn, valueIn } from './bench';
import { type Application, apiToken, byHand, key, openOkta } from './okta-org';

const bench = new Bench();
beforeEach(() => bench.reset());
const m = () => ({
  group: bench.group('okta', 'figma-editors').id,
  person: bench.account('okta', 'requester').id,
});
type Options = Parameters<typeof openOkta>[1];
const check = async (options: Options = {}, test = false) =>
  (await openOkta(bench, options)).selfTest(test ? m() : undefined);
const line = (lines: readonly CheckLine[], id: string) => lines.find((one) => one.id === id);
const states = (lines: readonly CheckLine[]) =>
  Object.fromEntries(lines.map(({ id, state }) => [id, state]));
const asked = () => bench.calls().map(({ method, path }) => `${method} ${path}`);

describe('the checklist of a connection to Okta', () => {
  test('passes line by line with what is recommended, and leaves out what is not wanted', async () => {
    expect(states(await check({}, true))).toEqual({
      token: 'passed',
      clock: 'passed',
      'scope-okta.users.read': 'passed',
      'scope-okta.groups.read': 'passed',
      'scope-okta.groups.manage': 'passed',
      'read-people': 'passed',
      'read-groups': 'passed',
      'group-rules': 'passed',
      'change-test-group': 'passed',
      apps: 'passed',
      activity: 'passed',
      'end-sessions': 'not-tested',
      'rate-limit': 'passed',
      power: 'passed',
      'admin-role': 'passed',
    });
    expect(bench.isReallyIn('okta', m())).toBe(false);
  });

  test('names each optional scope that is missing, and what it would give', async () => {
    const lines = await check({ as: key(bench, 'bound') });
    for (const [id, scope] of [
      ['apps', 'okta.apps.read'],
      ['activity', 'okta.logs.read'],
      ['end-sessions', 'okta.users.manage'],
    ] as const) {
      expect(line(lines, id)).toMatchObject({ state: 'not-tested' });
      expect(line(lines, id)?.sentence).toContain('with it');
      expect(line(lines, id)?.mend).toContain(scope);
    }
  });

  test('names a needed scope that Okta left out of its token without a word', {
    tags: ['credential-refused'],
  }, async () => {
    const lines = await check({ as: key(bench, 'weak') }, true);
    const scope = line(lines, 'scope-okta.groups.manage');
    expect(scope).toMatchObject({ state: 'failed' });
    expect(scope?.mend).toContain('okta.groups.manage');
    const change = line(lines, 'change-test-group');
    expect(change).toMatchObject({ state: 'failed' });
    expect(change?.sentence).toContain('okta.groups.manage');
    expect(change?.said).toContain('insufficient_scope');
  });

  test('asks for the scopes one by one where Okta refuses them together', {
    tags: ['credential-refused'],
  }, async () => {
    const http: Http = async (url, init) => {
      const scope = new URLSearchParams(init.body ?? '').get('scope') ?? '';
      const refused = scope.includes('okta.groups.manage');
      return url.endsWith('/token') && refused
        ? Response.json({ error: 'invalid_scope' }, { status: 400 })
        : bench.http(url, init);
    };
    const lines = await check({ http });
    expect(states(lines)).toMatchObject({
      token: 'failed',
      'scope-okta.users.read': 'passed',
      'scope-okta.groups.read': 'passed',
      'scope-okta.groups.manage': 'failed',
    });
    expect(line(lines, 'token')?.mend).toContain('the next lines');
  });

  test('tells a missing administrator role from a missing scope', {
    tags: ['credential-refused'],
  }, async () => {
    const lines = await check({ as: key(bench, 'roleless') });
    expect(states(lines)).toMatchObject({
      'scope-okta.users.read': 'passed',
      'read-people': 'failed',
      'read-groups': 'failed',
    });
    const people = line(lines, 'read-people');
    expect(people?.mend).toContain('Admin roles');
    expect(people?.said).toContain('E0000006');
    expect(people?.requestId).toBeTruthy();
  });

  test('refuses an application that could make itself more powerful', async () => {
    const lines = await check({ as: key(bench, 'powerful') });
    const power = line(lines, 'power');
    expect(power).toMatchObject({ state: 'refused' });
    expect(power?.sentence).toContain('okta.apps.manage');
    expect(power?.sentence).toContain('okta.users.manage');
    expect(power?.sentence).not.toContain('okta.roles.manage');
    const role = line(lines, 'admin-role');
    expect(role).toMatchObject({ state: 'warning' });
    expect(role?.sentence).toContain('cannot be seen');
  });

  test('warns of the scope that ends sessions, which could do more than that', async () => {
    const lines = await check({ as: key(bench, 'full') });
    expect(states(lines)).toMatchObject({ 'end-sessions': 'passed', power: 'warning' });
  });

  test('finds what is too much also where Okta refuses scopes together', async () => {
    const grant = { scopeId: 'okta.roles.manage', issuer: `https://${bench.world.okta.host}` };
    await byHand(bench, `POST /api/v1/apps/${key(bench).clientId}/grants`, grant);
    const http: Http = async (url, init) => {
      const scope = new URLSearchParams(init.body ?? '').get('scope') ?? '';
      return url.endsWith('/token') && /roles.* .*policies/.test(scope)
        ? Response.json({ error: 'invalid_scope' }, { status: 400 })
        : bench.http(url, init);
    };
    expect(line(await check({ http }), 'power')?.sentence).toContain('okta.roles.manage');
  });

  test.each([429, 503])(
    'does not take an answer %i for the proof that a dangerous scope is not granted',
    { tags: ['rate-limited'] },
    async (status) => {
      const http: Http = async (url, init) => {
        const scope = new URLSearchParams(init.body ?? '').get('scope') ?? '';
        return url.endsWith('/token') && scope.includes('okta.apps.manage')
          ? Response.json({}, { status })
          : bench.http(url, init);
      };
      const power = line(await check({ as: key(bench, 'powerful'), http }), 'power');
      expect(power).toMatchObject({ state: 'not-tested', passing: true });
    },
  );

  test('believes a token for one scope where Okta lists none', async () => {
    const http: Http = async (url, init) => {
      const answer = await bench.http(url, init);
      if (!url.endsWith('/token') || answer.status !== 200) return answer;
      const { scope: _, ...rest } = (await answer.json()) as Record<string, unknown>;
      return Response.json(rest);
    };
    const power = line(await check({ as: key(bench, 'powerful'), http }), 'power');
    expect(power).toMatchObject({ state: 'refused' });
    expect(power?.sentence).toContain('okta.apps.manage');
  });

  test('names what was looked at where nothing is granted', async () => {
    expect(line(await check(), 'power')?.sentence).toContain('okta.idps.manage');
  });

  test('warns of an API token, and refuses that of a super administrator', async () => {
    const lines = await check({ as: apiToken(bench) }, true);
    expect(states(lines)).toMatchObject({
      token: 'warning',
      'change-test-group': 'passed',
      'end-sessions': 'not-tested',
      'admin-role': 'refused',
    });
    expect(line(lines, 'token')?.sentence).toContain('30 days');
    bench.faults.add({ server: 'okta', path: '/users/me$', status: 403, body: FORBIDDEN });
    const unseen = line(await check({ as: apiToken(bench) }), 'admin-role');
    expect(unseen).toMatchObject({ state: 'warning' });
    expect(unseen?.sentence).toContain('cannot be seen');
  });

  test('ends with an API token that is refused', { tags: ['credential-refused'] }, async () => {
    const lines = await check({ as: { kind: 'okta-token', token: '00gone' } });
    expect(lines).toMatchObject([{ id: 'token', state: 'failed' }]);
    expect(lines[0]?.said).toContain('E0000011');
    expect(lines[0]?.mend).toContain('network zone');
  });

  test('warns when little is left of the minute', { tags: ['rate-limited'] }, async () => {
    const http: Http = async (url, init) => {
      const answer = await bench.http(url, init);
      if (/\/groups\?limit=1$/.test(url)) answer.headers.set('x-rate-limit-remaining', '3');
      return answer;
    };
    expect(line(await check({ http }), 'rate-limit')).toMatchObject({ state: 'warning' });
  });
});

const FORBIDDEN = {
  errorCode: 'E0000006',
  errorSummary: 'You do not have permission to perform the requested action',
  errorLink: 'E0000006',
  errorId: 'oaeX',
  errorCauses: [],
};

describe('an application that Okta lets in only with proofs of possession', () => {
  const bound = () => openOkta(bench, { as: key(bench, 'bound') });

  test('is let in, adds and removes, and carries the nonce back once', async () => {
    const directory = await bound();
    valueIn(await directory.ensureMember(m()));
    expect(bench.isReallyIn('okta', m())).toBe(true);
    valueIn(await directory.ensureNotMember(m()));
    expect(bench.tokenCalls().map(({ status }) => status)).toEqual([400, 400, 200]);
  });

  test('keeps the key with its token for the next invocation', async () => {
    valueIn(await (await bound()).describeGroup(m().group));
    valueIn(await (await bound()).describeGroup(m().group));
    expect(bench.tokenCalls()).toHaveLength(3);
    const [kept] = bench.tokens.tokens.values();
    expect(kept?.proofKey).toContain('PRIVATE KEY');
  });

  test('proves each call anew, pages and queries included', async () => {
    const directory = await bound();
    const proofs = new Set<string | undefined>();
    const http: Http = async (url, init) => {
      if (!url.endsWith('/token')) proofs.add(init.headers?.['dpop']);
      return bench.http(url, init);
    };
    const watched = await openOkta(bench, { as: key(bench, 'bound'), http });
    const { cursor } = valueIn(await watched.listPeople());
    valueIn(await watched.listPeople(cursor));
    valueIn(await watched.groupsOf(m().person));
    expect(proofs.size).toBe(3);
    expect(proofs).not.toContain(undefined);
    valueIn(await directory.membersOf(m().group));
  });

  test('is let in where the path holds a login, which Okta compares decoded', {
    tags: ['absent-or-lagging'],
  }, async () => {
    bench.faults.add({ server: 'okta', path: '/users$', status: 200, body: [] });
    const { id, login } = bench.account('okta', 'contractor');
    expect(login).toContain('+');
    expect(valueIn(await (await bound()).findPeople(login))).toMatchObject([{ id }]);
  });

  test('is asked for a person when its proof is refused, and for its clock by the checks', {
    tags: ['credential-refused', 'clocks-differ'],
  }, async () => {
    // Near enough for the assertion, too far for the proof.
    const directory = await openOkta(bench, { as: key(bench, 'bound'), behind: -400 });
    const refused = failureIn(await directory.ensureMember(m()));
    expect(refused).toMatchObject({ class: 'needs-human', code: 'credential-refused' });
    const lines = await directory.selfTest();
    expect(line(lines, 'token')?.mend).toContain('proof of possession');
    expect(line(lines, 'clock')).toMatchObject({ state: 'failed' });
  });

  test('does not work with a token whose key is another', {
    tags: ['credential-refused'],
  }, async () => {
    valueIn(await (await bound()).describeGroup(m().group));
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    for (const [name, kept] of bench.tokens.tokens) {
      const proofKey = other.export({ type: 'pkcs8', format: 'pem' }).toString();
      bench.tokens.tokens.set(name, { ...kept, proofKey });
    }
    const refused = failureIn(await (await bound()).ensureMember(m()));
    expect(refused).toMatchObject({ class: 'needs-human', code: 'credential-refused' });
    expect(refused.said).toContain('invalid_dpop_proof');
    expect(bench.isReallyIn('okta', m())).toBe(false);
  });
});

describe('what an administrator changes about the application', () => {
  test('a replaced key stops the old one and lets the new one in', {
    tags: ['credential-refused'],
  }, async () => {
    const { clientId } = key(bench);
    const { publicJwk, privateKeyPem, keyId } = await makeKeyPair();
    const jwks = { keys: [publicJwk] };
    await byHand(bench, `PUT /oauth2/v1/clients/${clientId}`, { client_name: 'Latchkey', jwks });
    const next = { ...key(bench), privateKeyPem, keyId };
    valueIn(await (await openOkta(bench, { as: next })).describeGroup(m().group));
    const refused = failureIn(await (await openOkta(bench)).describeGroup(m().group));
    expect(refused).toMatchObject({ class: 'needs-human', code: 'credential-refused' });
    expect(refused.said).toContain('kid is invalid');
  });

  test('a scope taken away stops what needs it, and nothing else', {
    tags: ['credential-refused'],
  }, async () => {
    const { clientId } = key(bench, 'full');
    await byHand(bench, `DELETE /api/v1/apps/${clientId}/grants/oag-okta.apps.read`);
    const directory = await openOkta(bench, { as: key(bench, 'full') });
    const refused = failureIn(await directory.listApps());
    expect(refused).toMatchObject({ class: 'needs-human', code: 'scope-missing' });
    expect(refused.detail).toContain('okta.apps.read');
    valueIn(await directory.ensureMember(m()));
  });
});

describe('a token of the grant path', () => {
  const scopesOf = () =>
    bench.tokenCalls().map(({ requestBody }) => new URLSearchParams(requestBody).get('scope'));

  test('holds nothing beyond it, and each other purpose has a token of its own', async () => {
    const directory = await openOkta(bench, { as: key(bench, 'full') });
    valueIn(await directory.ensureMember(m()));
    expect(scopesOf()).toEqual(['okta.users.read okta.groups.read okta.groups.manage']);
    const [app] = valueIn(await directory.listApps()).items;
    valueIn(await directory.lastActivity(m().person, app?.id));
    valueIn(await directory.endSessions(m().person));
    expect(scopesOf().slice(1)).toEqual(['okta.apps.read', 'okta.logs.read', 'okta.users.manage']);
    expect([...bench.tokens.tokens.keys()].sort()).toEqual([
      'main',
      'main:apps',
      'main:logs',
      'main:sessions',
    ]);
  });

  test.each<[Application, string]>([
    ['weak', 'okta.apps.read'],
    ['roleless', 'okta.apps.read'],
  ])('works on without the others (%s)', async (which, scope) => {
    const directory = await openOkta(bench, { as: key(bench, which) });
    expect(failureIn(await directory.listApps()).detail).toContain(scope);
    expect(asked()).toEqual([]);
  });

  test('signs its assertion for one use', async () => {
    const forms: (string | undefined)[] = [];
    const http: Http = async (url, init) => {
      if (url.endsWith('/token')) forms.push(init.body);
      return bench.http(url, init);
    };
    valueIn(await (await openOkta(bench, { http })).describeGroup(m().group));
    const again = await bench.http(`https://${bench.world.okta.host}/oauth2/v1/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      ...(forms[0] !== undefined && { body: forms[0] }),
    });
    expect([again.status, await again.json()]).toMatchObject([401, { error: 'invalid_client' }]);
  });
});
