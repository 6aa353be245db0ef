/**
 * The one outward door. A connection's credential travels in these requests, so they go to the
 * hosts of that connection and nowhere else: no redirect is followed, no other port is dialled.
 */
import type { Http } from './ports';

export interface Door {
  /** Lower case, exact: no wildcard and no port. */
  readonly allowedHosts: readonly string[];
  /** Real milliseconds for the whole answer, body included; 20,000 at most. */
  readonly deadlineMs?: number;
  readonly maxBytes?: number;
  /** Epoch milliseconds when the function that calls must be done; nothing is sent shortly before. */
  readonly endsAtMs?: number;
  readonly nowMs?: () => number;
}

const USUAL_DEADLINE_MS = 15_000;
const LONGEST_DEADLINE_MS = 20_000;
/** Less than this is not enough for a call and for writing down what it came to. */
const SHORTEST_CALL_MS = 2000;
const USUAL_MAX_BYTES = 5 * 1024 * 1024;
/** A `Response` with one of these may not carry a body. */
const WITHOUT_BODY = [101, 103, 204, 205, 304];

/** The address is not one that this connection may use. Nothing was sent. */
export class HostRefused extends Error {
  constructor(because: string) {
    super(`Not sent: ${because}`);
    this.name = 'HostRefused';
  }
}

/** The function would end before the answer could come. Nothing was sent. */
export class NoTimeLeft extends Error {
  constructor() {
    super('Not sent: the function is about to end');
    this.name = 'NoTimeLeft';
  }
}

/** The answer was cut off while it was read; the request may have taken effect. */
export class AnswerTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`The answer is larger than ${maxBytes} bytes`);
    this.name = 'AnswerTooLarge';
  }
}

/**
 * Throws `HostRefused`, `NoTimeLeft`, `AnswerTooLarge`, a `DOMException` named `TimeoutError`, or what `fetch`
 * throws; a redirect comes back as the 3xx it is.
 */
export function makeHttp({
  allowedHosts,
  deadlineMs = USUAL_DEADLINE_MS,
  maxBytes = USUAL_MAX_BYTES,
  endsAtMs = Number.POSITIVE_INFINITY,
  nowMs = () => 0,
}: Door): Http {
  const hosts = new Set(allowedHosts);
  const longest = Math.min(deadlineMs, LONGEST_DEADLINE_MS);
  return async (url, { method, headers, body }) => {
    const address = check(url, hosts);
    const left = endsAtMs - nowMs();
    if (left < SHORTEST_CALL_MS) throw new NoTimeLeft();
    const deadline = Math.min(longest, left);
    const answer = await fetch(address, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(deadline),
      ...(headers && { headers: { ...headers } }),
      ...(body !== undefined && { body }),
    });
    return readWhole(answer, maxBytes);
  };
}

function check(url: string, hosts: ReadonlySet<string>): URL {
  if (!URL.canParse(url)) throw new HostRefused('the address cannot be read');
  const address = new URL(url);
  if (address.protocol !== 'https:') throw new HostRefused('only https is allowed');
  if (address.username !== '' || address.password !== '') {
    throw new HostRefused('the address carries a credential');
  }
  if (address.port !== '') throw new HostRefused('only the usual port is allowed');
  if (!hosts.has(address.hostname)) {
    throw new HostRefused(`${address.hostname} is not a host of this connection`);
  }
  return address;
}

async function readWhole(answer: Response, maxBytes: number): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (answer.body !== null) {
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > maxBytes) {
        await reader.cancel().catch(() => undefined);
        throw new AnswerTooLarge(maxBytes);
      }
      chunks.push(value);
    }
  }
  const headers = new Headers(answer.headers);
  // They describe the bytes as they travelled, which `fetch` has unpacked already.
  headers.delete('content-encoding');
  headers.delete('content-length');
  const { status, statusText } = answer;
  const body = WITHOUT_BODY.includes(status) ? null : Buffer.concat(chunks);
  return new Response(body, { status, statusText, headers });
}
