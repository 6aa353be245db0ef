/** Calls of one grant, one revocation and one idle sweep, counted in the sandbox. */

import { tokenOf } from '../../sandbox/jira/site';
import type { CallRecord } from '../../sandbox/kit/calls';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox';
import { seedApp } from '../../sandbox/world/seed-app';
import type { Figure } from './figure';

const HOUR_MS = 3_600_000;

export async function measureJourneys(): Promise<Figure[]> {
  const { sandbox, close } = await createSandbox({ port: 0, appDir: '.', seedApp });
  try {
    // The first request through a workflow also writes down whether it has a way back.
    const first = await request(sandbox, 'friend');
    await sandbox.clock.settle();
    await approve(sandbox, first);
    await sandbox.clock.settle();
    const issue = await request(sandbox, 'requester');
    await sandbox.clock.settle();
    const before = lastSeq(sandbox);
    await approve(sandbox, issue);
    await sandbox.clock.settle();
    const grant = count(sandbox.calls.since(before), ['on-issue', 'on-grant']);
    await sandbox.clock.advance(6 * HOUR_MS - 60_000);
    const end = lastSeq(sandbox);
    await sandbox.clock.advance(2 * 60_000);
    await sandbox.clock.settle();
    const revoke = count(sandbox.calls.since(end), ['on-revoke']);
    const ended = await status(sandbox, issue);
    if (ended !== 'Access ended') throw new Error(`the journey did not end: ${ended}`);
    const idle = await idleSweeps(sandbox);
    return [
      atMost('one grant: Jira calls', grant.jira, 6),
      atMost('one grant: directory calls', grant.directory, 6),
      atMost('one grant: store calls (tokens apart)', grant.store, 14),
      atMost('one revocation: Jira calls', revoke.jira, 3),
      atMost('one revocation: directory calls', revoke.directory, 2),
      atMost('one revocation: store calls (tokens apart)', revoke.store, 8),
      ...idle,
    ];
  } finally {
    await close();
  }
}

const atMost = (figure: string, n: number, budget: number): Figure => ({
  figure,
  measured: String(n),
  budget: `<= ${budget}`,
  within: n > 0 && n <= budget,
});

const DIRECTORIES = ['okta', 'entra', 'google'];

/** Access tokens are counted apart: one serves an hour of calls. */
const isToken = (call: CallRecord) =>
  call.path.includes('/token') || /"key":"token:/.test(call.requestBody);

function count(calls: readonly CallRecord[], functions: readonly string[]) {
  const mine = calls.filter((call) => call.fn !== undefined && functions.includes(call.fn));
  const of = (test: (call: CallRecord) => boolean) => mine.filter(test).length;
  return {
    jira: of((c) => c.server.startsWith('jira')),
    directory: of((c) => DIRECTORIES.includes(c.server) && !isToken(c)),
    store: of((c) => c.server === 'kvs' && !isToken(c)),
  };
}

/** An hour of a site on which nothing happens: twelve sweeps. */
async function idleSweeps(sandbox: Sandbox): Promise<Figure[]> {
  await sandbox.clock.advance(HOUR_MS);
  const from = lastSeq(sandbox);
  const runs = sandbox.host.invoker.finished().length;
  await sandbox.clock.advance(HOUR_MS);
  const calls = sandbox.calls.since(from).filter((c) => c.fn === 'on-sweep');
  const sweeps = sandbox.host.invoker
    .finished()
    .slice(runs)
    .filter((f) => f.fn === 'on-sweep');
  const per = (server: string) =>
    calls.filter((c) => c.server.startsWith(server)).length / sweeps.length;
  const cpu = sweeps.map((s) => s.cpuMs).sort((a, b) => a - b);
  const median = cpu[Math.floor(cpu.length / 2)] ?? Number.NaN;
  const row = (figure: string, n: number, budget: number): Figure => ({
    figure,
    measured: n.toFixed(2).replace('.00', ''),
    budget: `<= ${budget}`,
    within: n <= budget,
  });
  return [
    row(`idle sweep: store calls (${sweeps.length} sweeps)`, per('kvs'), 3),
    row('idle sweep: remote calls, Jira searches of every second sweep', per('jira'), 0.6),
    row('idle sweep: processor time, median ms', median, 100),
  ];
}

async function request(sandbox: Sandbox, who: string): Promise<string> {
  const fields = (await jira(sandbox, who, 'GET', '/rest/api/3/field')) as {
    id: string;
    name: string;
  }[];
  const id = (name: string) => fields.find((f) => f.name === name)?.id ?? name;
  const desks = (await jira(sandbox, who, 'GET', '/rest/servicedeskapi/servicedesk')) as {
    values: { id: string; projectKey: string }[];
  };
  const desk = desks.values.find((d) => d.projectKey === 'IT')?.id;
  const types = (await jira(
    sandbox,
    who,
    'GET',
    `/rest/servicedeskapi/servicedesk/${desk}/requesttype`,
  )) as { values: { id: string; name: string }[] };
  const made = (await jira(sandbox, who, 'POST', '/rest/servicedeskapi/request', {
    serviceDeskId: desk,
    requestTypeId: types.values.find((t) => /access/i.test(t.name))?.id,
    requestFieldValues: {
      summary: 'Access to Figma',
      description: 'Prototype for the launch',
      [id('App')]: 'Figma',
      [id('Role')]: 'Editor',
      [id('Duration')]: '6 hours',
    },
  })) as { issueId: string };
  return made.issueId;
}

async function approve(sandbox: Sandbox, issue: string): Promise<void> {
  const list = (await jira(
    sandbox,
    'manager',
    'GET',
    `/rest/servicedeskapi/request/${issue}/approval`,
  )) as { values: { id: string }[] };
  await jira(
    sandbox,
    'manager',
    'POST',
    `/rest/servicedeskapi/request/${issue}/approval/${list.values[0]?.id}`,
    { decision: 'approve' },
  );
}

async function status(sandbox: Sandbox, issue: string): Promise<string> {
  const read = (await jira(
    sandbox,
    'admin',
    'GET',
    `/rest/api/3/issue/${issue}?fields=status`,
  )) as { fields: { status: { name: string } } };
  return read.fields.status.name;
}

async function jira(
  sandbox: Sandbox,
  person: string,
  method: string,
  target: string,
  body?: unknown,
): Promise<unknown> {
  const site = sandbox.sites['main'];
  if (!site) throw new Error('no main site');
  const reply = await site.routes.dispatch({
    method,
    target,
    host: 'localhost',
    headers: {
      authorization: `Basic ${Buffer.from(`${person}:${tokenOf(person)}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (reply.status >= 300)
    throw new Error(`${method} ${target} answered ${reply.status}: ${JSON.stringify(reply.json)}`);
  return reply.json;
}

const lastSeq = (sandbox: Sandbox) => sandbox.calls.since(0).at(-1)?.seq ?? 0;
