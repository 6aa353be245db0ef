/** A walk through the whole sandbox: three requests through the app, and what administrators do. */
import { tokenOf } from '../../../sandbox/jira/site';
import type { Reply, Routes } from '../../../sandbox/kit/routes';
import type { Sandbox } from '../../../sandbox/sandbox';
import type { DirectoryName } from '../../../sandbox/world/world';

const HOUR_MS = 3_600_000;
const DESK = '/rest/servicedeskapi';

interface Wish {
  readonly app: string;
  readonly role: string;
  readonly duration?: string;
  readonly approver: string;
}

/** One per directory. */
export const wishes: readonly Wish[] = [
  { app: 'Figma', role: 'Editor', duration: '6 hours', approver: 'manager' },
  { app: 'Salesforce', role: 'Sales user', approver: 'named' },
  { app: 'BigQuery', role: 'Analyst', duration: '8 hours', approver: 'owner' },
];

/** Answers with the issue's status names after the decision and after the end. */
export async function journey(sandbox: Sandbox, wish: Wish): Promise<string[]> {
  const issue = await request(sandbox, wish);
  await sandbox.clock.settle();
  const approvals = (await as(sandbox, wish.approver, `GET ${DESK}/request/${issue}/approval`)) as {
    values: { id: string }[];
  };
  const id = approvals.values.at(-1)?.id;
  await as(sandbox, wish.approver, `POST ${DESK}/request/${issue}/approval/${id}`, {
    decision: 'approve',
  });
  await sandbox.clock.settle();
  const granted = await statusOf(sandbox, issue);
  await sandbox.clock.advance(9 * HOUR_MS);
  return [granted, await statusOf(sandbox, issue)];
}

async function request(sandbox: Sandbox, wish: Wish): Promise<string> {
  const read = (what: string) => as(sandbox, 'requester', `GET ${what}`);
  const desks = (await read(`${DESK}/servicedesk`)) as { values: Record<string, string>[] };
  const desk = desks.values.find((one) => one['projectKey'] === 'IT')?.['id'] ?? '';
  const types = (await read(`${DESK}/servicedesk/${desk}/requesttype`)) as {
    values: Record<string, string>[];
  };
  const type = types.values.find((one) => /access/i.test(one['name'] ?? ''))?.['id'] ?? '';
  const { requestTypeFields } = (await read(
    `${DESK}/servicedesk/${desk}/requesttype/${type}/field`,
  )) as { requestTypeFields: { name: string; fieldId: string }[] };
  const field = (name: string) =>
    requestTypeFields.find((one) => one.name === name)?.fieldId ?? name;
  const made = (await as(sandbox, 'requester', `POST ${DESK}/request`, {
    serviceDeskId: desk,
    requestTypeId: type,
    requestFieldValues: {
      summary: `Access to ${wish.app}`,
      description: 'For the spring launch',
      [field('App')]: wish.app,
      [field('Role')]: wish.role,
      ...(wish.duration !== undefined && { [field('Duration')]: wish.duration }),
    },
  })) as { issueKey: string };
  return made.issueKey;
}

async function statusOf(sandbox: Sandbox, issue: string): Promise<string> {
  const read = (await as(
    sandbox,
    'agent',
    `GET /rest/api/3/issue/${issue}?fields=status&properties=latchkey&expand=changelog`,
  )) as { fields: { status: { name: string } } };
  await as(sandbox, 'agent', `GET /rest/api/3/issue/${issue}/comment?orderBy=created`);
  await as(sandbox, 'requester', `GET ${DESK}/request/${issue}/comment`);
  return read.fields.status.name;
}

export async function as(
  sandbox: Sandbox,
  person: string,
  line: string,
  body?: unknown,
): Promise<unknown> {
  const site = sandbox.sites['main'];
  if (!site) throw new Error('the sandbox has no main site');
  const authorization = `Basic ${Buffer.from(`${person}:${tokenOf(person)}`).toString('base64')}`;
  const reply = await send(site.routes, 'localhost', line, { authorization, body });
  if (reply.status >= 300) {
    throw new Error(`${person}: ${line} answered ${reply.status}: ${JSON.stringify(reply.json)}`);
  }
  return reply.json;
}

export function send(
  routes: Routes,
  host: string,
  line: string,
  { authorization, body }: { authorization: string; body?: unknown },
): Promise<Reply> {
  const [method = '', target = ''] = line.split(/ (.*)/s);
  return routes.dispatch({
    method,
    target,
    host,
    headers: { authorization, 'content-type': 'application/json', consistencylevel: 'eventual' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Every call that an administrator makes by hand; answers with what was refused. */
export async function administer(sandbox: Sandbox): Promise<string[]> {
  const refused: string[] = [];
  const { directories } = sandbox;
  const door = (name: DirectoryName, host: string, authorization: string) => {
    return async (line: string, body?: unknown): Promise<Record<string, unknown>> => {
      const reply = await send(directories[name].routes, host, line, { authorization, body });
      if (reply.status >= 400) refused.push(`${line}: ${reply.status}`);
      return (reply.json ?? {}) as Record<string, unknown>;
    };
  };
  const account = (directory: DirectoryName) =>
    sandbox.world.people
      .find(({ key }) => key === 'friend')
      ?.accounts.find((one) => one.directory === directory)?.id ?? '';
  const okta = directories.okta.consoleFacts();
  const entra = directories.entra.consoleFacts();
  const google = directories.google.consoleFacts();
  const settled = () => sandbox.clock.advance(60_000);
  await inOkta(
    door('okta', sandbox.world.okta.host, `SSWS ${okta.ssws}`),
    account('okta'),
    sandbox.world.google.domain,
  );
  await inEntra(
    door('entra', 'graph.microsoft.com', `Bearer ${entra.adminToken}`),
    settled,
    account('entra'),
    sandbox.world.entra.domain,
  );
  await inGoogle(
    // Without a service's name, each of its hosts answers for its own paths.
    door('google', '127.0.0.1', `Bearer ${google.adminToken}`),
    settled,
    account('google'),
    sandbox.world.google.domain,
  );
  return refused;
}

/** Waits until every replica shows what was written. */
type Settled = () => Promise<unknown>;

type Door = (line: string, body?: unknown) => Promise<Record<string, unknown>>;

async function inOkta(call: Door, person: string, domain: string): Promise<void> {
  const api = '/api/v1';
  const made = await call(`POST ${api}/groups`, { profile: { name: 'Made by hand' } });
  const group = String(made['id']);
  const email = `new.colleague@${domain}`;
  const user = await call(`POST ${api}/users?activate=true`, {
    profile: { firstName: 'New', lastName: 'Colleague', email, login: email },
    credentials: { password: { value: 'made-up-Passw0rd' } },
  });
  for (const line of [
    `GET ${api}/users?limit=2`,
    `GET ${api}/users?search=${encodeURIComponent(`profile.email eq "${email}"`)}`,
    `GET ${api}/users/${user['id']}`,
    `GET ${api}/users/${person}/groups`,
    `POST ${api}/users/${user['id']}/lifecycle/suspend`,
    `POST ${api}/users/${user['id']}/lifecycle/unsuspend`,
    `POST ${api}/users/${user['id']}/lifecycle/deactivate?sendEmail=false`,
    `POST ${api}/users/${user['id']}/lifecycle/activate?sendEmail=false`,
    `GET ${api}/groups?q=Made&expand=stats`,
    `GET ${api}/groups/rules?limit=5`,
    `GET ${api}/groups/${group}`,
    `PUT ${api}/groups/${group}/users/${person}`,
    `GET ${api}/groups/${group}/users?limit=5`,
    `DELETE ${api}/groups/${group}/users/${person}`,
    `DELETE ${api}/groups/${group}`,
    `GET ${api}/apps?limit=20`,
    `GET ${api}/users/me`,
    `GET ${api}/users/${person}/roles`,
    `DELETE ${api}/users/${person}/sessions?oauthTokens=true`,
  ]) {
    await call(line);
  }
}

async function inEntra(
  call: Door,
  settled: Settled,
  person: string,
  domain: string,
): Promise<void> {
  const api = '/v1.0';
  const made = await call(`POST ${api}/groups`, {
    displayName: 'Made by hand',
    mailEnabled: false,
    mailNickname: 'made-by-hand',
    securityEnabled: true,
  });
  const group = String(made['id']);
  const user = await call(`POST ${api}/users`, {
    accountEnabled: true,
    displayName: 'New Colleague',
    mailNickname: 'new.colleague',
    userPrincipalName: `new.colleague@${domain}`,
    passwordProfile: { password: 'made-up-Passw0rd', forceChangePasswordNextSignIn: true },
  });
  await settled();
  await call(`PATCH ${api}/users/${user['id']}`, { accountEnabled: false });
  await call(`POST ${api}/groups/${group}/members/$ref`, {
    '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${person}`,
  });
  await settled();
  await call(`POST ${api}/identityGovernance/privilegedAccess/group/assignmentScheduleRequests`, {
    accessId: 'member',
    action: 'adminAssign',
    groupId: group,
    principalId: user['id'],
    scheduleInfo: {
      startDateTime: '2020-01-01T00:00:00Z',
      expiration: { type: 'afterDateTime', endDateTime: dayAfter(made['createdDateTime']) },
    },
  });
  await call(`PATCH ${api}/groups/${group}`, { displayName: 'Made by hand, renamed' });
  await call(`PUT ${api}/users/${user['id']}/manager/$ref`, {
    '@odata.id': `https://graph.microsoft.com/v1.0/users/${person}`,
  });
  const { value: apps } = await call(`GET ${api}/servicePrincipals?$top=1&$select=id,appId`);
  const [app] = apps as { id: string }[];
  for (const line of [
    `GET ${api}/groups/delta?$select=id,displayName,groupTypes`,
    `GET ${api}/groups/${group}/members?$select=id,department`,
    `GET ${api}/servicePrincipals/${app?.id}/appRoleAssignedTo?$select=principalId,principalType`,
    `GET ${api}/auditLogs/signIns?$filter=status/errorCode eq 0&$top=2`,
    `GET ${api}/users/${person}?$select=id,signInActivity`,
    `POST ${api}/users/${person}/revokeSignInSessions`,
    `GET ${api}/users?$filter=accountEnabled eq true&$top=2&$select=id,displayName&$count=true`,
    `GET ${api}/users/${person}?$expand=manager($select=id,displayName)`,
    `GET ${api}/users/${person}/manager`,
    `GET ${api}/users/${person}/memberOf/microsoft.graph.group?$top=5`,
    `GET ${api}/groups?$search="displayName:Made"&$count=true`,
    `GET ${api}/groups/${group}`,
    `GET ${api}/groups/${group}/members?$top=5`,
    `DELETE ${api}/groups/${group}/members/${person}/$ref`,
    `DELETE ${api}/groups/${group}`,
    `POST ${api}/directory/deletedItems/${group}/restore`,
  ]) {
    await call(line);
  }
}

const dayAfter = (time: unknown) => new Date(Date.parse(String(time)) + 24 * HOUR_MS).toISOString();

async function inGoogle(
  call: Door,
  settled: Settled,
  person: string,
  domain: string,
): Promise<void> {
  const api = '/admin/directory/v1';
  const group = `made-by-hand@${domain}`;
  const made = await call(`POST ${api}/groups`, { email: group, name: 'Made by hand' });
  await call(`POST ${api}/users`, {
    primaryEmail: `new.colleague@${domain}`,
    name: { givenName: 'New', familyName: 'Colleague' },
    password: 'made-up-Passw0rd',
  });
  await settled();
  await call(`PUT ${api}/users/new.colleague@${domain}`, { suspended: true });
  await call(`POST ${api}/groups/${group}/members`, { id: person, role: 'MEMBER' });
  await call(`PUT ${api}/groups/${group}`, { email: group, name: 'Made by hand, renamed' });
  await settled();
  await inCloudIdentity(call, settled, String(made['id']), `new.colleague@${domain}`);
  const roles = `${api}/customer/my_customer`;
  const { items } = await call(`GET ${roles}/roleassignments?maxResults=2`);
  const { roleId } = (items as { roleId: string }[])[0] ?? {};
  await call(`POST ${roles}/roleassignments`, { roleId, assignedTo: made['id'] });
  await call(`GET ${roles}/roles/${roleId}`);
  for (const line of [
    `GET ${api}/users?customer=my_customer&maxResults=2`,
    `GET ${api}/users/${person}?projection=full`,
    `GET ${api}/groups?userKey=${person}`,
    `GET ${api}/groups/${group}`,
    `GET ${api}/groups/${group}/members?maxResults=5`,
    `GET ${api}/users?customer=my_customer&query=Atlassian.accountId%3D'nobody'&projection=full`,
    'GET /admin/reports/v1/activity/users/all/applications/token?maxResults=2',
    `POST ${api}/users/${person}/signOut`,
    `GET ${api}/groups/${group}/members/${person}`,
    `GET ${api}/groups/${group}/hasMember/${person}`,
    `DELETE ${api}/groups/${group}/members/${person}`,
    `DELETE ${api}/groups/${group}`,
  ]) {
    await call(line);
  }
}

/** A membership with an end, the end moved and taken away, and the group locked for a moment. */
async function inCloudIdentity(
  call: Door,
  settled: Settled,
  id: string,
  address: string,
): Promise<void> {
  const group = `/v1/groups/${id}`;
  const expiryDetail = { expireTime: '2100-01-01T00:00:00Z' };
  await call(`POST ${group}/memberships`, {
    preferredMemberKey: { id: address },
    roles: [{ name: 'MEMBER', expiryDetail }],
  });
  await settled();
  const { name } = await call(`GET ${group}/memberships:lookup?memberKey.id=${address}`);
  for (const end of [{ expiryDetail }, {}]) {
    await call(`POST /v1/${name}:modifyMembershipRoles`, {
      updateRolesParams: [
        { fieldMask: 'expiryDetail.expire_time', membershipRole: { name: 'MEMBER', ...end } },
      ],
    });
  }
  for (const label of ['locked', 'discussion_forum']) {
    await call(`PATCH ${group}?updateMask=labels`, {
      labels: { [`cloudidentity.googleapis.com/groups.${label}`]: '' },
    });
  }
}
