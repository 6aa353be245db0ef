import { appCandidates, groupCandidates } from '../../src/catalog/candidate-store';
import { jobId, readJob, startJob } from '../../src/jobs/job';
import { find } from '../../src/shared/record';
import type { SmallSite } from './small-site';

/** Groups and apps of a directory: `figma` has its two groups, `g-0`, `g-1`, … are plain. */
export function furnish(
  site: SmallSite,
  groups: number,
  apps: Record<string, string[]> = {},
): void {
  for (let n = 0; n < groups; n++) {
    const id = `g-${n}`;
    site.directory.groups.set(id, { id, name: `Group ${n}`, writable: true, privileged: false });
  }
  for (const [name, of] of Object.entries(apps))
    site.directory.apps.set(`app-${name}`, { id: `app-${name}`, name, active: true, groups: of });
}

/** Starts the job and lets the platform bring its messages until it is over. */
export async function runWhole(
  site: SmallSite,
  kind: 'catalog-sync' | 'nightly-read',
  mark?: unknown,
) {
  await startJob(site.deps(), kind, 'main', mark === undefined ? {} : { mark });
  await site.run(15 * 60);
  return jobOf(site, kind);
}

export async function jobOf(site: SmallSite, kind: 'catalog-sync' | 'nightly-read') {
  const job = await readJob(site.deps(undefined), jobId(kind, 'main'));
  if (!job) throw new Error('no job');
  return job;
}

/** Names of groups in each status, as the page of candidates would show them. */
export async function groupsIn(site: SmallSite, status: string): Promise<string[]> {
  const { found } = await find(site.store, groupCandidates, {
    index: 'by-connection',
    partition: ['main', status],
    limit: 100,
  });
  return found.map(({ value }) => value.name);
}

export async function appsIn(site: SmallSite, status: string): Promise<string[]> {
  const { found } = await find(site.store, appCandidates, {
    index: 'by-kind',
    partition: ['app-candidate', status],
    limit: 100,
  });
  return found.map(({ value }) => value.name);
}
