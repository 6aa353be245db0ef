/** What the admin page sees of long work: how far it is, how it ended, and what to do then. */
import { done, no } from '../catalog/changes';
import { connections } from '../catalog/store';
import type { Answer } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { find } from '../shared/record';
import { type Job, jobId, readJob } from './job';

/** Without the mark, which is for the job alone. */
type Shown = Omit<Job, 'mark'>;
const shown = ({ mark: _, ...job }: Job): Shown => job;

export async function showJob(deps: Pick<Deps, 'store'>, id: string): Promise<Answer<Shown>> {
  const job = await readJob(deps, id);
  if (job) return done(shown(job));
  return no('job-known', 'There is no such work.', 'Reload the page.');
}

/** What the schedule starts, of each connection and of the site; work that never ran is left out. */
export async function listJobs(deps: Pick<Deps, 'store'>): Promise<Answer<readonly Shown[]>> {
  const ids = [
    jobId('people-watch', 'site'),
    jobId('decider-watch', 'site'),
    jobId('lint', 'site'),
    jobId('personal-data-report', 'site'),
  ];
  for (const status of ['live', 'off']) {
    const { found } = await find(deps.store, connections, {
      index: 'by-kind',
      partition: ['connection', status],
      limit: 100,
    });
    for (const { value } of found)
      ids.push(
        jobId('catalog-sync', value.id),
        jobId('nightly-read', value.id),
        jobId('people-watch', value.id),
      );
  }
  const jobs = await Promise.all(ids.map((id) => readJob(deps, id)));
  return done(jobs.flatMap((job) => (job ? [shown(job)] : [])));
}
