/**
 * Faults a story or a test injects into any simulated server. A fault says where it strikes, how
 * often, and whether the work was done before the answer was lost.
 */
import { z } from 'zod';
import type { Reply, Req } from './message';

export const faultSchema = z
  .object({
    name: z.string().default('fault'),
    /** Server name: jira, okta, entra, google, kvs, queue. */
    server: z.string(),
    /** Exact host, when one server answers for several. */
    host: z.string().optional(),
    method: z.string().optional(),
    /** Regular expression on the decoded path. */
    path: z.string().optional(),
    /** Lets this many matching calls through first. */
    after: z.number().int().nonnegative().default(0),
    /** Strikes this many times; absent means until cleared. */
    times: z.number().int().positive().optional(),
    /** answer: this reply instead; cut: the connection breaks; slow: the real answer, late. */
    kind: z.enum(['answer', 'cut', 'slow']).default('answer'),
    status: z.number().int().default(503),
    headers: z.record(z.string(), z.string()).default({}),
    /** A string is sent as HTML, anything else as JSON. */
    body: z.unknown().optional(),
    /** The work is done before the answer is replaced or lost. */
    applied: z.boolean().default(false),
    /** For slow: added to the invocation's virtual run time, milliseconds. */
    latencyMs: z.number().nonnegative().default(0),
  })
  .strict();
export type Fault = z.infer<typeof faultSchema>;

/** The status a cut connection is recorded with; servers close the socket instead of answering. */
export const CUT = 0;

export class Faults {
  #active: { fault: Fault; seen: number; struck: number }[] = [];

  add(input: unknown): void {
    this.#active.push({ fault: faultSchema.parse(input), seen: 0, struck: 0 });
  }

  clear(): void {
    this.#active = [];
  }

  list(): Fault[] {
    return this.#active.map((a) => a.fault);
  }

  match(server: string, req: Pick<Req, 'method' | 'path' | 'host'>) {
    const hit = this.#active.find(
      ({ fault, struck }) => struck < (fault.times ?? Infinity) && strikes(fault, server, req),
    );
    if (!hit) return undefined;
    if (hit.seen++ < hit.fault.after) return undefined;
    hit.struck++;
    const { fault } = hit;
    return {
      name: fault.name,
      latencyMs: fault.latencyMs,
      async apply(answer: () => Promise<Reply>): Promise<Reply> {
        if (fault.kind === 'slow') return answer();
        if (fault.applied) await answer();
        if (fault.kind === 'cut') return { status: CUT };
        const body =
          fault.body === undefined
            ? {}
            : typeof fault.body === 'string'
              ? { text: fault.body, type: 'text/html' }
              : { json: fault.body };
        return { status: fault.status, headers: fault.headers, ...body };
      },
    };
  }
}

function strikes(
  fault: Fault,
  server: string,
  req: Pick<Req, 'method' | 'path' | 'host'>,
): boolean {
  return (
    fault.server === server &&
    (fault.host === undefined || fault.host === req.host) &&
    (fault.method === undefined || fault.method === req.method) &&
    (fault.path === undefined || new RegExp(fault.path).test(req.path))
  );
}
