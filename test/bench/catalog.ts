/**
 * The catalog of the large world: what a sync costs against the fewest calls that the directories'
 * interfaces allow, and what reading the members of 200 groups takes.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox';
import { connect } from '../../sandbox/world/seed-app';
import type { DirectoryName, WorldGroup } from '../../sandbox/world/world';
import type { Figure } from './figure';

const DIRECTORIES = ['okta', 'entra', 'google'] as const;
const MINUTE_MS = 60_000;
/** Rate limits stretch the work; far more than any of it takes. */
const MOST_MINUTES = 12 * 60;
const GROUPS_A_ROLE = 10;

/**
 * Largest pages that the interfaces allow. Okta: 10,000 groups, 200 apps. Graph: 999 of both. Google:
 * 200 groups. The groups of an app are a call for each app everywhere.
 */
const PAGES = {
  okta: { groups: 10_000, apps: 200 },
  entra: { groups: 999, apps: 999 },
  google: { groups: 200, apps: 0 },
} as const;

const syncSchema = z.object({
  job: z.object({
    state: z.enum(['running', 'done', 'failed']),
    progress: z.object({ what: z.string() }),
    problem: z.optional(z.unknown()),
    result: z
      .object({ full: z.boolean(), groups: z.number(), apps: z.number(), changed: z.number() })
      .partial()
      .optional(),
  }),
});

export async function measureCatalog(): Promise<Figure[]> {
  const { sandbox, close } = await createSandbox({
    port: 0,
    appDir: '.',
    world: 'large',
    seedApp: connect,
  });
  try {
    // The night's work of the first hour comes to its end before anything is counted.
    await sandbox.clock.advance(2 * 60 * MINUTE_MS);
    const full = await syncAll(sandbox, 'full');
    const incremental = await syncAll(sandbox, 'incremental');
    return [...full, ...incremental, ...(await nightly(sandbox))];
  } finally {
    await close();
  }
}

async function syncAll(sandbox: Sandbox, kind: 'full' | 'incremental'): Promise<Figure[]> {
  let used = 0;
  let fewest = 0;
  let store = 0;
  const told: string[] = [];
  const began = Date.now();
  for (const name of DIRECTORIES) {
    const from = sandbox.calls.latest;
    await admin(sandbox, 'sync.start', { connection: name, whole: kind === 'full' });
    const { groups = 0, apps = 0, full } = await untilSynced(sandbox, name);
    const calls = sandbox.calls.since(from).filter((call) => call.fn === 'on-job');
    used += calls.filter((call) => call.server === name && !call.path.includes('/token')).length;
    store += calls.filter((call) => call.server === 'kvs').length;
    // Google tells no changes: finding them takes reading the whole list.
    const listed =
      name === 'google' ? sandbox.world.groups.filter((g) => g.directory === name).length : groups;
    fewest += fewestCalls(name, { groups: listed, apps, full: full === true });
    told.push(`${name} ${groups} groups ${apps} apps`);
  }
  const seconds = Math.round((Date.now() - began) / 1000);
  return [
    {
      figure: `catalog sync, ${kind}: directory calls, of the fewest possible (${told.join(', ')})`,
      measured: `${used} / ${fewest} = ${(used / fewest).toFixed(3)}`,
      budget: '<= 1.1',
      within: used > 0 && used <= fewest * 1.1,
    },
    {
      figure: `catalog sync, ${kind}: store calls`,
      measured: `${store} (${seconds} s here)`,
      budget: 'no budget',
      within: true,
    },
  ];
}

function fewestCalls(
  name: DirectoryName,
  { groups, apps, full }: { groups: number; apps: number; full: boolean },
): number {
  const pages = PAGES[name];
  const list = Math.max(1, Math.ceil(groups / pages.groups));
  if (pages.apps === 0) return list;
  return list + Math.max(1, Math.ceil(apps / pages.apps)) + (full ? apps : 0);
}

async function untilSynced(sandbox: Sandbox, connection: string) {
  for (let minute = 0; minute < MOST_MINUTES; minute++) {
    await sandbox.clock.advance(MINUTE_MS);
    const read = await admin(sandbox, 'sync.read', { connection });
    const { job } = syncSchema.parse(read);
    if (job.state === 'failed') throw new Error(`${connection}: ${JSON.stringify(job.problem)}`);
    if (job.state === 'done') return job.result ?? {};
  }
  throw new Error(`the sync of ${connection} does not come to its end`);
}

async function nightly(sandbox: Sandbox): Promise<Figure[]> {
  const crowds = sandbox.world.groups.filter(
    ({ kind, members }) => kind === 'plain' && members.length >= 1000,
  );
  const memberships = crowds.reduce((sum, group) => sum + group.members.length, 0);
  await govern(sandbox, crowds);
  const from = sandbox.calls.latest;
  const runs = sandbox.host.invoker.finished().length;
  const began = Date.now();
  const started = new Set(crowds.map((group) => group.directory));
  // The schedule starts it; the first hour after one in the morning comes within a day.
  for (let hour = 0; hour < 30; hour++) {
    await sandbox.clock.advance(60 * MINUTE_MS);
    if ((await readGroups(sandbox, crowds)) === crowds.length) break;
  }
  const read = await readGroups(sandbox, crowds);
  const calls = sandbox.calls.since(from).filter((call) => call.fn === 'on-job');
  const directory = calls.filter(
    (call) => started.has(call.server as DirectoryName) && /members|\/users/.test(call.path),
  ).length;
  const steps = sandbox.host.invoker
    .finished()
    .slice(runs)
    .filter((run) => run.fn === 'on-job').length;
  const seconds = Math.round((Date.now() - began) / 1000);
  const peak = peakMegabytes();
  return [
    {
      figure: `nightly read: ${crowds.length} groups, ${memberships} memberships`,
      measured: `${read} groups, ${directory} calls, ${steps} steps (${seconds} s here)`,
      budget: 'all of them',
      within: crowds.length >= 200 && memberships >= 200_000 && read === crowds.length,
    },
    {
      figure: 'nightly read: most memory of the process that runs the app, MB',
      measured: peak === undefined ? 'not told by this system' : String(peak),
      budget: '<= 512',
      within: peak === undefined || peak <= 512,
    },
  ];
}

/** Roles over these groups, ten groups each. */
async function govern(sandbox: Sandbox, groups: readonly WorldGroup[]): Promise<void> {
  const owner = sandbox.accountId('admin');
  await admin(sandbox, 'apps.save', { id: 'crowds', name: 'Crowds', owner });
  for (const connection of DIRECTORIES) {
    const mine = groups.filter((group) => group.directory === connection);
    for (let i = 0; i < mine.length; i += GROUPS_A_ROLE) {
      // Each group is looked at in the directory, which limits how often it is asked in a minute.
      await sandbox.clock.advance(MINUTE_MS);
      await admin(sandbox, 'roles.save', {
        app: 'crowds',
        key: `${connection}-${i}`,
        name: `Crowd ${connection} ${i}`,
        risk: 'sensitive',
        connection,
        groups: mine.slice(i, i + GROUPS_A_ROLE).map((group) => group.id),
        durations: [3600],
        permanent: false,
        approver: { kind: 'owner' },
      });
    }
  }
}

async function readGroups(sandbox: Sandbox, groups: readonly WorldGroup[]): Promise<number> {
  let read = 0;
  for (const [i, { directory, id }] of groups.entries()) {
    // Jira counts what one person asks in a minute.
    if (i % 50 === 49) await sandbox.clock.advance(MINUTE_MS);
    const answer = await asked(sandbox, 'groups.counts', { connection: directory, group: id });
    read += Number(answer.ok);
    // They are read in turn: the rest is not there yet either.
    if (!answer.ok) break;
  }
  return read;
}

/** Of the sandbox's child process; Linux tells it. */
function peakMegabytes(): number | undefined {
  try {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
    const peaks = children
      .split(' ')
      .filter(Boolean)
      .map((pid) => /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
      .map(Number);
    return peaks.length === 0 ? undefined : Math.round(Math.max(...peaks) / 1024);
  } catch {
    return undefined;
  }
}

const answerSchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), problem: z.unknown() }),
]);

async function asked(sandbox: Sandbox, fn: string, payload: unknown) {
  const called = await sandbox.invoke({ as: 'admin', module: 'admin', function: fn, payload });
  if (!called.ok) throw new Error(`${fn} failed: ${called.error.message}`);
  return answerSchema.parse(called.result);
}

async function admin(sandbox: Sandbox, fn: string, payload: unknown): Promise<unknown> {
  const said = await asked(sandbox, fn, payload);
  if (!said.ok) throw new Error(`${fn} was refused: ${JSON.stringify(said.problem)}`);
  return said.value;
}
