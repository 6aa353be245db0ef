/**
 * Long work: for the admin page and for the night. A job runs in steps, each well under the time of
 * one function, and keeps after each where it stands, so that any step may be cut off.
 *
 * 1. `startJob` stores the job and sends its first message; one that runs already is answered as it is;
 * 2. a message (`runJob`) carries the turn it is for: a repeated or late one finds another, or finds it
 *    taken, and is spent;
 * 3. a step does a bounded piece and answers with the mark to go on from, with progress in words;
 * 4. a timer brings a job back whose message was lost or whose function was killed;
 * 5. a step that breaks, or whose function dies, is tried a few times and then failed in words.
 */
import * as z from 'zod/mini';
import { StoreUnavailable } from '../forge/store-unavailable';
import type { Deps } from '../requests/deps';
import { type Instant, later, MINUTE, plusSeconds } from '../shared/instant';
import { put } from '../shared/record';
import { dropTimer, setTimer, timerKey, timerSchema, timers } from '../shared/timer';
import { tellEnd } from './tell';

export const jobKinds = [
  'catalog-sync',
  'nightly-read',
  'lint',
  'people-watch',
  'decider-watch',
  'personal-data-report',
  'apply-changes',
  'forget-connection',
  'policy-rehearsal',
  'kill-switch',
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
/** A step that broke for no known reason weighs more than one that was asked to wait. */
const BREAKS_COUNT = 8;
/** It threw, or its function died. */
type Broken = { readonly kind: 'broken'; readonly seconds: number };

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
  const taken = await claim(deps, job);
  if (!taken) return;
  try {
    await turnOf(deps, steps, taken);
  } catch (cause) {
    if (!(cause instanceof StoreUnavailable)) throw cause;
    if (isTooLarge(cause)) return end(deps, failed(taken, TOO_LARGE, deps.now()));
    // The platform brings the same message again, and it has to find the turn free.
    await deps.store.transact([free(taken)]);
    throw cause;
  }
}

async function turnOf(deps: Deps, steps: JobSteps, job: Job): Promise<void> {
  const step = await stepOf(deps, steps, job);
  const after = next(job, step, deps.now());
  if (after.state !== 'running') return end(deps, after);
  await keep(deps, after);
  const seconds = 'seconds' in step ? (step.seconds ?? 0) : 0;
  await send(deps, after, Math.min(seconds, LONGEST_WAIT));
}

/** Told first: a run that is cut off between the two tells it again. */
async function end(deps: Deps, job: Job): Promise<void> {
  await tellEnd(deps, job);
  await keep(deps, job);
}

async function stepOf(deps: Deps, steps: JobSteps, job: Job): Promise<Step | Broken> {
  if (job.troubles >= MOST_TROUBLES) return { kind: 'failed', problem: BROKEN };
  try {
    return await steps[job.kind](deps, job);
  } catch (cause) {
    if (cause instanceof StoreUnavailable) throw cause;
    deps.log.error('job.failed', cause, { job: job.id });
    return { kind: 'broken', seconds: MINUTE };
  }
}

/**
 * One of several deliveries at the same time gets the turn: whoever moves its timer first. A timer that
 * was moved and has come due is that of a function that died, which counts like a step that broke.
 */
async function claim(deps: Deps, job: Job): Promise<Job | undefined> {
  const row = await deps.store.get('timer', timerKey(timerOf(job.id)));
  const at = timerSchema.safeParse(row?.body).data?.at;
  const wasTaken = at !== undefined && at > plusSeconds(job.changedAt as Instant, LOST_AFTER);
  if (wasTaken && at > deps.now()) return undefined;
  const mine = put(
    timers,
    { v: 1, ...timerFor(job.id), at: takenUntil(deps.now(), job) },
    row?.rev ?? 0,
  );
  if ((await deps.store.transact([mine])) === 'conflict') return undefined;
  const now = await readJob(deps, job.id);
  if (now?.state !== 'running' || now.turn !== job.turn) {
    // It went on between the two readings: its own timer was just written over.
    await deps.store.transact([now?.state === 'running' ? free(now) : dropTimer(timerOf(job.id))]);
    return undefined;
  }
  if (!wasTaken) return now;
  const counted = { ...now, troubles: now.troubles + BREAKS_COUNT };
  await deps.store.writePlain(placeOf(job.id), counted);
  return counted;
}

/** Later than any timer that `keep` sets for this turn, which is how a claimed turn is known. */
const takenUntil = (now: Instant, job: Job): Instant =>
  plusSeconds(later(now, plusSeconds(job.changedAt as Instant, 1)), LOST_AFTER);

const timerFor = (id: string) => ({ ...timerOf(id), privileged: false });
/** From the job's own hour: a clock reads later at each look, and a later timer says "taken". */
const free = (job: Job) =>
  setTimer({ ...timerFor(job.id), at: plusSeconds(job.changedAt as Instant, LOST_AFTER) });

const isTooLarge = ({ code }: StoreUnavailable): boolean => code === 'MAX_SIZE';

function failed(job: Job, problem: NonNullable<Job['problem']>, now: Instant): Job {
  const { mark: _, ...rest } = job;
  return { ...rest, turn: job.turn + 1, changedAt: now, state: 'failed', problem };
}

function next(job: Job, step: Step | Broken, now: Instant): Job {
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
      return failed(job, step.problem, now);
    case 'wait':
    case 'broken': {
      const troubles = job.troubles + (step.kind === 'wait' ? 1 : BREAKS_COUNT);
      if (troubles >= MOST_TROUBLES)
        return failed(job, step.kind === 'wait' ? gaveUp(step.why) : BROKEN, now);
      return { ...moved, ...(job.mark !== undefined && { mark: job.mark }), troubles };
    }
  }
}

const gaveUp = (why: string) => ({
  check: 'job-goes-on',
  sentence: `It could not go on after many attempts: ${why}.`,
  nextStep: 'Run the self-test of the connection, then start it again; it begins anew.',
});

const BROKEN = {
  check: 'job-works',
  sentence: 'Something in the app went wrong again and again, so it stopped.',
  nextStep: 'Start it again; the app log of this site has the details.',
};
const TOO_LARGE = {
  check: 'job-fits',
  sentence: 'There is more to keep in one record than the ledger takes, so it stopped.',
  nextStep: 'The app log of this site has the details; starting it again meets the same limit.',
};

const timerOf = (id: string) => ({ kind: 'job' as const, objectId: id, what: 'job' as const });

async function keep(deps: Pick<Deps, 'store' | 'now'>, job: Job): Promise<void> {
  const timer = job.state === 'running' ? free(job) : dropTimer(timerOf(job.id));
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
