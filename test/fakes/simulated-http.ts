/** The app's outward door, straight into the simulated servers: no sockets, no certificates. */
import { CUT } from '../../sandbox/kit/faults';
import type { Routes } from '../../sandbox/kit/routes';
import type { Http } from '../../src/forge/ports';

export interface SimulatedServer {
  readonly hosts: readonly string[];
  readonly routes: Routes;
}

export interface SentCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function simulatedHttp(
  servers: readonly SimulatedServer[],
  now: () => number,
): Http & { readonly sent: SentCall[] } {
  const sent: SentCall[] = [];
  const http: Http = async (url, { method, headers = {}, body }) => {
    const { host, protocol, pathname, search } = new URL(url);
    const server = servers.find(({ hosts }) => hosts.includes(host));
    if (!server || protocol !== 'https:') throw new Error(`Not a host of this connection: ${url}`);
    const lower = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    sent.push({ method, url, headers: lower });
    const reply = await server.routes.dispatch({
      method,
      target: `${pathname}${search}`,
      host,
      headers: lower,
      ...(body !== undefined && { body }),
    });
    if (reply.status === CUT)
      throw new TypeError('fetch failed', { cause: new Error('socket hang up') });
    const text = reply.text ?? (reply.json === undefined ? null : JSON.stringify(reply.json));
    return new Response(text, {
      status: reply.status,
      headers: {
        date: new Date(now()).toUTCString(),
        ...(text !== null && { 'content-type': reply.type ?? 'application/json; charset=utf-8' }),
        ...reply.headers,
      },
    });
  };
  return Object.assign(http, { sent });
}
