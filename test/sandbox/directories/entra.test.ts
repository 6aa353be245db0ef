import { constants, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { thumbprints } from '../../../sandbox/directories/entra/certificate';
import { lineOf, openConformance } from '../../contract/specs/conformance';
import { missingSpecs } from '../../contract/specs/folder';
import { bench, call, signedJwt } from './bench';
import { entraToken, GRAPH, LOGIN } from './sign-in';

const b = bench();
const { entra } = b.directories;
const facts = entra.consoleFacts();
const start = entra.snapshot();
const began = b.clock.now();
beforeEach(() => {
  b.clock.restart(began);
  entra.restore(start);
});
afterAll(() => b.clock.close());

const asAdmin = { token: `Bearer ${facts.adminToken}` };
type Options = Parameters<typeof call>[3];
const graph = (line: string, options: Options = asAdmin) =>
  call(entra.routes, GRAPH, line.replace(' /', ' /v1.0/'), options);
const literal = (value: string) => encodeURIComponent(value.replaceAll("'", "''"));
const asApp = async (who: typeof facts.weak) => ({
  token: `Bearer ${(await entraToken(b, who)).body.access_token}`,
});
const ends = () => ({
  group: b.group('salesforce-users').id,
  person: b.account('entra', 'requester').id,
});
const ref = (person: string) => ({
  '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${person}`,
});
const add = (options: Options = asAdmin) =>
  graph(`POST /groups/${ends().group}/members/$ref`, { ...options, body: ref(ends().person) });
/** Longer than any replica is behind. */
const settled = () => b.clock.advance(10_000);

describe('signing in', () => {
  test('a secret gives a token that Graph takes', async () => {
    const answer = await entraToken(b, facts);
    expect([answer.status, answer.body.expires_in]).toEqual([200, 3599]);
    const token = `Bearer ${answer.body.access_token}`;
    expect((await graph('GET /groups?$top=1', { token })).status).toBe(200);
    await b.clock.advance(3_600_000);
    const late = await graph('GET /groups?$top=1', { token });
    expect([late.status, late.body.error.code]).toEqual([401, 'InvalidAuthenticationToken']);
  });

  test.each([
    ['a wrong secret', { client_secret: 'no' }, 401, 7000215],
    ['a secret that ran out', { client_secret: facts.expiredSecret }, 401, 7000222],
    ['an unknown app', { client_id: '11111111-2222-4333-8444-555555555555' }, 400, 700016],
    ['a scope that names no resource', { scope: 'User.Read.All' }, 400, 1002012],
  ])('%s is refused by its number', async (_, form, status, code) => {
    const answer = await entraToken(b, facts, form);
    expect([answer.status, answer.body.error_codes]).toEqual([status, [code]]);
    expect(answer.body.error_description).toMatch(new RegExp(`^AADSTS${code}: `));
  });

  test('an unknown tenant is refused', async () => {
    const answer = await entraToken(b, facts, {}, '99999999-2222-4333-8444-555555555555');
    expect(answer.body.error_codes).toEqual([90002]);
  });

  let assertions = 0;
  const claims = () => ({
    iss: facts.clientId,
    sub: facts.clientId,
    aud: `https://${LOGIN}/${facts.tenantId}/oauth2/v2.0/token`,
    exp: Math.floor(b.clock.now() / 1000) + 300,
    jti: `assertion-${++assertions}`,
  });
  const withAssertion = (client_assertion: string) =>
    entraToken(b, facts, {
      client_assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });

  test('the certificate is one, and its thumbprint opens the door with RS256 or PS256', async () => {
    const certificate = new X509Certificate(facts.certificatePem);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=Latchkey');
    const prints = thumbprints(facts.certificatePem);
    const old = signedJwt(facts.privateKeyPem, claims(), { x5t: prints.sha1 });
    expect((await withAssertion(old)).status).toBe(200);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${encode({ alg: 'PS256', 'x5t#S256': prints.sha256 })}.${encode(claims())}`;
    const signature = sign('sha256', Buffer.from(text), {
      key: facts.privateKeyPem,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 32,
    });
    expect((await withAssertion(`${text}.${signature.toString('base64url')}`)).status).toBe(200);
  });

  test('an assertion without the certificate, for another audience or too late is refused', async () => {
    const x5t = thumbprints(facts.certificatePem).sha1;
    const refused = async (change: object, header: Record<string, unknown> = { x5t }) =>
      (await withAssertion(signedJwt(facts.privateKeyPem, { ...claims(), ...change }, header))).body
        .error_codes;
    expect(await refused({}, {})).toEqual([700027]);
    expect(await refused({ aud: 'https://graph.microsoft.com' })).toEqual([700023]);
    expect(await refused({ exp: 1 })).toEqual([700024]);
  });
});

describe('signing in a second time', () => {
  const jwt = (key = facts.privateKeyPem, jti = 'once') => {
    const exp = Math.floor(b.clock.now() / 1000) + 300;
    const aud = `https://${LOGIN}/${facts.tenantId}/oauth2/v2.0/token`;
    const claims = { iss: facts.clientId, sub: facts.clientId, aud, exp, jti };
    return signedJwt(key, claims, { x5t: thumbprints(facts.certificatePem).sha1 });
  };
  const ask = async (client_assertion: string) => {
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    return (await entraToken(b, facts, { client_assertion, client_assertion_type })).body;
  };

  test('with the same assertion is refused, and so is one that another key signed', async () => {
    const once = jwt();
    expect((await ask(once)).access_token).toBeTruthy();
    expect((await ask(once)).error_codes).toEqual([50027]);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect((await ask(jwt(pem, 'other'))).error_codes).toEqual([700027]);
  });

  test('with a certificate that replaced another opens the door, and only then', async () => {
    const path = `PATCH /applications/${facts.objectId}`;
    const key = Buffer.from(facts.certificatePem).toString('base64');
    const change = (keyCredentials: object[]) =>
      graph(path, { ...asAdmin, body: { keyCredentials } });
    expect((await change([])).status).toBe(204);
    expect((await ask(jwt())).error_codes).toEqual([700027]);
    expect((await change([{ type: 'AsymmetricX509Cert', usage: 'Verify', key }])).status).toBe(204);
    expect((await ask(jwt())).access_token).toBeTruthy();
    expect((await change([{ key: 'bm90aGluZw==' }])).status).toBe(400);
  });
});

describe('change tracking', () => {
  test('cannot choose the size of a page, or follow members here', async () => {
    expect((await graph('GET /groups/delta?$top=5')).status).toBe(501);
    expect((await graph('GET /groups/delta?$select=id,members')).status).toBe(501);
  });

  test('leaves out what was never set, and remembers what was selected', async () => {
    const first = (await graph('GET /groups/delta?$select=displayName,description')).body;
    const row = first.value.find(({ id }: { id: string }) => id === ends().group);
    expect(Object.keys(row).sort()).toEqual(['description', 'displayName', 'id']);
    let next = first['@odata.nextLink'];
    let link = first['@odata.deltaLink'];
    while (next !== undefined) {
      const answer = await call(
        entra.routes,
        GRAPH,
        `GET ${next.slice(8 + GRAPH.length)}`,
        asAdmin,
      );
      next = answer.body['@odata.nextLink'];
      link = answer.body['@odata.deltaLink'];
    }
    await graph(`PATCH /groups/${ends().group}`, {
      ...asAdmin,
      body: { groupTypes: ['DynamicMembership'], membershipRule: 'user.department -eq "x"' },
    });
    await settled();
    const again = await call(entra.routes, GRAPH, `GET ${link.slice(8 + GRAPH.length)}`, asAdmin);
    expect(again.body.value.map((one: Record<string, unknown>) => Object.keys(one).sort())).toEqual(
      [['description', 'displayName', 'id']],
    );
  });
});

test('at most fifteen ids stand in one filter', async () => {
  const ids = (n: number) => Array.from({ length: n }, () => `'${ends().person}'`).join(',');
  expect((await graph(`GET /users?$filter=id in (${ids(15)})`)).body.value).toHaveLength(1);
  expect((await graph(`GET /users?$filter=id in (${ids(16)})`)).status).toBe(400);
});

test('whether a group can hold roles is said once, when it is made', async () => {
  const body = { isAssignableToRole: true };
  expect((await graph(`PATCH /groups/${ends().group}`, { ...asAdmin, body })).status).toBe(400);
});

test('extension attributes are found by advanced queries only', async () => {
  const attribute = 'onPremisesExtensionAttributes/extensionAttribute1';
  const { accountId } = b.world.people.find(({ key }) => key === 'requester')?.jira ?? {};
  const line = `GET /users?$filter=${attribute} eq '${accountId}'&$select=id`;
  expect((await graph(line)).body.error.code).toBe('Request_UnsupportedQuery');
  const headers = { consistencylevel: 'eventual' };
  expect((await graph(line, { ...asAdmin, headers })).status).toBe(400);
  const found = await graph(`${line}&$count=true`, { ...asAdmin, headers });
  expect(found.body.value).toEqual([{ id: ends().person }]);
});

test('a new address keeps the old one as an alias, and a manager is another person', async () => {
  const mail = 'renamed@latchkey-demo.example';
  const manager = ref(b.account('entra', 'friend').id);
  await graph(`PATCH /users/${ends().person}`, { ...asAdmin, body: { mail, department: 'Legal' } });
  await graph(`PUT /users/${ends().person}/manager/$ref`, { ...asAdmin, body: manager });
  await settled();
  const line = `GET /users/${ends().person}?$select=mail,department,proxyAddresses`;
  const { email } = b.account('entra', 'requester');
  expect((await graph(line)).body).toMatchObject({
    mail,
    department: 'Legal',
    proxyAddresses: expect.arrayContaining([`SMTP:${mail}`, `smtp:${email}`]),
  });
  const read = await graph(`GET /users/${ends().person}/manager?$select=id`);
  expect(read.body.id).toBe(b.account('entra', 'friend').id);
});

test('a membership with an end stays for five minutes, and ends in a saved state too', async () => {
  const person = ends().person;
  const endDateTime = new Date(b.clock.now() + 3_600_000).toISOString();
  const request = (expiration: object) =>
    graph('POST /identityGovernance/privilegedAccess/group/assignmentScheduleRequests', {
      ...asAdmin,
      body: {
        accessId: 'member',
        action: 'adminAssign',
        groupId: ends().group,
        principalId: person,
        scheduleInfo: { startDateTime: b.clock.iso(), expiration },
      },
    });
  expect((await request({ type: 'noExpiration' })).status).toBe(400);
  expect((await request({ type: 'afterDateTime', endDateTime })).status).toBe(201);
  const line = `DELETE /groups/${ends().group}/members/${person}/$ref`;
  expect((await graph(line)).body.error.code).toBe('ActiveDurationTooShort');
  const saved: unknown = JSON.parse(JSON.stringify(entra.snapshot()));
  entra.restore(start);
  entra.restore(saved as never);
  await b.clock.advance(3_600_000);
  expect(
    entra.memberships().some((row) => row.personId === person && row.groupId === ends().group),
  ).toBe(false);
});

describe('rights', () => {
  test('a read-only app may not add a member', async () => {
    const answer = await add(await asApp(facts.weak));
    expect([answer.status, answer.body.error.code]).toEqual([403, 'Authorization_RequestDenied']);
  });

  test('the least-privilege app may, but not to a group that can hold directory roles', async () => {
    const app = await asApp(facts);
    expect((await add(app)).status).toBe(204);
    const helpDesk = b.group('entra-role-help-desk').id;
    const answer = await graph(`POST /groups/${helpDesk}/members/$ref`, {
      ...app,
      body: ref(ends().person),
    });
    expect(answer.status).toBe(403);
  });

  test('removing a member without $ref deletes the person, if the app may change people', async () => {
    const line = `DELETE /groups/${ends().group}/members/${ends().person}`;
    await add();
    await settled();
    expect((await graph(line, await asApp(facts))).status).toBe(403);
    expect((await graph(line, await asApp(facts.powerful))).status).toBe(204);
    await settled();
    expect((await graph(`GET /users/${ends().person}`)).status).toBe(404);
    expect((await graph(`POST /directory/deletedItems/${ends().person}/restore`)).status).toBe(200);
    await settled();
    expect((await graph(`GET /users/${ends().person}`)).status).toBe(200);
  });

  test('switching an account off takes less than changing it', async () => {
    const line = `PATCH /users/${ends().person}`;
    expect(
      (await graph(line, { ...(await asApp(facts)), body: { accountEnabled: false } })).status,
    ).toBe(403);
    expect((await graph(line, { ...asAdmin, body: { accountEnabled: false } })).status).toBe(204);
    await settled();
    const answer = await graph(`GET /users/${ends().person}?$select=accountEnabled`);
    expect(answer.body.accountEnabled).toBe(false);
  });
});

describe('finding people', () => {
  const byMail = (mail: string) =>
    `GET /users?$filter=mail eq '${literal(mail)}' or userPrincipalName eq '${literal(mail)}' or proxyAddresses/any(p:p eq 'smtp:${literal(mail)}')&$select=id,mail`;

  test('by mail, name or alias, without regard to case', async () => {
    const { id, email } = b.account('entra', 'requester');
    expect((await graph(byMail(email.toUpperCase()))).body.value).toEqual([{ id, mail: email }]);
  });

  test('a guest by mail with a plus sign, and by a name with #EXT#', async () => {
    const { id, login, email } = b.account('entra', 'contractor');
    expect(login).toContain('#EXT#');
    expect((await graph(byMail(email))).body.value.map((u: { id: string }) => u.id)).toEqual([id]);
    expect((await graph(`GET /users/${encodeURIComponent(login)}`)).body.id).toBe(id);
  });

  test('an unencoded plus sign or hash finds somebody else, or nobody', async () => {
    const { email } = b.account('entra', 'contractor');
    expect((await graph(`GET /users?$filter=mail eq '${email}'`)).body.value).toEqual([]);
  });

  test('an alias finds its owner, whose mail is another', async () => {
    const owner = b.world.people.find(
      (p) => p.jira && p.jira.email !== p.email && /[02468]$/.test(p.key) && p.accounts.length > 0,
    );
    const answer = await graph(byMail(owner?.jira?.email ?? ''));
    expect(answer.body.value).toEqual([expect.objectContaining({ mail: owner?.email })]);
  });

  test('a quote is doubled inside a literal', async () => {
    expect((await graph(byMail("o'neil@latchkey-demo.example"))).body.value).toEqual([]);
    const raw = await graph("GET /users?$filter=mail eq 'o'neil@latchkey-demo.example'");
    expect([raw.status, raw.body.error.code]).toEqual([400, 'BadRequest']);
  });

  test('answers eleven properties unless others are selected', async () => {
    const { id } = b.account('entra', 'requester');
    const plain = (await graph(`GET /users/${id}`)).body;
    expect(Object.keys(plain)).toHaveLength(12);
    expect(plain.accountEnabled).toBeUndefined();
    const wide = await graph(
      `GET /users/${id}?$select=id,accountEnabled&$expand=manager($select=id,mail)`,
    );
    expect(wide.body).toMatchObject({
      accountEnabled: true,
      manager: { id: b.account('entra', 'manager').id },
    });
    expect((await graph(`GET /users/${id}?$select=nonsense`)).status).toBe(400);
  });

  test('the manager, or that there is none', async () => {
    const manager = await graph(
      `GET /users/${b.account('entra', 'requester').id}/manager?$select=id`,
    );
    expect(manager.body.id).toBe(b.account('entra', 'manager').id);
    const none = await graph(`GET /users/${b.account('entra', 'owner').id}/manager`);
    expect([none.status, none.body.error.code]).toEqual([404, 'Request_ResourceNotFound']);
  });
});

describe('lists', () => {
  test('go on through absolute links on the production host', async () => {
    const group = b.group('salesforce-users');
    const seen: string[] = [];
    let line: string | undefined = `/v1.0/groups/${group.id}/members?$select=id&$top=5`;
    while (line !== undefined) {
      const answer = await call(entra.routes, GRAPH, `GET ${line}`, asAdmin);
      seen.push(...answer.body.value.map((member: { id: string }) => member.id));
      const next: string | undefined = answer.body['@odata.nextLink'];
      if (next !== undefined) expect(next).toMatch(/^https:\/\/graph\.microsoft\.com\/v1\.0\//);
      line = next?.slice(`https://${GRAPH}`.length);
    }
    expect(seen.sort()).toEqual([...group.members].sort());
  });

  test('search needs the eventual consistency header', async () => {
    const line = `GET /groups?$search=${encodeURIComponent('"displayName:salesf"')}&$select=displayName`;
    expect((await graph(line)).body.error.code).toBe('Request_UnsupportedQuery');
    const headers = { consistencylevel: 'eventual' };
    const answer = await graph(line, { ...asAdmin, headers });
    expect(answer.body.value).toEqual([{ displayName: 'Salesforce Users' }]);
  });

  test('an option that is not modelled is refused loudly', async () => {
    expect((await graph('GET /groups?$orderby=displayName')).status).toBe(501);
  });
});

test('a member of a member is no direct member', async () => {
  const outer = b.group('project-2').id;
  const inner = ends().group;
  const nested = await graph(`POST /groups/${outer}/members/$ref`, {
    ...asAdmin,
    body: { '@odata.id': `https://graph.microsoft.com/v1.0/groups/${inner}` },
  });
  expect(nested.status).toBe(204);
  await add();
  await settled();
  const direct = await graph(
    `GET /users/${ends().person}/memberOf/microsoft.graph.group?$select=id`,
  );
  expect(direct.body.value.map(({ id }: { id: string }) => id)).not.toContain(outer);
  const members = (await graph(`GET /groups/${outer}/members?$top=999`)).body.value;
  const kinds = new Set(members.map((member: { '@odata.type': string }) => member['@odata.type']));
  expect(kinds).toEqual(new Set(['#microsoft.graph.user', '#microsoft.graph.group']));
});

describe('reads after writes', () => {
  test('some replicas show a change late, all of them in the end', async () => {
    const seen = async () => {
      const line = `GET /users/${ends().person}/memberOf/microsoft.graph.group?$select=id`;
      const answer = await graph(line);
      return answer.body.value.some(({ id }: { id: string }) => id === ends().group);
    };
    await add();
    const early = await Promise.all(Array.from({ length: 30 }, seen));
    expect(new Set(early)).toEqual(new Set([true, false]));
    await settled();
    expect(new Set(await Promise.all(Array.from({ length: 30 }, seen)))).toEqual(new Set([true]));
  });

  test('a group just made is not found by some replicas', async () => {
    const made = await graph('POST /groups', {
      ...asAdmin,
      body: {
        displayName: 'Fresh',
        mailNickname: 'fresh',
        mailEnabled: false,
        securityEnabled: true,
      },
    });
    expect(made.status).toBe(201);
    const tries = await Promise.all(
      Array.from({ length: 30 }, async () => (await graph(`GET /groups/${made.body.id}`)).status),
    );
    expect(new Set(tries)).toEqual(new Set([200, 404]));
  });

  test('a deleted group can be put back with its members', async () => {
    await add();
    expect((await graph(`DELETE /groups/${ends().group}`)).status).toBe(204);
    await settled();
    expect((await graph(`GET /groups/${ends().group}`)).status).toBe(404);
    expect(entra.memberships().some((row) => row.groupId === ends().group)).toBe(false);
    await graph(`POST /directory/deletedItems/${ends().group}/restore`);
    await settled();
    expect((await graph(`GET /groups/${ends().group}`)).status).toBe(200);
    expect(entra.memberships()).toContainEqual(
      expect.objectContaining({ group: 'salesforce-users', person: 'requester' }),
    );
  });
});

test('a tenant that asks too much is told for how long to wait', async () => {
  const small = bench({ profile: { entraUnitsPer10s: 10 } });
  const token = `Bearer ${small.directories.entra.consoleFacts().adminToken}`;
  const ask = () =>
    call(small.directories.entra.routes, GRAPH, 'GET /v1.0/users?$top=1', { token });
  for (let i = 0; i < 5; i++) expect((await ask()).status).toBe(200);
  const answer = await ask();
  expect([answer.status, answer.body.error.code]).toEqual([429, 'TooManyRequests']);
  await small.clock.advance(Number(answer.headers['retry-after']) * 1000);
  expect((await ask()).status).toBe(200);
  small.clock.close();
});

test('every answer carries its request id, in the body too when it is an error', async () => {
  const answer = await graph('GET /groups/not-a-guid');
  expect(answer.headers['request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer.body.error.innerError['request-id']).toBe(answer.headers['request-id']);
});

describe.skipIf(missingSpecs.length > 0)('the official description', () => {
  test('accepts what is asked and answered', async () => {
    const from = b.calls.latest;
    const select =
      'id,displayName,mail,userPrincipalName,accountEnabled,userType,department,jobTitle,companyName,officeLocation,employeeId,employeeType,employeeHireDate,employeeLeaveDateTime,onPremisesSyncEnabled,createdDateTime,assignedLicenses,proxyAddresses,otherMails';
    const { person, group } = ends();
    const app = (await graph('GET /servicePrincipals?$top=1')).body.value[0].id;
    for (const line of [
      `GET /users/${person}`,
      `GET /users/${person}?$select=${select}&$expand=manager($select=id,mail)`,
      `GET /users/${person}/manager?$select=id,mail`,
      `GET /users?$select=${select}&$top=999`,
      `GET /users/${person}/memberOf/microsoft.graph.group`,
      `GET /groups/${group}`,
      'GET /groups/nothing',
      'GET /groups?$top=999',
      `GET /groups/${group}/members`,
      `GET /groups/${group}/members?$select=id,department&$top=999`,
      `GET /users?$filter=id in ('${person}')&$select=${select}`,
      `GET /users?$filter=employeeId eq 'x'&$count=true&$select=${select}`,
      `GET /users/${person}?$select=id,signInActivity`,
      `GET /groups?$filter=startswith(displayName,'S')&$select=id,description&$top=50`,
      'GET /groups/delta?$select=id,displayName,groupTypes,isAssignableToRole',
      'GET /groups/delta?$deltatoken=nonsense',
      "GET /servicePrincipals?$filter=tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp')&$select=id,displayName,accountEnabled&$top=999",
      `GET /servicePrincipals/${app}?$select=appId`,
      `GET /servicePrincipals/${app}/appRoleAssignedTo?$select=principalId,principalType&$top=999`,
      `GET /auditLogs/signIns?$filter=userId eq '${person}' and status/errorCode eq 0&$top=1`,
      'GET /auditLogs/signIns?$top=999',
      `POST /users/${person}/revokeSignInSessions`,
    ]) {
      await graph(line);
    }
    const send = (line: string, body: object) => graph(line, { ...asAdmin, body });
    await send(`PATCH /groups/${group}`, { displayName: 'Other' });
    await send(`PUT /users/${person}/manager/$ref`, ref(b.account('entra', 'friend').id));
    await send('POST /identityGovernance/privilegedAccess/group/assignmentScheduleRequests', {
      accessId: 'member',
      action: 'adminAssign',
      groupId: group,
      principalId: person,
      justification: 'x',
      scheduleInfo: {
        startDateTime: b.clock.iso(),
        expiration: {
          type: 'afterDateTime',
          endDateTime: new Date(b.clock.now() + 3_600_000).toISOString(),
        },
      },
    });
    const password = await send(`POST /applications/${facts.objectId}/addPassword`, {
      passwordCredential: { displayName: 'x' },
    });
    const { keyId } = password.body;
    await send(`POST /applications/${facts.objectId}/removePassword`, { keyId });
    await send(`PATCH /applications/${facts.objectId}`, { keyCredentials: [] });
    const conformance = await openConformance();
    const { violations } = conformance.checkAll(b.calls.since(from));
    expect(violations.map(lineOf)).toEqual([]);
  });
});
