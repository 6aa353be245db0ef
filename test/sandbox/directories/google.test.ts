import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { lineOf, openConformance } from '../../contract/specs/conformance';
import { missingSpecs } from '../../contract/specs/folder';
import { bench, call } from './bench';
import { CLOUD_IDENTITY, GOOGLE_ADMIN, googleScopes, googleToken } from './sign-in';

const b = bench();
const { google } = b.directories;
const facts = google.consoleFacts();
const start = google.snapshot();
const began = b.clock.now();
beforeEach(() => {
  b.clock.restart(began);
  google.restore(start);
});
afterAll(() => b.clock.close());

const foreignKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

const asAdmin = { token: `Bearer ${facts.adminToken}` };
type Options = Parameters<typeof call>[3];
const api = (line: string, options: Options = asAdmin) =>
  call(google.routes, GOOGLE_ADMIN, line.replace(' /', ' /admin/directory/v1/'), options);
const cloud = (line: string, options: Options = asAdmin) =>
  call(google.routes, CLOUD_IDENTITY, line, options);
const asAccount = async (who = facts.serviceAccountJson, claims: Record<string, unknown> = {}) => ({
  token: `Bearer ${(await googleToken(b, who, claims)).body.access_token}`,
});
const settled = () => b.clock.advance(10_000);
const users = () => b.group('bigquery-users');
const requester = () => b.account('google', 'requester');
const reason = (answer: { status: number; body: { error: { errors: { reason: string }[] } } }) => [
  answer.status,
  answer.body.error.errors[0]?.reason,
];

describe('signing in as a service account', () => {
  test('with a role of its own it needs nobody to act for', async () => {
    const answer = await googleToken(b, facts.serviceAccountJson);
    expect([answer.status, answer.body.token_type]).toEqual([200, 'Bearer']);
    expect((await api(`GET /users/${requester().id}`, await asAccount())).status).toBe(200);
  });

  test('or acts for an administrator, within the scopes that were allowed', async () => {
    const sub = facts.delegatedAdmin;
    const options = await asAccount(facts.serviceAccountJson, { sub });
    expect((await api(`GET /users/${requester().id}`, options)).status).toBe(200);
    const scope = googleScopes('admin.directory.user');
    const refused = await googleToken(b, facts.serviceAccountJson, { sub, scope });
    expect([refused.status, refused.body.error]).toEqual([401, 'unauthorized_client']);
  });

  test('acting for somebody who administers nothing opens nothing', async () => {
    const options = await asAccount(facts.serviceAccountJson, { sub: requester().email });
    expect(reason(await api(`GET /users/${requester().id}`, options))).toEqual([403, 'forbidden']);
  });

  test('without a role and without anybody to act for, nothing opens', async () => {
    expect(
      reason(await api('GET /groups?customer=my_customer', await asAccount(facts.weak))),
    ).toEqual([403, 'forbidden']);
  });

  const now = Math.floor(began / 1000);
  test.each([
    ['an assertion for longer than an hour', { exp: now + 7200 }, 'short-lived'],
    ['an assertion from tomorrow', { iat: now + 86_400, exp: now + 90_000 }, 'short-lived'],
    ['another audience', { aud: 'https://admin.googleapis.com' }, 'audience'],
    [
      'an unknown account',
      { iss: 'nobody@latchkey-demo.iam.gserviceaccount.com' },
      'account not found',
    ],
    ['an unknown person to act for', { sub: 'nobody@latchkey-demo.example' }, 'Invalid email'],
  ])('%s is refused', async (_, claims, says) => {
    const answer = await googleToken(b, facts.serviceAccountJson, claims);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    expect(answer.body.error_description).toContain(says);
  });

  test('a scope that was not asked for closes the door', async () => {
    const options = await asAccount(facts.serviceAccountJson, {
      scope: googleScopes('admin.directory.user.readonly'),
    });
    const answer = await api(`POST /groups/${users().id}/members`, {
      ...options,
      body: { id: requester().id },
    });
    expect(reason(answer)).toEqual([403, 'insufficientPermissions']);
  });

  test('an assertion counts once', async () => {
    const jti = 'the same';
    expect((await googleToken(b, facts.serviceAccountJson, { jti })).status).toBe(200);
    const again = await googleToken(b, facts.serviceAccountJson, { jti });
    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
  });

  test('a key that the account does not have opens nothing, however it was signed', async () => {
    const file = { ...facts.serviceAccountJson, private_key_id: 'unknown' };
    const answer = await googleToken(b, file);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  });

  test('both keys open until one is deleted', async () => {
    const { serviceAccountJson: file, nextServiceAccountJson: next } = facts;
    expect((await googleToken(b, next)).status).toBe(200);
    const key = `/v1/projects/x/serviceAccounts/${file.client_email}/keys/${file.private_key_id}`;
    const deleted = await call(google.routes, 'iam.googleapis.com', `DELETE ${key}`, asAdmin);
    expect(deleted.status).toBe(200);
    expect((await googleToken(b, file)).body.error_description).toBe('Invalid JWT Signature.');
    expect((await googleToken(b, next)).status).toBe(200);
  });

  test('a key of one account does not open another', async () => {
    const file = { ...facts.serviceAccountJson, private_key: foreignKey };
    expect((await googleToken(b, file)).body.error).toBe('invalid_grant');
  });

  test('a role decides what a scope opens', async () => {
    const scope = googleScopes('admin.directory.user', 'admin.directory.rolemanagement');
    const { token } = await asAccount(facts.powerful, { scope });
    const suspended = { token, body: { suspended: true } };
    const user = `/users/${requester().id}`;
    expect(reason(await api(`PUT ${user}`, suspended))).toEqual([403, 'forbidden']);
    const sub = facts.superAdmin;
    const asSuper = await asAccount(facts.powerful, { scope, sub });
    expect((await api(`PUT ${user}`, { ...suspended, ...asSuper })).status).toBe(200);
  });

  test('a token runs out', async () => {
    const options = await asAccount();
    await b.clock.advance(3_600_000);
    expect((await api(`GET /users/${requester().id}`, options)).status).toBe(401);
  });
});

describe('finding people', () => {
  test('by id and by address in any case; a list must say whose', async () => {
    const { id, email } = requester();
    expect((await api(`GET /users/${email.toUpperCase()}`)).body.id).toBe(id);
    const found = await api(
      `GET /users?customer=my_customer&query=${encodeURIComponent(`email:${email}`)}`,
    );
    expect(found.body.users.map((user: { id: string }) => user.id)).toEqual([id]);
    expect((await api('GET /users')).status).toBe(400);
  });

  test('an alias answers with somebody whose primary address is another', async () => {
    const owner = b.world.people.find(
      (p) =>
        p.jira && p.jira.email !== p.email && /[13579]$/.test(p.key) && p.accounts.length === 3,
    );
    const answer = await api(`GET /users/${owner?.jira?.email}`);
    expect(answer.body).toMatchObject({
      primaryEmail: owner?.email,
      aliases: [owner?.jira?.email],
    });
  });

  test('nobody in the list means no list', async () => {
    const answer = await api(
      'GET /users?customer=my_customer&query=email:nobody@latchkey-demo.example',
    );
    expect(answer.status).toBe(200);
    expect('users' in answer.body).toBe(false);
  });

  test('an address of another domain is forbidden, not unknown', async () => {
    expect(reason(await api('GET /users/someone@elsewhere.example'))).toEqual([403, 'forbidden']);
    expect(reason(await api('GET /users/nobody@latchkey-demo.example'))).toEqual([404, 'notFound']);
  });

  test('suspending keeps the person in every group', async () => {
    const body = { suspended: true };
    expect((await api(`PUT /users/${requester().id}`, { ...asAdmin, body })).status).toBe(200);
    await settled();
    expect((await api(`GET /users/${requester().id}`)).body.suspended).toBe(true);
  });
});

describe('members', () => {
  const insert = (body: object, group = users().id) =>
    api(`POST /groups/${group}/members`, { ...asAdmin, body });

  test('an address nobody knows is taken for somebody from outside', async () => {
    const answer = await insert({ email: 'stranger@elsewhere.example' });
    expect(answer.status).toBe(200);
    expect(reason(await insert({ email: 'nobody@latchkey-demo.example' }))).toEqual([
      404,
      'notFound',
    ]);
  });

  test('an owner of the group is a duplicate as well', async () => {
    const members = (await api(`GET /groups/${users().id}/members?roles=OWNER`)).body.members;
    expect(members).toHaveLength(1);
    expect(reason(await insert({ id: members[0].id, role: 'MEMBER' }))).toEqual([409, 'duplicate']);
  });

  test('a new membership shows late on some replicas', async () => {
    await insert({ id: requester().id });
    const line = `GET /groups/${users().id}/members/${requester().id}`;
    const read = () =>
      Promise.all(Array.from({ length: 30 }, async () => (await api(line)).status));
    expect(new Set(await read())).toEqual(new Set([200, 404]));
    await settled();
    expect(new Set(await read())).toEqual(new Set([200]));
    const has = await api(`GET /groups/${users().id}/hasMember/${requester().id}`);
    expect(has.body).toEqual({ isMember: true });
  });

  test('a member of a member counts for hasMember, not as a member', async () => {
    const outer = b.group('project-3').id;
    expect((await insert({ email: users().email }, outer)).body).toMatchObject({ type: 'GROUP' });
    await insert({ id: requester().id });
    await settled();
    const has = await api(`GET /groups/${outer}/hasMember/${requester().id}`);
    expect(has.body.isMember).toBe(true);
    expect((await api(`GET /groups/${outer}/members/${requester().id}`)).status).toBe(404);
  });

  test('hasMember refuses to judge somebody it does not know', async () => {
    expect(reason(await api(`GET /groups/${users().id}/hasMember/x@elsewhere.example`))).toEqual([
      400,
      'invalid',
    ]);
  });

  test('a group just made is not there yet for some', async () => {
    const body = { email: 'fresh@latchkey-demo.example', name: 'Fresh' };
    expect((await api('POST /groups', { ...asAdmin, body })).status).toBe(200);
    const tries = await Promise.all(
      Array.from(
        { length: 30 },
        async () => (await insert({ id: requester().id }, body.email)).status,
      ),
    );
    expect(new Set(tries)).toEqual(new Set([200, 404, 409]));
  });

  test('come page by page, and groups of a person are the direct ones', async () => {
    const seen: string[] = [];
    let token = '';
    do {
      const answer = await api(
        `GET /groups/${users().id}/members?maxResults=4${token && `&pageToken=${token}`}`,
      );
      seen.push(...answer.body.members.map((member: { id: string }) => member.id));
      token = answer.body.nextPageToken ?? '';
    } while (token !== '');
    expect(seen.sort()).toEqual([...users().members].sort());
    const groups = (await api(`GET /groups?userKey=${seen[0]}`)).body.groups;
    expect(groups.map((group: { id: string }) => group.id)).toContain(users().id);
  });
});

describe('lists', () => {
  test('that are as they were say so and no more, to whoever knows their etag', async () => {
    const line = `GET /groups?customer=my_customer&query=${encodeURIComponent("name:'BigQuery U*'")}`;
    const first = await api(line);
    expect(first.body.groups).toHaveLength(1);
    const headers = { 'if-none-match': first.body.etag };
    const same = await api(line, { ...asAdmin, headers });
    expect([same.status, same.body]).toEqual([304, undefined]);
    const { email } = users();
    const body = { email: first.body.groups[0].email, name: 'BigQuery users of old' };
    expect([email, (await api(`PUT /groups/${users().id}`, { ...asAdmin, body })).status]).toEqual([
      body.email,
      200,
    ]);
    await settled();
    expect((await api(line, { ...asAdmin, headers })).status).toBe(200);
  });

  test('by a query lag behind what is read by id', async () => {
    const primaryEmail = 'renamed@latchkey-demo.example';
    await api(`PUT /users/${requester().id}`, { ...asAdmin, body: { primaryEmail } });
    const find = () => api(`GET /users?customer=my_customer&query=email:${primaryEmail}`);
    await b.clock.advance(3000);
    expect((await api(`GET /users/${requester().id}`)).body.primaryEmail).toBe(primaryEmail);
    expect((await find()).body.users).toBeUndefined();
    await settled();
    expect((await find()).body.users).toHaveLength(1);
  });

  test('show fields of the company only with a full projection', async () => {
    const { id } = requester();
    expect((await api(`GET /users/${id}`)).body.customSchemas).toBeUndefined();
    const { customSchemas } = (await api(`GET /users/${id}?projection=full`)).body;
    expect(customSchemas.Atlassian.accountId).toBeTruthy();
  });
});

describe('reports', () => {
  test('know nothing of the last hours, and refuse a time to come', async () => {
    const { serviceAccountJson } = facts;
    const scope = googleScopes('admin.reports.audit.readonly');
    const options = await asAccount(serviceAccountJson, { scope });
    const line = (query: string) =>
      call(
        google.routes,
        GOOGLE_ADMIN,
        `GET /admin/reports/v1/activity/users/all/applications/token?${query}`,
        options,
      );
    const { items } = (await line('maxResults=5')).body;
    const newest = Date.parse(items[0].id.time);
    expect(newest).toBeLessThanOrEqual(b.clock.now() - 3 * 3_600_000);
    expect((await line('startTime=2100-01-01T00:00:00Z')).status).toBe(400);
    expect((await line('eventName=authorize')).status).toBe(501);
  });
});

describe('Cloud Identity', () => {
  const join = (expireTime: string) =>
    cloud(`POST /v1/groups/${users().id}/memberships`, {
      ...asAdmin,
      body: {
        preferredMemberKey: { id: requester().email },
        roles: [{ name: 'MEMBER', expiryDetail: { expireTime } }],
      },
    });

  test('ends a membership at its time, and makes none that is over', async () => {
    const line = `GET /groups/${users().id}/members/${requester().id}`;
    expect((await join('2020-01-01T00:00:00Z')).body.error.status).toBe('INVALID_ARGUMENT');
    expect((await api(line)).status).toBe(404);
    const until = new Date(began + 3_600_000).toISOString();
    expect((await join(until)).body).toMatchObject({ done: true });
    expect((await join(until)).body.error).toMatchObject({ code: 409, status: 'ALREADY_EXISTS' });
    await settled();
    expect((await api(line)).status).toBe(200);
    await b.clock.advance(3_600_000);
    expect((await api(line)).status).toBe(404);
  });

  test('lets only super administrators into a group that carries a role', async () => {
    const { id } = b.group(
      b.world.groups.find((g) => g.directory === 'google' && g.kind === 'privileged')?.key ?? '',
    );
    const options = await asAccount(facts.serviceAccountJson);
    const insert = { ...options, body: { id: requester().id } };
    expect(reason(await api(`POST /groups/${id}/members`, insert))).toEqual([403, 'forbidden']);
    const byHand = { ...asAdmin, body: { id: requester().id } };
    expect((await api(`POST /groups/${id}/members`, byHand)).status).toBe(200);
  });

  test('tells which group fills itself', async () => {
    const group = b.group('google-team-sales');
    const labels = (await cloud(`GET /v1/groups/${group.id}`)).body.labels;
    expect(labels).toHaveProperty(['cloudidentity.googleapis.com/groups.dynamic']);
    const plain = (await cloud(`GET /v1/groups/${users().id}`)).body.labels;
    expect(plain).not.toHaveProperty(['cloudidentity.googleapis.com/groups.dynamic']);
  });

  test('does not say whether an unknown group exists', async () => {
    const answer = await cloud('GET /v1/groups/0nothing');
    expect([answer.status, answer.body.error.status]).toEqual([403, 'PERMISSION_DENIED']);
  });
});

test('a used up quota is a 403 and names no time to come back', async () => {
  const small = bench({ profile: { googleQueriesPerMinute: 3 } });
  const token = `Bearer ${small.directories.google.consoleFacts().adminToken}`;
  const line = 'GET /admin/directory/v1/groups?customer=my_customer&maxResults=1';
  const ask = () => call(small.directories.google.routes, GOOGLE_ADMIN, line, { token });
  for (let i = 0; i < 3; i++) expect((await ask()).status).toBe(200);
  const answer = await ask();
  expect(reason(answer)).toEqual([403, 'userRateLimitExceeded']);
  expect(answer.headers['retry-after']).toBeUndefined();
  await small.clock.advance(60_000);
  expect((await ask()).status).toBe(200);
  small.clock.close();
});

describe.skipIf(missingSpecs.length > 0)('the official description', () => {
  test('accepts what is asked and answered', async () => {
    const from = b.calls.latest;
    for (const line of [
      `GET /users/${requester().id}`,
      'GET /users?customer=my_customer&maxResults=500',
      `GET /groups/${users().id}`,
      'GET /groups?customer=my_customer',
      `GET /groups/${users().id}/members`,
      `GET /groups/${users().id}/members/${users().members[0]}`,
    ]) {
      await api(line);
    }
    await cloud(`GET /v1/groups/${b.group('google-team-sales').id}`);
    const conformance = await openConformance();
    const { violations } = conformance.checkAll(b.calls.since(from));
    expect(violations.map(lineOf)).toEqual([]);
  });
});
