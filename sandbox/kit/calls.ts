/** Every call that any simulated server answered, in order, with its virtual time. */
import type { Reply } from './message';

export interface CallRecord {
  /** Rises by one per call. */
  readonly seq: number;
  /** ISO-8601, virtual. */
  readonly at: string;
  readonly server: string;
  readonly host: string;
  readonly method: string;
  /** With query. */
  readonly path: string;
  /** The route pattern that answered, absent when none did. */
  readonly route: string | undefined;
  /** The invocation id when a function made the call. */
  readonly invocation: string | undefined;
  /** The function's key; filled in by the Forge host. */
  fn?: string;
  /** Name of the injected fault that shaped the answer. */
  readonly fault: string | undefined;
  /** Simulated latency of this call in milliseconds; nobody waits for it. */
  readonly latencyMs: number;
  readonly requestBody: string;
  status?: number;
  responseBody?: string;
  responseType?: string;
}

/** Stands between a call and its effect; the Forge host uses it to judge what a function may do. */
export interface Guard {
  /** Before the call does anything; a reply stops it there. */
  before(record: CallRecord): Reply | undefined;
  /** After it took effect; the reply that is sent in the end. */
  after(record: CallRecord, reply: Reply): Reply;
}

/** Enough for any story; a long simulation keeps only the newest. */
const KEPT = 20_000;

export class CallLog {
  #records: CallRecord[] = [];
  #seq = 0;
  /** Set by the Forge host: which function an invocation id belongs to. */
  functionOf: (invocation: string) => string | undefined = () => undefined;
  guard: Guard | undefined;

  readonly #iso: () => string;

  constructor(iso: () => string) {
    this.#iso = iso;
  }

  begin(call: Omit<CallRecord, 'seq' | 'at'>): { record: CallRecord; end(reply: Reply): void } {
    const fn = call.invocation ? this.functionOf(call.invocation) : undefined;
    const record: CallRecord = { seq: ++this.#seq, at: this.#iso(), ...call, ...(fn && { fn }) };
    this.#records.push(record);
    if (this.#records.length > KEPT) this.#records.splice(0, KEPT / 10);
    return {
      record,
      end(reply) {
        record.status = reply.status;
        record.responseBody =
          reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json));
        record.responseType = reply.type ?? (reply.json === undefined ? '' : 'application/json');
      },
    };
  }

  since(seq = 0): CallRecord[] {
    return this.#records.filter((record) => record.seq > seq);
  }

  /** Number of the newest record. */
  get latest(): number {
    return this.#seq;
  }

  clear(): void {
    this.#records = [];
  }
}
