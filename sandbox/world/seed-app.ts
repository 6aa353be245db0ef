/**
 * Sets the app up as an administrator would: connections with what the directories' consoles show,
 * the catalog of the world, and a binding per project that is set up well. Only through the
 * resolvers of the admin page.
 */
import { z } from 'zod';
import { tokenOf } from '../jira/site';
import type { Sandbox } from '../sandbox';
import { DOMAIN } from './person';
import type { DirectoryName, WorldApp, WorldRole } from './world';

const pem = z.string();
const okta = z.object({ clientId: z.string(), privateKeyPem: pem, kid: z.string() });
const entra = z.object({ clientId: z.string(), clientSecret: z.string(), tenantId: z.string() });
const google = z.object({
  customerId: z.string(),
  serviceAccountJson: z.object({
    client_email: z.string(),
    private_key: z.string(),
    private_key_id: z.string(),
  }),
});
const answer = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({
    ok: z.literal(false),
    problem: z.object({ check: z.string(), sentence: z.string() }).loose(),
  }),
]);

/** The world's directory names are also the ids of the connections. */
export async function seedApp(sandbox: Sandbox): Promise<void> {
  await connect(sandbox);
  for (const app of sandbox.world.apps) {
    // People take an afternoon over this, and the store counts by the minute.
    sandbox.host.platform.forgetUsage();
    await addApp(sandbox, app);
  }
  await admin(sandbox, 'site.save', {
    timeZone: 'Europe/Berlin',
    paused: false,
    managedDomains: [DOMAIN],
  });
  await bind(sandbox, 'IT', {
    intake: 'New',
    waiting: 'Waiting for approval',
    approved: 'Approved',
    granted: 'Access granted',
    ended: 'Access ended',
    declined: 'Declined',
    attention: 'Needs attention',
    withdrawn: 'Withdrawn',
  });
  await bind(sandbox, 'HELP', {
    waiting: 'Waiting for approval',
    approved: 'Approved',
    granted: 'Resolved',
    declined: 'Declined',
  });
}

export async function connect(sandbox: Sandbox): Promise<void> {
  const { directories } = sandbox;
  const { clientId, privateKeyPem, kid } = okta.parse(directories.okta.consoleFacts());
  await admin(sandbox, 'connections.save', {
    id: 'okta',
    kind: 'okta',
    name: 'Company Okta',
    tenant: sandbox.world.okta.host,
    credential: { kind: 'okta-key', clientId, privateKeyPem, keyId: kid },
  });
  const app = entra.parse(directories.entra.consoleFacts());
  await admin(sandbox, 'connections.save', {
    id: 'entra',
    kind: 'entra',
    name: 'Company Entra',
    tenant: app.tenantId,
    credential: { kind: 'entra-secret', clientId: app.clientId, clientSecret: app.clientSecret },
  });
  const { customerId, serviceAccountJson: account } = google.parse(
    directories.google.consoleFacts(),
  );
  await admin(sandbox, 'connections.save', {
    id: 'google',
    kind: 'google',
    name: 'Company Google',
    tenant: customerId,
    credential: {
      kind: 'google-service-account',
      clientEmail: account.client_email,
      privateKeyPem: account.private_key,
      keyId: account.private_key_id,
    },
  });
}

async function addApp(sandbox: Sandbox, app: WorldApp): Promise<void> {
  const owner = answerable(sandbox, app.owner);
  const { key: id, name, description, category } = app;
  await admin(sandbox, 'apps.save', { id, name, description, category, owner });
  for (const role of app.roles) await addRole(sandbox, app, role, owner);
}

/** An owner who has left or never had an account cannot answer for an app: IT does. */
function answerable(sandbox: Sandbox, key: string): string {
  const jira = sandbox.world.people.find((person) => person.key === key)?.jira;
  return jira?.active && jira.accountType === 'atlassian'
    ? jira.accountId
    : sandbox.accountId('admin');
}

async function addRole(
  sandbox: Sandbox,
  app: WorldApp,
  role: WorldRole,
  owner: string,
): Promise<void> {
  const groups = role.groups.map((key) => {
    const group = sandbox.world.groups.find((one) => one.key === key);
    if (!group) throw new Error(`the world has no group ${key}`);
    return group;
  });
  const connection: DirectoryName | undefined = groups[0]?.directory;
  await admin(sandbox, 'roles.save', {
    app: app.key,
    key: role.key,
    name: role.name,
    description: role.description,
    risk: role.risk,
    connection,
    groups: groups.map(({ id }) => id),
    durations: role.durations,
    permanent: role.permanent,
    approver: approverOf(sandbox, role, owner),
  });
}

/** Routine roles that name no person are approved by a rule, signed off by the app's owner. */
function approverOf(sandbox: Sandbox, role: WorldRole, owner: string) {
  if (typeof role.approver === 'object') {
    return { kind: 'person', accountId: sandbox.accountId(role.approver.person) };
  }
  if (role.risk === 'routine' && role.approver === 'owner') {
    return { kind: 'auto', rule: 'low risk', signedOffBy: owner };
  }
  return { kind: role.approver };
}

const statuses = z.array(
  z.object({ statuses: z.array(z.object({ id: z.string(), name: z.string() })) }),
);
const fields = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    /** Fields of team-managed projects bear the names of the others. */
    scope: z.object({ project: z.object({ key: z.string() }) }).optional(),
  }),
);
const desks = z.object({ values: z.array(z.object({ id: z.string(), projectKey: z.string() })) });
const types = z.object({ values: z.array(z.object({ id: z.string(), name: z.string() })) });

async function bind(
  sandbox: Sandbox,
  project: string,
  names: Record<string, string>,
): Promise<void> {
  const known = statuses
    .parse(await read(sandbox, `/rest/api/3/project/${project}/statuses`))
    .flatMap((t) => t.statuses);
  const all = fields.parse(await read(sandbox, '/rest/api/3/field'));
  const desk = desks
    .parse(await read(sandbox, '/rest/servicedeskapi/servicedesk'))
    .values.find((d) => d.projectKey === project);
  const offered = types.parse(
    await read(sandbox, `/rest/servicedeskapi/servicedesk/${desk?.id}/requesttype`),
  ).values;
  const field = (name: string) => {
    const named = all.filter((one) => one.name === name);
    const own = named.find((one) => one.scope?.project.key === project);
    return (own ?? named.find((one) => !one.scope))?.id;
  };
  await admin(sandbox, 'bindings.save', {
    id: project.toLowerCase(),
    project,
    requestTypeIds: offered.filter((t) => /access/i.test(t.name)).map((t) => t.id),
    statuses: Object.fromEntries(
      Object.entries(names).map(([key, name]) => [key, known.find((s) => s.name === name)?.id]),
    ),
    fields: {
      approvers: field('Approvers'),
      app: field('App'),
      role: field('Role'),
      duration: field('Duration'),
      beneficiary: field('Beneficiary'),
    },
  });
}

async function read(sandbox: Sandbox, target: string): Promise<unknown> {
  const site = sandbox.sites['main'];
  if (!site) throw new Error('the sandbox has no main site');
  const authorization = `Basic ${Buffer.from(`admin:${tokenOf('admin')}`).toString('base64')}`;
  const reply = await site.routes.dispatch({
    method: 'GET',
    target,
    host: 'localhost',
    headers: { authorization },
  });
  if (reply.status !== 200) throw new Error(`${target} answered ${reply.status}`);
  return reply.json;
}

async function admin(sandbox: Sandbox, fn: string, payload: unknown): Promise<void> {
  const called = await sandbox.invoke({ as: 'admin', module: 'admin', function: fn, payload });
  if (!called.ok) throw new Error(`${fn} failed: ${called.error.message}`);
  const said = answer.parse(called.result);
  if (!said.ok)
    throw new Error(
      `${fn} was refused: ${JSON.stringify(said.problem)} for ${JSON.stringify(payload).slice(0, 300)}`,
    );
}
