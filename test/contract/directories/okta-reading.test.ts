import { beforeEach, describe, expect, test } from 'vitest';
import type { Http } from '../../../src/forge/ports';
import { Bench, failureIn, pagesOf, valueIn } from './bench';
import { apiToken, byHand, key, openOkta } from './okta-org';

const bench = new Bench();
beforeEach(() => bench.reset());
const id = (who = 'requester') => bench.account('okta', who).id;
const groupId = () => bench.group('okta', 'figma-editors').id;
const asked = () => bench.calls().map(({ method, path }) => `${method} ${path.split('?')[0]}`);
const errorOf = (errorCode: string) => ({
  errorCode,
  errorSummary: 'x',
  errorLink: 'x',
  errorId: 'oaeX',
  errorCauses: [],
});

describe('a person in Okta', () => {
  const status = async () => valueIn(await (await openOkta(bench)).person(id()))?.status;

  test('is shown as they are now, by a connection that has read them before', {
    tags: ['person-suspended'],
  }, async () => {
    const directory = await openOkta(bench);
    expect(valueIn(await directory.person(id()))?.active).toBe(true);
    await byHand(bench, `POST /api/v1/users/${id()}/lifecycle/suspend`);
    expect(valueIn(await directory.person(id()))).toMatchObject({
      status: 'suspended',
      active: false,
    });
  });

  test('who left is told from who is suspended, and both are still found', {
    tags: ['person-suspended'],
  }, async () => {
    await byHand(bench, `POST /api/v1/users/${id()}/lifecycle/deactivate`);
    await bench.settle();
    const directory = await openOkta(bench);
    const { email } = bench.account('okta', 'requester');
    expect(valueIn(await directory.findPeople(email))).toMatchObject([{ status: 'deactivated' }]);
    expect(valueIn(await directory.peopleById([id()]))).toMatchObject([{ status: 'deactivated' }]);
    const listed = await pagesOf((cursor) => directory.listPeople(cursor));
    expect(listed.map((person) => person.id)).not.toContain(id());
  });

  test.each(['STAGED', 'PROVISIONED'])('who is %s cannot use the account yet', async (made) => {
    const profile = {
      login: 'new@x.example',
      email: 'new@x.example',
      firstName: 'N',
      lastName: 'P',
    };
    const activate = made === 'PROVISIONED';
    const user = await byHand(bench, `POST /api/v1/users?activate=${activate}`, { profile });
    expect(user['status']).toBe(made);
    const directory = await openOkta(bench);
    const person = valueIn(await directory.person(String(user['id'])));
    expect(person).toMatchObject({ status: 'pending', active: false });
  });

  test.each([
    ['PASSWORD_EXPIRED', 'active'],
    ['LOCKED_OUT', 'active'],
    ['RECOVERY', 'active'],
    ['SOMETHING_NEW', 'pending'],
  ])('with the status %s is %s', async (told, expected) => {
    const body = await byHand(bench, `GET /api/v1/users/${id()}`);
    const path = `/users/${id()}$`;
    bench.faults.add({ server: 'okta', path, status: 200, body: { ...body, status: told } });
    expect(await status()).toBe(expected);
  });

  test('with a very large profile is read', async () => {
    const body = await byHand(bench, `GET /api/v1/users/${id()}`);
    const profile = { ...(body['profile'] as object), notes: 'x'.repeat(300_000) };
    bench.faults.add({
      server: 'okta',
      path: '/users/00u',
      status: 200,
      body: { ...body, profile },
    });
    expect(await status()).toBe('active');
  });

  test('is not found by an attribute that no person has', async () => {
    const address = { accountAttribute: 'no such name"' };
    const odd = await openOkta(bench, { address });
    expect(failureIn(await odd.findByAccount('712020:x')).code).toBe('invalid');
    expect(bench.calls()).toEqual([]);
    bench.faults.add({ server: 'okta', path: '/users$', status: 400, body: errorOf('E0000031') });
    const unknown = await openOkta(bench, { address: { accountAttribute: 'unknownOne' } });
    const refused = failureIn(await unknown.findByAccount('712020:x'));
    expect(refused.detail).toContain('unknownOne');
  });

  test('is found by an attribute only where it is letter for letter the account', {
    tags: ['email-mismatch'],
  }, async () => {
    const account = '712020:AbC';
    const profile = { atlassianAccountId: account };
    await byHand(bench, `POST /api/v1/users/${id()}`, { profile });
    await bench.settle();
    const address = { accountAttribute: 'atlassianAccountId' };
    const directory = await openOkta(bench, { address });
    expect(valueIn(await directory.findByAccount(account))).toMatchObject([{ id: id() }]);
    expect(valueIn(await directory.findByAccount(account.toLowerCase()))).toEqual([]);
  });

  test('is one of fifty in one call', async () => {
    const ids = bench.world.people
      .flatMap((p) => p.accounts.filter((a) => a.directory === 'okta').map((a) => a.id))
      .slice(0, 50);
    const read = valueIn(await (await openOkta(bench)).peopleById([...ids, ...ids]));
    expect(read).toHaveLength(50);
    expect(asked()).toEqual(['GET /api/v1/users']);
  });
});

describe('a list of Okta', () => {
  test('is followed by its own links and to no other place', {
    tags: ['foreign-host'],
  }, async () => {
    const directory = await openOkta(bench);
    const { cursor = '' } = valueIn(await directory.listPeople());
    expect(cursor).toMatch(/^\/api\/v1\/users\?/);
    valueIn(await directory.listPeople(cursor));
    bench.forgetCalls();
    for (const odd of [
      'https://elsewhere.example/api/v1/users?after=x',
      '//elsewhere.example/api/v1/users',
      '/api/v1/groups?after=x',
      '/oauth2/v1/token',
      '',
    ])
      expect(failureIn(await directory.listPeople(odd)).code, odd).toBe('invalid');
    expect(bench.calls()).toEqual([]);
  });

  test.each([
    ['to itself', 'https://HOST/api/v1/users?limit=200&after=same'],
    ['elsewhere', 'https://HOST/api/v1/groups?after=x'],
    ['nowhere', 'http://'],
  ])('whose next page leads %s ends the reading', { tags: ['cursor-loops'] }, async (_, link) => {
    const next = link.replace('HOST', bench.world.okta.host);
    const headers = { link: `<${next}>; rel="next"` };
    bench.faults.add({ server: 'okta', path: '/users$', status: 200, body: [], headers });
    const same = '/api/v1/users?limit=200&after=same';
    const directory = await openOkta(bench);
    expect(failureIn(await directory.listPeople(same)).code).toBe('bad-answer');
  });

  test('of people one by one asks for no more than it shows', async () => {
    const directory = await openOkta(bench);
    valueIn(await directory.searchGroups('f'));
    valueIn(await directory.findPeople(bench.account('okta', 'requester').email));
    expect(bench.calls()).toHaveLength(2);
  });
});

describe('what changed in the groups of Okta', () => {
  test('is asked for since a little before the last reading began', {
    tags: ['absent-or-lagging'],
  }, async () => {
    const directory = await openOkta(bench);
    const began = bench.clock.now();
    const { mark = '' } = valueIn(await directory.changedGroups({}));
    expect(Math.abs(began - 300_000 - Date.parse(mark))).toBeLessThan(5000);
    await bench.clock.advance(20 * 60_000);
    valueIn(await directory.ensureMember({ group: groupId(), person: id() }));
    const after = valueIn(await directory.changedGroups({ mark }));
    expect(after).toMatchObject({ whole: false, deleted: [] });
    expect(after.changed.map((group) => group.id)).toEqual([groupId()]);
  });

  test('keeps what kind of run it is through its pages', async () => {
    const http: Http = (url, init) => bench.http(url.replace('limit=200', 'limit=30'), init);
    const directory = await openOkta(bench, { http });
    const first = valueIn(await directory.changedGroups({}));
    expect(first.whole).toBe(true);
    expect(first).not.toHaveProperty('mark');
    await bench.clock.advance(60_000);
    const began = bench.clock.now();
    let page = first;
    while (page.cursor !== undefined)
      page = valueIn(await directory.changedGroups({ cursor: page.cursor }));
    expect(page.whole).toBe(true);
    // The mark is of when the run began and not of its last page.
    expect(Date.parse(page.mark ?? '')).toBeLessThan(began - 300_000);
    expect(failureIn(await directory.changedGroups({ cursor: 'odd' })).code).toBe('mark-expired');
  });

  test('tells administrator rights and sizes with the list, at no call for each', {
    tags: ['privileged-group'],
  }, async () => {
    const { changed } = valueIn(await (await openOkta(bench)).changedGroups({}));
    const privileged = bench.groupOfKind('okta', 'privileged');
    expect(changed.find((group) => group.id === privileged.id)).toMatchObject({
      privileged: true,
      size: privileged.members.length,
      writable: { no: 'privileged' },
      kind: 'Okta group',
    });
    expect(bench.calls()).toHaveLength(1);
  });
});

describe('the use of an application', () => {
  const withApp = async () => {
    const directory = await openOkta(bench);
    const apps = await pagesOf((cursor) => directory.listApps(cursor));
    const app = apps.find(({ name }) => name === 'Figma')?.id ?? '';
    return { directory, app };
  };

  test('is a date within the 90 days that Okta keeps, or no data with its reason', async () => {
    const { directory, app } = await withApp();
    const members = bench.group('okta', 'figma-viewers').members;
    const seen = await Promise.all(
      members.map(async (who) => valueIn(await directory.lastActivity(who, app))),
    );
    const kinds = new Set(seen.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['seen', 'no-data']));
    for (const one of seen) {
      expect(one.source).toBe('Okta System Log');
      if (one.kind === 'seen') {
        const days = (bench.clock.now() - Date.parse(one.at)) / 86_400_000;
        expect(days).toBeGreaterThanOrEqual(0);
        expect(days).toBeLessThanOrEqual(90);
      } else expect(one.why).toContain('90 days');
    }
  });

  test('is no data where the scope or the role is missing, and says which', async () => {
    const { app } = await withApp();
    const weak = await openOkta(bench, { as: key(bench, 'weak') });
    const scope = valueIn(await weak.lastActivity(id(), app));
    expect(scope).toMatchObject({
      kind: 'no-data',
      why: expect.stringContaining('okta.logs.read'),
    });
    bench.faults.add({ server: 'okta', path: '/logs$', status: 403, body: errorOf('E0000006') });
    const role = valueIn(await (await openOkta(bench)).lastActivity(id(), app));
    expect(role).toMatchObject({ kind: 'no-data', why: expect.stringContaining('role') });
  });

  test('is not told while Okta is in trouble', async () => {
    const { directory, app } = await withApp();
    bench.faults.add({ server: 'okta', path: '/logs$', status: 500, body: errorOf('E0000009') });
    expect(failureIn(await directory.lastActivity(id(), app)).class).toBe('retryable');
  });

  test('of somebody who never signed in is no data either', async () => {
    const user = await byHand(bench, 'POST /api/v1/users?activate=true', {
      profile: { login: 'n@x.example', email: 'n@x.example', firstName: 'N', lastName: 'P' },
    });
    const seen = valueIn(await (await openOkta(bench)).lastActivity(String(user['id'])));
    expect(seen).toMatchObject({ kind: 'no-data', source: 'Okta lastLogin' });
  });
});

describe('signing somebody out of Okta', () => {
  const clear = () => bench.calls().find(({ path }) => path.includes('/sessions'));

  test('takes the tokens of applications as well', async () => {
    const directory = await openOkta(bench, { as: key(bench, 'full') });
    valueIn(await directory.endSessions(id()));
    expect(clear()).toMatchObject({ method: 'DELETE', status: 204 });
    expect(clear()?.path).toContain('/sessions?oauthTokens=true');
  });

  test('needs a scope that the answer names, and an API token needs none', {
    tags: ['credential-refused'],
  }, async () => {
    const refused = failureIn(await (await openOkta(bench)).endSessions(id()));
    expect(refused).toMatchObject({ class: 'needs-human', code: 'scope-missing' });
    expect(refused.detail).toContain('okta.users.manage');
    expect(clear()).toBeUndefined();
    valueIn(await (await openOkta(bench, { as: apiToken(bench) })).endSessions(id()));
  });
});

describe('an org of Okta', () => {
  test('that is read-only for maintenance is tried again', async () => {
    const where = { server: 'okta', method: 'PUT', times: 1 } as const;
    bench.faults.add({ ...where, status: 503, body: errorOf('E0000010') });
    const directory = await openOkta(bench);
    const m = { group: groupId(), person: id() };
    expect(failureIn(await directory.ensureMember(m))).toMatchObject({
      class: 'retryable',
      code: 'server-error',
    });
    valueIn(await directory.ensureMember(m));
  });

  test('counts lists, single objects and the log apart', { tags: ['rate-limited'] }, async () => {
    const spent = { 'x-rate-limit-limit': '250', 'x-rate-limit-remaining': '0' };
    const headers = { ...spent, 'retry-after': '40' };
    const body = errorOf('E0000047');
    bench.faults.add({ server: 'okta', path: '/groups$', status: 429, headers, body, times: 1 });
    const directory = await openOkta(bench);
    expect(failureIn(await directory.searchGroups('f')).retryAfter).toBe(40);
    expect(failureIn(await directory.searchGroups('f')).code).toBe('rate-limited');
    expect(bench.calls()).toHaveLength(1);
    valueIn(await directory.describeGroup(groupId()));
    valueIn(await directory.listPeople());
    await bench.clock.advance(41_000);
    valueIn(await directory.searchGroups('f'));
  });

  test('leaves what is left of a minute to what is more urgent', {
    tags: ['rate-limited'],
  }, async () => {
    const reset = String(Math.ceil(bench.clock.now() / 1000) + 50);
    const http: Http = async (url, init) => {
      const answer = await bench.http(url, init);
      answer.headers.set('x-rate-limit-limit', '100');
      answer.headers.set('x-rate-limit-remaining', '30');
      answer.headers.set('x-rate-limit-reset', reset);
      return answer;
    };
    const tenant = bench.world.okta.host;
    const open = (lane: 'bulk' | 'grant') =>
      bench.open({ id: 'main', kind: 'okta', tenant }, key(bench), { http, lane });
    const bulk = await open('bulk');
    valueIn(await bulk.describeGroup(groupId()));
    const stood = failureIn(await bulk.describeGroup(groupId()));
    expect(stood).toMatchObject({ class: 'retryable', code: 'rate-limited' });
    expect(stood.outcomeUnknown).toBeUndefined();
    valueIn(await (await open('grant')).describeGroup(groupId()));
  });
});
