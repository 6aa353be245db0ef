/**
 * Forge's async events: at least once, unordered, late by a jitter, now and then twice.
 * https://developer.atlassian.com/platform/forge/runtime-reference/async-events-api/
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { SandboxClock } from '../kit/clock';
import type { Part } from '../kit/part';
import type { Random } from '../kit/random';
import { empty, json, type Reply } from '../kit/routes';
import type { Profile } from '../profile';
import type { Installation } from './installation';
import type { Invoker, Live, Outcome } from './invoker';
import type { Manifest } from './manifest';
import { retryOf } from './retry';

const pushSchema = z.object({
  queueName: z.string(),
  jobId: z.string(),
  payload: z.array(
    z.object({
      body: z.record(z.string(), z.unknown()),
      delayInSeconds: z.number().min(0).max(900).optional(),
      concurrency: z.object({ key: z.string(), limit: z.number().int().positive() }).optional(),
    }),
  ),
});
const jobSchema = z.object({ queueName: z.string(), jobId: z.string() });

interface QueuedEvent {
  readonly id: string;
  /** What the function sees; a repeated delivery has an id of its own but the same event id. */
  readonly eventId: string;
  readonly installationId: string;
  readonly queueName: string;
  readonly jobId: string;
  readonly body: Record<string, unknown>;
  readonly delayInSeconds?: number;
  readonly concurrency?: { key: string; limit: number };
  readonly chainId: string;
  /** Virtual epoch milliseconds, as all times here. */
  readonly firstAt: number;
  dueAt: number;
  attempt: number;
  retry?: { retryReason: string; retryData?: unknown };
  /** An extra delivery of the same event; it counts for nothing. */
  readonly copy?: true;
  /** Only the platform failed so far, which earns three more days. */
  platformFault?: boolean;
}

interface Job {
  readonly installationId: string;
  success: number;
  inProgress: number;
  failed: number;
  cancelled: boolean;
}

export interface QueueState {
  events: [string, QueuedEvent][];
  jobs: [string, Job][];
  chains: [string, number][];
}

const LIMITS = {
  eventsPerPush: 50,
  eventsPerMinute: 500,
  pushBytes: 200 * 1024,
  /** For consumers that may run longer than 55 s. */
  longEventBytes: 100 * 1024,
  chainPushes: 1000,
  backOffMs: 15 * 60_000,
  retentionMs: 24 * 3600_000,
  platformRetentionMs: 96 * 3600_000,
} as const;
/** A longer time makes a consumer "long-running". */
const SHORT_TIMEOUT_SECONDS = 55;

export interface QueuesOptions {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly profile: Profile;
  readonly manifest: Manifest;
  readonly invoker: Pick<Invoker, 'invoke'>;
  readonly installation: (id: string) => Installation | undefined;
}

export class Queues implements Part {
  readonly name = 'queues';
  readonly #o: QueuesOptions;
  #events = new Map<string, QueuedEvent>();
  #jobs = new Map<string, Job>();
  #chains = new Map<string, number>();
  #running = new Map<string, number>();
  #pushed: { at: number; installationId: string; count: number }[] = [];

  constructor(options: QueuesOptions) {
    this.#o = options;
  }

  publish(live: Live, body: unknown): Reply {
    const push = pushSchema.safeParse(body);
    if (!push.success) return json(400, { message: push.error.message });
    const { queueName, jobId, payload } = push.data;
    const consumer = this.#o.manifest.consumers.find(({ queue }) => queue === queueName);
    if (!consumer) return json(404, { message: `There is no consumer for queue ${queueName}.` });
    const chainPushes = this.#chains.get(live.chain) ?? 0;
    if (chainPushes >= LIMITS.chainPushes) return json(405, { message: 'Too many cyclic pushes.' });
    if (payload.length > LIMITS.eventsPerPush) return json(400, { message: 'Too many events.' });
    if (sizeOf(payload) > LIMITS.pushBytes) {
      return json(413, { errorMessage: 'The maximum payload size is 200 KB.' });
    }
    const fn = this.#o.manifest.functions.find(({ key }) => key === consumer.function);
    const long = (fn?.timeoutSeconds ?? 0) > SHORT_TIMEOUT_SECONDS;
    if (long && payload.some((event) => sizeOf(event) > LIMITS.longEventBytes)) {
      return json(413, { errorMessage: 'The maximum event size of this queue is 100 KB.' });
    }
    const now = this.#o.clock.now();
    const installationId = live.installation.id;
    const room = LIMITS.eventsPerMinute - this.#lastMinute(installationId, now);
    if (room <= 0) return json(429, { message: 'Too many events.' });
    this.#chains.set(live.chain, chainPushes + 1);

    const taken = payload.slice(0, room);
    this.#pushed.push({ at: now, installationId, count: taken.length });
    const job = this.#jobs.get(jobId) ?? newJob(installationId);
    this.#jobs.set(jobId, job);
    for (const event of taken) {
      job.inProgress++;
      const delayMs = (event.delayInSeconds ?? 0) * 1000;
      const id = randomUUID();
      const queued: QueuedEvent = {
        id,
        eventId: id,
        installationId,
        queueName,
        jobId,
        body: event.body,
        ...(event.delayInSeconds !== undefined && { delayInSeconds: event.delayInSeconds }),
        ...(event.concurrency && { concurrency: event.concurrency }),
        chainId: live.chain,
        firstAt: now,
        dueAt: now + delayMs + this.#jitter(),
        attempt: 0,
      };
      this.#add(queued);
      if (this.#o.random.next() < this.#o.profile.queueDuplicateRate) {
        const again = queued.dueAt + this.#jitter();
        this.#add({ ...queued, id: randomUUID(), dueAt: again, copy: true });
      }
    }
    if (taken.length === payload.length) return json(201, {});
    const failedEvents = payload
      .slice(room)
      .map((_, i) => ({ index: String(room + i), errorMessage: 'Rate limit exceeded.' }));
    return json(202, { failedEvents });
  }

  stats(live: Live, body: unknown): Reply {
    const job = this.#job(live, body);
    if (!job) return json(404, {});
    const { success, inProgress, failed } = job;
    return json(200, { success, inProgress, failed });
  }

  cancel(live: Live, body: unknown): Reply {
    const job = this.#job(live, body);
    if (!job) return json(404, {});
    job.cancelled = true;
    return empty(204);
  }

  /** Deliveries that wait; a delayed event that nobody reached yet shows here. */
  waiting(): { queue: string; at: string; body: unknown; attempt: number }[] {
    return [...this.#events.values()].map(({ queueName, dueAt, body, attempt }) => ({
      queue: queueName,
      at: this.#o.clock.iso(dueAt),
      body,
      attempt,
    }));
  }

  /** Uninstalling drops what waits for that installation. */
  forget(installationId: string): void {
    for (const event of [...this.#events.values()]) {
      if (event.installationId === installationId) this.#events.delete(event.id);
    }
  }

  snapshot(): QueueState {
    return structuredClone({
      events: [...this.#events],
      jobs: [...this.#jobs],
      chains: [...this.#chains],
    });
  }

  restore(state: unknown): void {
    const { events, jobs, chains } = structuredClone(state) as QueueState;
    this.#events = new Map(events);
    this.#jobs = new Map(jobs);
    this.#chains = new Map(chains);
    this.#running = new Map();
    this.#pushed = [];
    for (const event of this.#events.values()) this.#schedule(event);
  }

  #job(live: Live, body: unknown): Job | undefined {
    const parsed = jobSchema.safeParse(body);
    const job = parsed.success ? this.#jobs.get(parsed.data.jobId) : undefined;
    return job?.installationId === live.installation.id ? job : undefined;
  }

  #add(event: QueuedEvent): void {
    this.#events.set(event.id, event);
    this.#schedule(event);
  }

  #schedule(event: QueuedEvent): void {
    const waits = event.attempt === 0 && (event.delayInSeconds ?? 0) > 0;
    this.#o.clock.schedule({
      at: event.dueAt,
      kind: waits ? 'timer' : 'work',
      name: `queue ${event.queueName}`,
      run: () => this.#deliver(event),
    });
  }

  async #deliver(event: QueuedEvent): Promise<void> {
    const mine = () => this.#events.get(event.id) === event;
    const installation = this.#o.installation(event.installationId);
    const job = this.#jobs.get(event.jobId);
    const consumer = this.#o.manifest.consumers.find(({ queue }) => queue === event.queueName);
    if (!mine()) return;
    if (!installation || !job || !consumer || job.cancelled) {
      this.#events.delete(event.id);
      return;
    }
    const slot = event.concurrency && `${installation.id} ${event.concurrency.key}`;
    const busy = slot ? (this.#running.get(slot) ?? 0) : 0;
    if (event.concurrency && busy >= event.concurrency.limit) {
      this.#later(event, this.#o.profile.queueConcurrencyRetryMs);
      return;
    }
    if (slot) this.#running.set(slot, busy + 1);
    const outcome = await this.#o.invoker.invoke({
      installation,
      fn: consumer.function,
      moduleType: 'consumer',
      moduleKey: consumer.key,
      body: this.#body(event),
      chain: event.chainId,
    });
    if (!mine()) return;
    if (slot) this.#running.set(slot, (this.#running.get(slot) ?? 1) - 1);
    this.#conclude(event, job, outcome);
  }

  #body(event: QueuedEvent): unknown {
    const remainingTimeMs = event.firstAt + LIMITS.retentionMs - this.#o.clock.now();
    return {
      body: event.body,
      queueName: event.queueName,
      jobId: event.jobId,
      eventId: event.eventId,
      ...(event.delayInSeconds !== undefined && { delayInSeconds: event.delayInSeconds }),
      ...(event.concurrency && { concurrency: event.concurrency }),
      ...(event.attempt > 0 && {
        retryContext: {
          retryCount: event.attempt,
          ...event.retry,
          retentionWindow: { startTime: new Date(event.firstAt).toISOString(), remainingTimeMs },
        },
      }),
    };
  }

  #conclude(event: QueuedEvent, job: Job, outcome: Outcome): void {
    const retry = retryOf(outcome);
    if (!retry || event.copy) {
      this.#events.delete(event.id);
      if (event.copy) return;
      job.inProgress--;
      job.success++;
      return;
    }
    const byPlatform = !outcome.ok && outcome.why === 'platform';
    event.platformFault = byPlatform && event.platformFault !== false;
    const retention = event.platformFault ? LIMITS.platformRetentionMs : LIMITS.retentionMs;
    const wait = retry.afterMs ?? this.#backOff(event.attempt);
    if (this.#o.clock.now() + wait > event.firstAt + retention) {
      this.#events.delete(event.id);
      job.inProgress--;
      job.failed++;
      return;
    }
    event.attempt++;
    event.retry = retry.context;
    this.#later(event, wait);
  }

  #later(event: QueuedEvent, waitMs: number): void {
    event.dueAt = this.#o.clock.now() + waitMs + (waitMs > 0 ? this.#jitter() : 0);
    this.#schedule(event);
  }

  #backOff(attempt: number): number {
    const spread = 0.7 + this.#o.random.next() * 0.6;
    return Math.min(this.#o.profile.queueRetryFirstMs * 2 ** attempt * spread, LIMITS.backOffMs);
  }

  /** Mostly short, with a tail up to the profile's maximum. */
  #jitter(): number {
    const { queueJitterMinMs: min, queueJitterMaxMs: max } = this.#o.profile;
    return Math.round(min + Math.max(0, max - min) * this.#o.random.next() ** 6);
  }

  #lastMinute(installationId: string, now: number): number {
    this.#pushed = this.#pushed.filter(({ at }) => at > now - 60_000);
    return this.#pushed
      .filter((push) => push.installationId === installationId)
      .reduce((sum, { count }) => sum + count, 0);
  }
}

const newJob = (installationId: string): Job => ({
  installationId,
  success: 0,
  inProgress: 0,
  failed: 0,
  cancelled: false,
});

const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
