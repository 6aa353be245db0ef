/** One HTTP request to the sandbox, over its doors on this machine. */
import http from 'node:http';
import https from 'node:https';

export interface Sent {
  readonly status: number;
  readonly text: string;
  /** The parsed body; `undefined` when it is no JSON. */
  readonly body: unknown;
  readonly headers: http.IncomingHttpHeaders;
}

export interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
}

export function send(method: string, url: string, what: Sending = {}): Promise<Sent> {
  const body =
    what.json !== undefined
      ? JSON.stringify(what.json)
      : what.form && new URLSearchParams(what.form).toString();
  const type = what.json !== undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const headers = {
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    ...what.headers,
  };
  return new Promise((resolve, reject) => {
    // The simulators sign their own certificates, and every address here is a loopback one.
    const request = url.startsWith('https:')
      ? https.request(url, { method, headers, rejectUnauthorized: false })
      : http.request(url, { method, headers });
    request.once('error', reject);
    request.once('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: answer.statusCode ?? 0,
          text,
          body: parsed(text),
          headers: answer.headers,
        });
      });
    });
    request.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a story did could not be done; the story stops there. */
export class StoryStopped extends Error {}

export function demand(sent: Sent, wanted: number | readonly number[], what: string): Sent {
  const statuses = typeof wanted === 'number' ? [wanted] : wanted;
  if (statuses.includes(sent.status)) return sent;
  throw new StoryStopped(`${what} answered ${sent.status}: ${sent.text.slice(0, 400)}`);
}
