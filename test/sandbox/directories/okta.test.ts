import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { lineOf, openConformance } from '../../contract/specs/conformance';
import { missingSpecs } from '../../contract/specs/folder';
import { bench, call } from './bench';
import { OKTA, oktaToken } from './sign-in';

const b = bench();
const { okta } = b.directories;
const facts = okta.consoleFacts();
const start = okta.snapshot();
const began = b.clock.now();
beforeEach(() => {
  b.clock.restart(began);
  b.faults.clear();
  okta.restore(start);
});
afterAll(() => b.clock.close());

const asAdmin = { token: `SSWS ${facts.ssws}` };
const get = (path: string, options = asAdmin as { token?: string }) =>
  call(okta.routes, OKTA, `GET ${path}`, options);
const query = (text: string) => encodeURIComponent(text);

describe('signing in as a service app', () => {
  test('a signed assertion gives a token that the API takes', async () => {
    const answer = await oktaToken(b, facts);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    const token = `Bearer ${answer.body.access_token}`;
    expect((await get('/api/v1/groups?limit=1', { token })).status).toBe(200);
  });

  test('a token runs out after an hour', async () => {
    const token = `Bearer ${(await oktaToken(b, facts)).body.access_token}`;
    await b.clock.advance(3_600_001);
    const answer = await get('/api/v1/groups', { token });
    expect([answer.status, answer.body.errorCode]).toEqual([401, 'E0000011']);
  });

  const stranger = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const hourAhead = Math.floor(began / 1000) + 3600;
  test.each([
    ['a key that is not registered', { key: stranger.privateKey }, 'signature is invalid'],
    ['the id of another key', { kid: 'someone-else' }, 'kid is invalid'],
    ['another audience', { claims: { aud: `https://${OKTA}` } }, 'audience claim'],
    ['an assertion that ran out', { claims: { exp: hourAhead - 3700 } }, 'is expired'],
    ['an assertion good for longer than an hour', { claims: { exp: hourAhead + 600 } }, 'too far'],
    ['an app that does not exist', { claims: { iss: '0oaX', sub: '0oaX' } }, 'client_id'],
  ])('%s is refused', async (_, options, says) => {
    const answer = await oktaToken(b, facts, options);
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
    expect(answer.body.error_description).toContain(says);
  });

  test('an assertion is taken once', async () => {
    const options = { claims: { jti: 'only-once' } };
    expect((await oktaToken(b, facts, options)).status).toBe(200);
    expect((await oktaToken(b, facts, options)).status).toBe(401);
  });

  test('an app that must prove possession gets no token without a proof', async () => {
    const answer = await oktaToken(b, facts.bound);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_dpop_proof']);
    expect(answer.headers['x-okta-request-id']).toBeTruthy();
  });

  test('a scope that was never granted is refused', async () => {
    const answer = await oktaToken(b, facts.weak, { scope: 'okta.groups.manage' });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_scope']);
  });

  test('beside a granted scope, one that was never granted is left out without a word', async () => {
    const answer = await oktaToken(b, facts.weak, { scope: 'okta.users.read okta.groups.manage' });
    expect([answer.status, answer.body.scope]).toEqual([200, 'okta.users.read']);
  });
});

describe('rights', () => {
  const member = () =>
    `/api/v1/groups/${b.group('figma-editors').id}/users/${b.account('okta', 'requester').id}`;

  test('a read-only app may not add a member', async () => {
    const token = `Bearer ${(await oktaToken(b, facts.weak)).body.access_token}`;
    const answer = await call(okta.routes, OKTA, `PUT ${member()}`, { token });
    expect([answer.status, answer.body]).toEqual([403, undefined]);
    expect(answer.headers['www-authenticate']).toContain(
      'scope="okta.groups.manage", error="insufficient_scope"',
    );
  });

  test('scopes without an admin role open nothing', async () => {
    const token = `Bearer ${(await oktaToken(b, facts.roleless)).body.access_token}`;
    const answer = await get('/api/v1/groups', { token });
    expect([answer.status, answer.body.errorCode]).toEqual([403, 'E0000006']);
  });

  test('the least-privilege app changes members, not groups, people or admin groups', async () => {
    const token = `Bearer ${(await oktaToken(b, facts)).body.access_token}`;
    const statusOf = async (line: string, body?: unknown) =>
      (await call(okta.routes, OKTA, line, { token, body })).status;
    expect(await statusOf(`PUT ${member()}`)).toBe(204);
    expect(await statusOf(`DELETE /api/v1/groups/${b.group('figma-editors').id}`)).toBe(403);
    const helpDesk = b.group('okta-okta-help-desk').id;
    const person = b.account('okta', 'requester').id;
    expect(await statusOf(`PUT /api/v1/groups/${helpDesk}/users/${person}`)).toBe(403);
    expect(await statusOf(`POST /api/v1/users/${person}/lifecycle/suspend`)).toBe(403);
  });

  test('Everyone is hidden from an administrator of some groups', async () => {
    const token = `Bearer ${(await oktaToken(b, facts)).body.access_token}`;
    const named = query('profile.name eq "Everyone"');
    expect((await get(`/api/v1/groups?search=${named}`, { token })).body).toEqual([]);
    expect((await get(`/api/v1/groups?search=${named}`)).body).toHaveLength(1);
  });

  test.each([
    ['no credential', {}, 'E0000005'],
    ['a token nobody issued', { token: 'SSWS 00unknown' }, 'E0000011'],
  ])('%s is a 401', async (_, options, code) => {
    const answer = await get('/api/v1/groups', options);
    expect([answer.status, answer.body.errorCode]).toEqual([401, code]);
  });
});

describe('finding people', () => {
  test('by id, by login in any case, and by short name', async () => {
    const { id, login } = b.account('okta', 'requester');
    for (const key of [id, login.toUpperCase(), 'rosalind.okoye']) {
      expect((await get(`/api/v1/users/${encodeURIComponent(key)}`)).body.id).toBe(id);
    }
  });

  test('one e-mail can belong to two accounts', async () => {
    const { email } = b.account('okta', 'double');
    const answer = await get(`/api/v1/users?search=${query(`profile.email eq "${email}"`)}`);
    expect(answer.body).toHaveLength(2);
  });

  test('search ignores case, filter does not', async () => {
    const loud = b.account('okta', 'requester').email.toUpperCase();
    const expression = query(`profile.email eq "${loud}"`);
    expect((await get(`/api/v1/users?search=${expression}`)).body).toHaveLength(1);
    expect((await get(`/api/v1/users?filter=${expression}`)).body).toHaveLength(0);
  });

  test('an unencoded plus sign looks for another address', async () => {
    const { email } = b.account('okta', 'contractor');
    const raw = `profile.email%20eq%20%22${email}%22`;
    expect((await get(`/api/v1/users?search=${raw}`)).body).toHaveLength(0);
    expect(
      (await get(`/api/v1/users?search=${query(`profile.email eq "${email}"`)}`)).body,
    ).toHaveLength(1);
  });

  test.each([
    'filter=profile.department%20eq%20%22IT%22',
    'filter=profile.email%20sw%20%22a%22',
    'search=nonsense',
  ])('%s is refused', async (criteria) => {
    const answer = await get(`/api/v1/users?${criteria}`);
    expect([answer.status, answer.body.errorCode]).toEqual([400, 'E0000031']);
  });

  test('search shows a new person late, filter at once', async () => {
    const profile = {
      login: 'new.person@latchkey-demo.example',
      email: 'new.person@latchkey-demo.example',
      firstName: 'New',
      lastName: 'Person',
      department: 'Design',
    };
    const made = await call(okta.routes, OKTA, 'POST /api/v1/users?activate=true', {
      ...asAdmin,
      body: { profile, credentials: { password: { value: 'x' } } },
    });
    expect([made.status, made.body.status]).toEqual([200, 'ACTIVE']);
    const expression = query(`profile.email eq "${profile.email}"`);
    expect((await get(`/api/v1/users?filter=${expression}`)).body).toHaveLength(1);
    expect((await get(`/api/v1/users?search=${expression}`)).body).toHaveLength(0);
    await b.clock.advance(60_000);
    expect((await get(`/api/v1/users?search=${expression}`)).body).toHaveLength(1);
    const again = await call(okta.routes, OKTA, 'POST /api/v1/users', {
      ...asAdmin,
      body: { profile },
    });
    expect([again.status, again.body.errorCode]).toEqual([400, 'E0000001']);
  });
});

describe('the life of an account', () => {
  test('suspending keeps groups, deactivating takes them', async () => {
    const person = b.account('okta', 'requester').id;
    const step = (name: string) =>
      call(okta.routes, OKTA, `POST /api/v1/users/${person}/lifecycle/${name}`, asAdmin);
    const groups = async () => (await get(`/api/v1/users/${person}/groups`)).body.length;
    expect((await step('suspend')).status).toBe(200);
    expect(await groups()).toBeGreaterThan(0);
    expect((await step('suspend')).status).toBe(400);
    expect((await step('unsuspend')).status).toBe(200);
    expect((await step('deactivate')).status).toBe(200);
    expect(await groups()).toBe(0);
    const group = b.group('figma-editors').id;
    const added = await call(
      okta.routes,
      OKTA,
      `PUT /api/v1/groups/${group}/users/${person}`,
      asAdmin,
    );
    expect([added.status, added.body.errorCode]).toEqual([403, 'E0000038']);
  });
});

describe('groups', () => {
  test('taking a person out of a rule-filled group makes the rule leave them out for good', async () => {
    const group = b.group('legacy-crm-users').id;
    const person = b.account('okta', 'named').id;
    await call(okta.routes, OKTA, `DELETE /api/v1/groups/${group}/users/${person}`, asAdmin);
    const rules = (await get('/api/v1/groups/rules')).body;
    const rule = rules.find((r: { actions: { assignUserToGroups: { groupIds: string[] } } }) =>
      r.actions.assignUserToGroups.groupIds.includes(group),
    );
    expect(rule.conditions.people.users.exclude).toEqual([person]);
  });

  test('a deleted group is gone, and one made anew has another id', async () => {
    const { id, name } = b.group('figma-editors');
    const del = await call(okta.routes, OKTA, `DELETE /api/v1/groups/${id}`, asAdmin);
    expect(del.status).toBe(204);
    expect((await get(`/api/v1/groups/${id}`)).status).toBe(404);
    const made = await call(okta.routes, OKTA, 'POST /api/v1/groups', {
      ...asAdmin,
      body: { profile: { name, description: 'again' } },
    });
    expect([made.status, made.body.profile.name]).toEqual([200, name]);
    expect(made.body.id).not.toBe(id);
    const twice = await call(okta.routes, OKTA, 'POST /api/v1/groups', {
      ...asAdmin,
      body: { profile: { name } },
    });
    expect(twice.status).toBe(400);
  });

  test('members come page by page through the link header', async () => {
    const group = b.group('figma-viewers');
    const seen: string[] = [];
    let path: string | undefined = `/api/v1/groups/${group.id}/users?limit=4`;
    while (path !== undefined) {
      const answer = await get(path);
      seen.push(...answer.body.map((user: { id: string }) => user.id));
      const next = /<https:\/\/latchkey-demo\.okta\.com([^>]+)>; rel="next"/.exec(
        answer.headers['link'] ?? '',
      );
      path = next?.[1];
    }
    expect(seen.sort()).toEqual([...group.members].sort());
  });

  test('a name prefix finds groups and counts their people when asked', async () => {
    const answer = await get('/api/v1/groups?q=figma&expand=stats');
    expect(answer.body.map((g: { profile: { name: string } }) => g.profile.name).sort()).toEqual([
      'Figma Editors',
      'Figma Viewers',
    ]);
    const viewers = b.group('figma-viewers');
    const found = answer.body.find((g: { id: string }) => g.id === viewers.id);
    expect(found._embedded.stats.usersCount).toBe(viewers.members.length);
  });

  test('an application can take a group over, and then nobody adds to it', async () => {
    const { id } = b.group('datadog-admin-app');
    const line = `PUT /api/v1/groups/${id}/users/${b.account('okta', 'requester').id}`;
    okta.flipGroupKind(id, 'app');
    expect((await call(okta.routes, OKTA, line, asAdmin)).status).toBe(403);
    expect((await get(`/api/v1/groups/${id}`)).body.type).toBe('APP_GROUP');
    okta.flipGroupKind(id, 'plain');
    expect((await call(okta.routes, OKTA, line, asAdmin)).status).toBe(204);
  });

  test('memberships are named as the world names them', async () => {
    const line = `PUT /api/v1/groups/${b.group('figma-editors').id}/users/${b.account('okta', 'requester').id}`;
    await call(okta.routes, OKTA, line, asAdmin);
    expect(okta.memberships()).toContainEqual({
      group: 'figma-editors',
      groupId: b.group('figma-editors').id,
      person: 'requester',
      personId: b.account('okta', 'requester').id,
    });
  });
});

describe('limits', () => {
  test('every answer says what is left, and the share of one app runs out before the whole', async () => {
    const token = `Bearer ${(await oktaToken(b, facts)).body.access_token}`;
    let answer = await get('/api/v1/groups?q=figma', { token });
    const limit = Number(answer.headers['x-rate-limit-limit']);
    expect(limit).toBe(250);
    for (let i = 1; i <= limit; i++) answer = await get('/api/v1/groups?q=figma', { token });
    expect([answer.status, answer.body.errorCode]).toEqual([429, 'E0000047']);
    expect(answer.headers['x-rate-limit-remaining']).toBe('0');
    expect(answer.headers['x-okta-request-id']).toBeTruthy();
    const reset = Number(answer.headers['x-rate-limit-reset']) * 1000;
    await b.clock.advance(reset - b.clock.now());
    expect((await get('/api/v1/groups?q=figma', { token })).status).toBe(200);
  });
});

describe.skipIf(missingSpecs.length > 0)('the official description', () => {
  test('accepts what is asked and answered', async () => {
    const from = b.calls.latest;
    const user = b.account('okta', 'requester').id;
    const group = b.group('figma-editors').id;
    for (const path of [
      `/api/v1/users/${user}`,
      `/api/v1/users/${b.account('okta', 'leaver').id}`,
      '/api/v1/users/nobody',
      '/api/v1/users',
      `/api/v1/users/${user}/groups`,
      '/api/v1/groups?expand=stats',
      `/api/v1/groups/${group}`,
      `/api/v1/groups/${group}/users`,
      '/api/v1/groups/rules',
    ]) {
      await get(path);
    }
    const conformance = await openConformance();
    const { violations } = conformance.checkAll(b.calls.since(from));
    expect(violations.map(lineOf)).toEqual([]);
  });
});
