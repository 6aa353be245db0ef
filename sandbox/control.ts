/**
 * The control API: what a story, a test or a person at the keyboard does to the sandbox that no
 * user of the real services could do. Everything else goes through Jira and the directories.
 */
import { z } from 'zod';
import { durationMs } from './duration';
import { eventFaultSchema } from './forge/events';
import { killSchema } from './forge/kill';
import { CallLog } from './kit/calls';
import { Faults, faultSchema } from './kit/faults';
import { json, type Reply, type Req, Routes } from './kit/routes';
import { people } from './people';
import type { Sandbox } from './whole';

const SITE = z.string().default('main');

const advanceSchema = z.object({ advance: z.string() }).strict();

const invokeSchema = z
  .object({
    /** Key of a person of the world, or an account id. */
    as: z.string(),
    /** Key of a view in the manifest. */
    module: z.string(),
    function: z.string(),
    payload: z.unknown().optional(),
    issue: z.string().optional(),
    site: SITE,
    appId: z.string().optional(),
  })
  .strict();

const faultsSchema = z.union([
  z.object({ add: faultSchema }).strict(),
  z.object({ events: eventFaultSchema }).strict(),
  z.object({ clear: z.literal(true) }).strict(),
]);

const licence = z.enum(['active', 'inactive', 'none']);
const installSchema = z
  .object({
    site: SITE,
    appId: z.string().optional(),
    scopes: z.array(z.string()).optional(),
    licence: licence.optional(),
    customerEgress: z.array(z.string()).optional(),
    copyOf: z.string().optional(),
  })
  .strict();
const uninstallSchema = z.object({ site: SITE, appId: z.string().optional() }).strict();
const licenceSchema = uninstallSchema.extend({ licence }).strict();

const groupSchema = z
  .object({
    directory: z.enum(['okta', 'entra', 'google']),
    group: z.string(),
    kind: z.enum([
      'plain',
      'rule',
      'app',
      'built-in',
      'dynamic',
      'synced',
      'mail',
      'm365',
      'privileged',
    ]),
  })
  .strict();

/**
 * What somebody did to their own Atlassian account, which apps learn from their weekly report; and
 * what an administrator of the company did to it, which they see in Jira.
 */
const accountSchema = z
  .object({
    person: z.string(),
    what: z.enum(['closed', 'changed', 'deactivated', 'activated']),
  })
  .strict();

/** What an administrator authorizes in Google's Admin console, under Domain-wide delegation. */
const delegationSchema = z.object({ clientId: z.string(), scopes: z.array(z.string()) }).strict();

/** A request that makes no sense as things stand; the message is for whoever wrote it. */
class Impossible extends Error {}

export function controlRoutes(sandbox: Sandbox): Routes {
  const { clock, calls, faults, host } = sandbox;
  // Its own log and faults: what moves the sandbox is no traffic of the app.
  const routes = new Routes('control', {
    calls: new CallLog(() => clock.iso()),
    faults: new Faults(),
  });
  const on = (method: string, name: string, handle: (req: Req) => unknown) =>
    routes.on(method, `/sandbox/${name}`, (req) => answered(() => handle(req)));

  on('GET', 'clock', () => ({
    now: clock.iso(),
    pending: clock.pending(),
    inFlight: clock.inFlight(),
    queued: host.queues.waiting(),
    unmodelled: sandbox.unmodelled(),
    routes: sandbox.routes.flatMap((table) =>
      table.usage().map(({ route, hits }) => ({ server: table.name, route, hits })),
    ),
    workerStarts: host.worker.starts,
  }));
  on('POST', 'clock', async (req) => {
    if (sandbox.liveHosts.length > 0) {
      throw new Impossible(
        `time cannot move while ${sandbox.liveHosts.join(', ')} is the real one`,
      );
    }
    const ran = await clock.advance(durationMs(advanceSchema.parse(req.json()).advance));
    return { now: clock.iso(), ran };
  });
  on('POST', 'settle', async () => {
    const ran = await clock.settle();
    return { now: clock.iso(), ran };
  });
  on('POST', 'invoke', (req) => {
    const { issue, appId, ...call } = invokeSchema.parse(req.json());
    return sandbox.invoke({
      ...call,
      ...(issue !== undefined && { issue }),
      ...(appId !== undefined && { appId }),
    });
  });
  on('POST', 'accounts', (req) => {
    const { person, what } = accountSchema.parse(req.json());
    const accountId = sandbox.accountId(person);
    if (what === 'closed') host.platform.accounts.close(accountId);
    else if (what === 'changed') host.platform.accounts.change(accountId, clock.now());
    else {
      const active = what === 'activated';
      for (const site of Object.values(sandbox.sites)) site.setActive(accountId, active);
    }
    return { accountId };
  });
  on('POST', 'faults', (req) => {
    const asked = faultsSchema.parse(req.json());
    if ('add' in asked) faults.add(asked.add);
    else if ('events' in asked) host.events.addFault(asked.events);
    else {
      faults.clear();
      host.events.clearFaults();
      host.killSwitch.clear();
    }
    return { faults: faults.list() };
  });
  on('POST', 'install', (req) => host.install(installation(req)));
  on('POST', 'upgrade', (req) => host.upgrade(installation(req)));
  on('POST', 'uninstall', async (req) => {
    const { site, appId } = uninstallSchema.parse(req.json());
    await host.uninstall(site, appId);
    return {};
  });
  on('POST', 'licence', (req) => {
    const asked = licenceSchema.parse(req.json());
    return host.setLicence(asked.site, asked.licence, asked.appId);
  });
  on('POST', 'kill', (req) => {
    host.killSwitch.arm(killSchema.parse(req.json()));
    return { armed: host.killSwitch.armed };
  });
  on('GET', 'calls', (req) => ({
    calls: calls.since(Number(req.query.get('since') ?? 0)),
    invocations: host.invoker.finished(),
    logs: host.logs.all(),
  }));
  on('GET', 'ledger', (req) => host.ledger(req.query.get('site') ?? 'main', appIdOf(req)));
  on('GET', 'memberships', (req) => {
    const name = z.enum(['okta', 'entra', 'google']).parse(req.query.get('directory'));
    return { memberships: sandbox.directories[name].memberships() };
  });
  on('GET', 'mails', (req) => {
    const name = req.query.get('site') ?? 'main';
    const site = sandbox.sites[name];
    if (!site) throw new Impossible(`there is no site ${name}`);
    return { mails: site.mails() };
  });
  on('GET', 'people', () => ({ people: people(sandbox.world) }));
  on('GET', 'consoles', () => consoles(sandbox));
  on('POST', 'groups', (req) => {
    const { directory, group, kind } = groupSchema.parse(req.json());
    const known = sandbox.world.groups.find((g) => g.directory === directory && g.key === group);
    sandbox.directories[directory].flipGroupKind(known?.id ?? group, kind);
    return {};
  });
  on('POST', 'delegation', (req) => {
    const { clientId, scopes } = delegationSchema.parse(req.json());
    sandbox.directories.google.delegate(clientId, scopes);
    return {};
  });
  // Until the next reset; the numbers are those of profile.json.
  on('POST', 'profile', (req) =>
    sandbox.assume(z.record(z.string(), z.number()).parse(req.json())),
  );
  on('POST', 'reset', () => {
    sandbox.reset();
    return { now: clock.iso() };
  });
  return routes;

  function installation(req: Req) {
    const asked = installSchema.parse(req.json());
    const { appId, scopes, licence: state, customerEgress, copyOf, site } = asked;
    return {
      site,
      by: sandbox.accountId('admin'),
      ...(appId !== undefined && { appId }),
      ...(scopes && { scopes }),
      ...(state && { licence: state }),
      ...(customerEgress && { customerEgress }),
      ...(copyOf !== undefined && { copyOf }),
    };
  }
}

const appIdOf = (req: Req) => req.query.get('appId') ?? undefined;

/** What an administrator copies out of each directory's console. */
const consoles = ({ directories }: Sandbox) => ({
  okta: directories.okta.consoleFacts(),
  entra: directories.entra.consoleFacts(),
  google: directories.google.consoleFacts(),
});

async function answered(handle: () => unknown): Promise<Reply> {
  try {
    return json(200, await handle());
  } catch (cause) {
    if (cause instanceof z.ZodError) return json(400, { error: z.prettifyError(cause) });
    return json(409, { error: cause instanceof Error ? cause.message : String(cause) });
  }
}
