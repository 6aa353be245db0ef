/** Switches the worker off at the n-th outbound call that fits; how crashes are rehearsed. */
import { z } from 'zod';
import type { CallRecord } from '../kit/calls';

export const killSchema = z
  .object({
    /** Counted from 1 among the calls that fit. */
    at: z.number().int().positive(),
    /** Function key. */
    fn: z.string().optional(),
    /** Exact host; the store is `kvs`, the queue service `queue`. */
    host: z.string().optional(),
    /** Regular expression on method and path, as in `PUT /api/v1/groups`. */
    path: z.string().optional(),
    /** before: the call has no effect; after: it took effect and its answer is lost. */
    when: z.enum(['before', 'after']).default('after'),
  })
  .strict();
export type Kill = z.infer<typeof killSchema>;

export class KillSwitch {
  #armed: { kill: Kill; seen: number; last: number }[] = [];

  arm(kill: Kill): void {
    this.#armed.push({ kill, seen: 0, last: 0 });
  }

  clear(): void {
    this.#armed = [];
  }

  get armed(): number {
    return this.#armed.length;
  }

  /** Asked twice per call, before and after; counts it once. */
  strikes(record: CallRecord, fn: string, moment: Kill['when']): boolean {
    for (const entry of this.#armed) {
      if (!fits(entry.kill, record, fn)) continue;
      if (entry.last !== record.seq) {
        entry.last = record.seq;
        entry.seen++;
      }
      if (entry.seen !== entry.kill.at || entry.kill.when !== moment) continue;
      this.#armed = this.#armed.filter((other) => other !== entry);
      return true;
    }
    return false;
  }
}

function fits(kill: Kill, record: CallRecord, fn: string): boolean {
  return (
    (kill.fn === undefined || kill.fn === fn) &&
    (kill.host === undefined || kill.host === record.host) &&
    (kill.path === undefined || new RegExp(kill.path).test(`${record.method} ${record.path}`))
  );
}
