/**
 * Runs functions in the worker and judges them as Forge would: by virtual run time, which is the
 * processor time used plus the simulated latency of every outbound call that nobody waited for.
 */
import { randomUUID } from 'node:crypto';
import type { CallLog, CallRecord } from '../kit/calls';
import type { SandboxClock } from '../kit/clock';
import { CUT } from '../kit/faults';
import type { Reply } from '../kit/message';
import { appVersion, contextAri, egressOf, type Installation, licenceOf } from './installation';
import type { KillSwitch } from './kill';
import type { FunctionModule } from './manifest';
import { type FunctionError, type Worker, WorkerGone, type WorkerResult } from './worker';

export interface InvocationCall {
  readonly installation: Installation;
  /** The function's key. */
  readonly fn: string;
  readonly moduleType: string;
  readonly moduleKey: string;
  readonly body: unknown;
  /** The invoking person; absent for events, queues and schedules. */
  readonly accountId?: string;
  /** Names the first invocation that a consumer's event goes back to. */
  readonly chain?: string;
}

export type Outcome =
  | { readonly ok: true; readonly body: unknown; readonly bytes: number }
  | {
      readonly ok: false;
      /** error: the function threw; platform: the worker died. */
      readonly why: 'error' | 'timeout' | 'platform';
      readonly error: Pick<FunctionError, 'errorType' | 'errorMessage'>;
    };

export interface Live extends InvocationCall {
  readonly id: string;
  readonly chain: string;
  readonly limitMs: number;
  latencyMs: number;
  egressCalls: number;
}

export interface Finished {
  readonly id: string;
  readonly fn: string;
  readonly moduleType: string;
  readonly site: string;
  /** ISO-8601, virtual. */
  readonly at: string;
  readonly cpuMs: number;
  /** Virtual run time. */
  readonly ms: number;
  readonly outcome: 'ok' | 'error' | 'timeout' | 'platform';
  readonly error?: string;
  /** What it answered, as JSON. */
  readonly answer?: string;
}

interface Flight {
  readonly live: Live;
  readonly stop: (why: 'timeout' | 'platform') => void;
  readonly hung: NodeJS.Timeout;
}

export interface InvokerOptions {
  readonly clock: SandboxClock;
  readonly calls: CallLog;
  readonly worker: Worker;
  readonly killSwitch: KillSwitch;
  readonly functions: readonly FunctionModule[];
  readonly variables: readonly { key: string; value: string }[];
  readonly proxyUrl: () => string;
}

const EGRESS_PER_MINUTE = 100;
const KEPT = 5_000;
/** Real time without an outbound call after which a function counts as hung. */
const LONGEST_SILENCE_MS = 30_000;
/** Tells the worker what a call would have taken, so that the remaining time it shows is right. */
const LATENCY = 'x-sandbox-latency-ms';
/** Servers a function reaches through the platform, which the egress limit does not count. */
const PLATFORM_SERVERS = new Set(['kvs', 'queue', 'jira', 'atlassian']);
const ENVIRONMENT_ID = '00000000-0000-4000-8000-0000000000e0';

export class Invoker {
  readonly #options: InvokerOptions;
  readonly #live = new Map<string, Flight>();
  #finished: Finished[] = [];

  constructor(options: InvokerOptions) {
    this.#options = options;
    options.calls.functionOf = (id) => this.#live.get(id)?.live.fn;
    options.calls.guard = {
      before: (record) => this.#before(record),
      after: (record, reply) => this.#after(record, reply),
    };
  }

  live(id: string): Live | undefined {
    return this.#live.get(id)?.live;
  }

  finished(): readonly Finished[] {
    return this.#finished;
  }

  /** Forgets everything in flight; what those invocations still try is cut off. */
  abandon(): void {
    for (const { stop } of [...this.#live.values()]) stop('platform');
    this.#finished = [];
  }

  async invoke(call: InvocationCall): Promise<Outcome> {
    const { clock, worker } = this.#options;
    const definition = this.#options.functions.find(({ key }) => key === call.fn);
    if (!definition) throw new Error(`the manifest has no function "${call.fn}"`);
    const live: Live = {
      ...call,
      id: randomUUID(),
      chain: call.chain ?? randomUUID(),
      limitMs: limitMs(call.moduleType, definition),
      latencyMs: 0,
      egressCalls: 0,
    };
    const at = clock.iso();
    const land = clock.hold(`${call.fn} (${call.moduleType} ${call.moduleKey})`);
    const stopped = new Promise<'timeout' | 'platform'>((stop) => {
      const hung = setTimeout(() => stop('timeout'), Math.min(live.limitMs, LONGEST_SILENCE_MS));
      hung.unref();
      this.#live.set(live.id, { live, stop, hung });
    });
    try {
      const running = worker.run({
        id: live.id,
        event: this.#event(live, definition),
        shiftMs: clock.shiftMs(),
        deadlineMs: clock.now() + live.limitMs,
      });
      const result = await Promise.race([running.catch(gone), stopped]);
      const outcome = judged(live, result);
      this.#note(live, at, result, outcome);
      return outcome;
    } finally {
      clearTimeout(this.#live.get(live.id)?.hung);
      this.#live.delete(live.id);
      land();
    }
  }

  #before(record: CallRecord): Reply | undefined {
    if (record.invocation === undefined) return undefined;
    const flight = this.#live.get(record.invocation);
    if (!flight) return { status: CUT };
    const { live, hung } = flight;
    hung.refresh();
    if (this.#options.killSwitch.strikes(record, live.fn, 'before')) return this.#kill();
    if (PLATFORM_SERVERS.has(record.server)) return undefined;
    const startedMinutes = Math.floor(live.latencyMs / 60_000) + 1;
    if (++live.egressCalls <= EGRESS_PER_MINUTE * startedMinutes) return undefined;
    // The limit is documented, the shape of its answer is not.
    return { status: 429, headers: { 'forge-proxy-error': 'RATE_LIMIT_EXCEEDED' }, text: '' };
  }

  #after(record: CallRecord, reply: Reply): Reply {
    if (record.invocation === undefined) return reply;
    const flight = this.#live.get(record.invocation);
    if (!flight) return { status: CUT };
    if (this.#options.killSwitch.strikes(record, flight.live.fn, 'after')) return this.#kill();
    flight.hung.refresh();
    flight.live.latencyMs += record.latencyMs;
    if (flight.live.latencyMs <= flight.live.limitMs) {
      return { ...reply, headers: { ...reply.headers, [LATENCY]: String(record.latencyMs) } };
    }
    flight.stop('timeout');
    this.#live.delete(record.invocation);
    return { status: CUT };
  }

  #kill(): Reply {
    this.#options.worker.kill();
    for (const { stop } of [...this.#live.values()]) stop('platform');
    this.#live.clear();
    return { status: CUT };
  }

  #event(live: Live, { handler }: FunctionModule): unknown {
    const { installation } = live;
    const egress = egressOf(installation);
    return {
      handler,
      body: live.body,
      variables: this.#options.variables,
      _meta: {
        proxy: { token: live.id, url: this.#options.proxyUrl() },
        contextAri: contextAri(installation),
        egress,
        ...(live.accountId && { aaid: live.accountId }),
        tracing: { traceId: live.id.replaceAll('-', ''), spanId: live.id.slice(0, 8) },
        appContext: {
          appId: installation.appId,
          appVersion: appVersion(installation),
          environmentId: ENVIRONMENT_ID,
          environmentType: 'PRODUCTION',
          invocationId: live.id,
          installationId: installation.id,
          functionKey: live.fn,
          moduleType: live.moduleType,
          moduleKey: live.moduleKey,
          license: licenceOf(installation),
          installation: {
            ari: { installationId: installation.id },
            contexts: [{ cloudId: installation.cloudId }],
          },
          permissions: {
            scopes: installation.permissions.scopes,
            external: { fetch: { backend: egress } },
          },
        },
      },
    };
  }

  #note(live: Live, at: string, result: WorkerResult | string, outcome: Outcome): void {
    const cpuMs = typeof result === 'string' ? 0 : result.cpuMs;
    this.#finished.push({
      id: live.id,
      fn: live.fn,
      moduleType: live.moduleType,
      site: live.installation.site,
      at,
      cpuMs,
      ms: cpuMs + live.latencyMs,
      outcome: outcome.ok ? 'ok' : outcome.why,
      ...(outcome.ok
        ? { answer: JSON.stringify(outcome.body) ?? '' }
        : { error: outcome.error.errorMessage }),
    });
    if (this.#finished.length > KEPT) this.#finished.splice(0, KEPT / 10);
  }
}

function gone(cause: unknown): 'platform' {
  if (cause instanceof WorkerGone) return 'platform';
  throw cause;
}

function judged(live: Live, result: WorkerResult | 'timeout' | 'platform'): Outcome {
  const failed = (why: 'timeout' | 'platform', errorType: string, errorMessage: string) =>
    ({ ok: false, why, error: { errorType, errorMessage } }) as const;
  if (result === 'platform') {
    return failed('platform', 'FUNCTION_PLATFORM_UNKNOWN_ERROR', 'The function was interrupted.');
  }
  if (result === 'timeout' || result.cpuMs + live.latencyMs > live.limitMs) {
    const message = `${live.fn} timed out after ${live.limitMs / 1000} seconds`;
    return failed('timeout', 'FUNCTION_TIME_OUT', message);
  }
  if (!result.success) {
    const error = result.error ?? { errorType: 'Error', errorMessage: 'unknown' };
    return { ok: false, why: 'error', error };
  }
  const body = result.body;
  return {
    ok: true,
    body: body === undefined ? undefined : JSON.parse(body),
    bytes: Buffer.byteLength(body ?? ''),
  };
}

/** https://developer.atlassian.com/platform/forge/platform-quotas-and-limits/ */
function limitMs(moduleType: string, { timeoutSeconds }: FunctionModule): number {
  const long = moduleType === 'consumer' || moduleType === 'scheduledTrigger';
  const most = long ? 900 : moduleType === 'preUninstall' ? 55 : 25;
  return Math.min(timeoutSeconds ?? 55, most) * 1000;
}
