/**
 * Long work: for the admin page and for the night. A job runs in steps, each well under the time of
 * one function, and keeps after each where it stands, so that any step may be cut off.
 *
 * 1. `startJob` stores the job and sends its first message; one that runs already is answered as it is;
 * 2. a message (`runJob`) carries the turn it is for: a repeated or late one finds another and is spent;
 * 3. a step does a bounded piece and answers with the mark to go on from, with progress in words;
 * 4. a timer brings a job back whose message was lost or whose function was killed.
 */
import * as z from 'zod/mini';
import type { Deps } from '../requests/deps';
import { type Instant, MINUTE, plusSeconds } from '../shared/instant';
import { dropTimer, setTimer } from '../shared/timer';

export const jobKinds = [
  'catalog-sync',
  'nightly-read',
  'lint',
  'people-watch',
  'personal-data-report',
  'apply-changes',
] as const;
export type JobKind = (typeof jobKinds)[number];

const problem = z.strictObject({ check: z.string(), sentence: z.string(), nextStep: z.string() });

export const jobSchema = z.strictObject({
  v: z.literal(1),
  /** `kind:about`: one at a time of each. */
  id: z.string(),
  kind: z.enum(jobKinds),
  /** What it works on: a connection, a set of changes, or `site`. */
  about: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  /** Account that asked for it; absent: the schedule did. */
  by: z.optional(z.string()),
  turn: z.int(),
  startedAt: z.string(),
  changedAt: z.string(),
  /** `of` is absent while nobody can know it. */
  progress: z.strictObject({ done: z.int(), of: z.optional(z.int()), what: z.string() }),
  /** Where the next step begins; each kind's own. */
  mark: z.optional(z.unknown()),
  /** Of a finished one. */
  result: z.optional(z.unknown()),
  problem: z.optional(problem),
  /** Steps that failed for a passing reason since the last that went well. */
  troubles: z.int(),
});
export type Job = z.infer<typeof jobSchema>;

export type Step =
  | {
      readonly kind: 'more';
      readonly mark: unknown;
      readonly progress: Job['progress'];
      /** Until the next step, to leave something of shared limits to others; absent: at once. */
      readonly seconds?: number;
    }
  | { readonly kind: 'done'; readonly progress: Job['progress']; readonly result?: unknown }
  /** Something passing: the same step again after so many seconds. */
  | { readonly kind: 'wait'; readonly seconds: number; readonly why: string }
  | { readonly kind: 'failed'; readonly problem: z.infer<typeof problem> };

export type JobStep = (deps: Deps, job: Job) => Promise<Step>;
export type JobSteps = Readonly<Record<JobKind, JobStep>>;

/** A step takes less; later than this its message or its function is gone. */
const LOST_AFTER = 16 * MINUTE;
/** A queue message can be delayed by at most this. */
const LONGEST_WAIT = 15 * MINUTE;
const MOST_TROUBLES = 40;

export const jobId = (kind: JobKind, about: string) => `${kind}:${about}`;
const placeOf = (id: string) => `job:${id}`;

/** `undefined`: never started, or in a form that another version wrote. */
export async function readJob(deps: Pick<Deps, 'store'>, id: string): Promise<Job | undefined> {
  return jobSchema.safeParse(await deps.store.readPlain(placeOf(id))).data;
}

export async function startJob(
  deps: Deps,
  kind: JobKind,
  about: string,
  more: { readonly by?: string; readonly mark?: unknown } = {},
): Promise<Job> {
  const id = jobId(kind, about);
  const before = await readJob(deps, id);
  if (before?.state === 'running') return before;
  const now = deps.now();
  const job: Job = {
    v: 1,
    id,
    kind,
    about,
    state: 'running',
    ...(more.by !== undefined && { by: more.by }),
    turn: (before?.turn ?? 0) + 1,
    startedAt: now,
    changedAt: now,
    progress: { done: 0, what: 'waiting to begin' },
    ...(more.mark !== undefined && { mark: more.mark }),
    troubles: 0,
  };
  await keep(deps, job);
  await send(deps, job, 0);
  return job;
}

/** One turn. Whoever brings a turn that is over does nothing. */
export async function runJob(
  deps: Deps,
  steps: JobSteps,
  ask: { readonly id: string; readonly turn?: number },
): Promise<void> {
  const job = await readJob(deps, ask.id);
  if (job?.state !== 'running' || (ask.turn !== undefined && ask.turn !== job.turn)) {
    if (job?.state !== 'running') await deps.store.transact([dropTimer(timerOf(ask.id))]);
    return;
  }
  const step = await steps[job.kind](deps, job);
  const after = next(job, step, deps.now());
  await keep(deps, after);
  if (after.state === 'running') {
    const seconds = 'seconds' in step ? (step.seconds ?? 0) : 0;
    await send(deps, after, Math.min(seconds, LONGEST_WAIT));
  }
}

function next(job: Job, step: Step, now: Instant): Job {
  const { mark: _, ...rest } = job;
  const moved = { ...rest, turn: job.turn + 1, changedAt: now };
  switch (step.kind) {
    case 'more':
      return { ...moved, mark: step.mark, progress: step.progress, troubles: 0 };
    case 'done':
      return {
        ...moved,
        state: 'done',
        progress: step.progress,
        ...(step.result !== undefined && { result: step.result }),
      };
    case 'failed':
      return { ...moved, state: 'failed', problem: step.problem };
    case 'wait': {
      const waiting = { ...moved, ...(job.mark !== undefined && { mark: job.mark }) };
      if (job.troubles + 1 < MOST_TROUBLES) return { ...waiting, troubles: job.troubles + 1 };
      return { ...moved, state: 'failed', problem: gaveUp(step.why) };
    }
  }
}

const gaveUp = (why: string) => ({
  check: 'job-goes-on',
  sentence: `It could not go on after many attempts: ${why}.`,
  nextStep: 'Run the self-test of the connection, then start it again; it begins anew.',
});

const timerOf = (id: string) => ({ kind: 'job' as const, objectId: id, what: 'job' as const });

async function keep(deps: Pick<Deps, 'store' | 'now'>, job: Job): Promise<void> {
  const timer =
    job.state === 'running'
      ? setTimer({ ...timerOf(job.id), at: plusSeconds(deps.now(), LOST_AFTER), privileged: false })
      : dropTimer(timerOf(job.id));
  // While it runs the timer first, at its end the job first: one that runs without a timer and loses its message would stand for ever.
  if (job.state === 'running') await deps.store.transact([timer]);
  await deps.store.writePlain(placeOf(job.id), job);
  if (job.state !== 'running') await deps.store.transact([timer]);
}

const send = (deps: Pick<Deps, 'queues'>, job: Job, delay: number) =>
  deps.queues.push('job', [
    {
      body: { kind: 'job', id: job.id, turn: job.turn },
      ...(delay > 0 && { delay: Math.ceil(delay) }),
    },
  ]);
