/** Sends the traffic of one host to a server that somebody brings along. */
import type { CallLog } from './kit/calls';
import type { Faults } from './kit/faults';
import type { Reply, Req } from './kit/message';
import { Routes } from './kit/routes';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Belong to one connection, or would no longer be true of the answer. */
const DROPPED = new Set([
  'host',
  'connection',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'x-sandbox-invocation',
]);

export function forwarder(
  host: string,
  target: string,
  wiring: { calls: CallLog; faults: Faults },
): Routes {
  const routes = new Routes(host, wiring);
  for (const method of METHODS) routes.on(method, '/*rest', (req) => forward(req, target));
  return routes;
}

async function forward(req: Req, target: string): Promise<Reply> {
  const query = req.query.size > 0 ? `?${req.query}` : '';
  const answer = await fetch(`${target.replace(/\/$/, '')}${req.rawPath}${query}`, {
    method: req.method,
    headers: kept(Object.entries(req.headers)),
    redirect: 'manual',
    ...(req.body !== '' && { body: req.body }),
  });
  return {
    status: answer.status,
    headers: kept([...answer.headers]),
    text: await answer.text(),
  };
}

const kept = (headers: [string, string][]) =>
  Object.fromEntries(headers.filter(([name]) => !DROPPED.has(name.toLowerCase())));
