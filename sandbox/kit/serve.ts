/** Puts a route table on a loopback port, plain or with TLS. */
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { CUT } from './faults';
import type { Reply, Routes } from './routes';

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

export interface Tls {
  readonly key: string;
  readonly cert: string;
}

/** Larger than any request the real services take. */
const LARGEST_BODY_BYTES = 12 * 1024 * 1024;

export async function serve(
  pick: Routes | ((req: http.IncomingMessage) => Routes | undefined),
  port: number,
  tls?: Tls,
): Promise<Listening> {
  const listener: http.RequestListener = (req, res) => {
    answer(typeof pick === 'function' ? pick(req) : pick, req, res).catch((cause) => {
      console.error('sandbox: a handler threw', cause);
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' });
      res.end(`sandbox: ${cause instanceof Error ? cause.message : String(cause)}`);
    });
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  routes: Routes | undefined,
  req: http.IncomingMessage,
  res: http.ServerResponse,
) {
  const body = await read(req);
  if (body === undefined) return send(res, { status: 413, text: 'too large', type: 'text/plain' });
  if (!routes) return send(res, { status: 404, text: 'no such host', type: 'text/plain' });
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(req.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  send(
    res,
    await routes.dispatch({
      method: req.method ?? 'GET',
      target: req.url ?? '/',
      host: (req.headers.host ?? '').replace(/:\d+$/, ''),
      headers,
      body,
    }),
  );
}

function send(res: http.ServerResponse, reply: Reply): void {
  if (reply.status === CUT) {
    res.destroy();
    return;
  }
  const text = reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json));
  const type =
    reply.type ?? (reply.json === undefined ? undefined : 'application/json;charset=UTF-8');
  res.writeHead(reply.status, { ...(type && { 'content-type': type }), ...reply.headers });
  res.end(text);
}

async function read(req: http.IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
