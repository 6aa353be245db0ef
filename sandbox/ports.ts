/** The ports of one sandbox, and what listens on them. */
import type { ServerAddress } from './forge/worker';
import { forwarder } from './forward';
import type { CallLog } from './kit/calls';
import type { Faults } from './kit/faults';
import type { Routes } from './kit/routes';
import { type Listening, serve, type Tls } from './kit/serve';

export interface Addresses {
  readonly jira: string;
  readonly secondJira: string;
  readonly okta: string;
  readonly entra: string;
  readonly google: string;
  readonly control: string;
}

/** Offsets from the base port; +1 is for the app's pages, +5 for Slack. */
export const OFFSETS = {
  jira: 0,
  okta: 2,
  entra: 3,
  google: 4,
  secondJira: 6,
  control: 9,
} as const;

export class Ports {
  readonly #base: number;
  readonly #tls: Tls;
  readonly #listening: Listening[] = [];

  /** With base 0 every server takes a free port. */
  constructor(base: number, tls: Tls) {
    this.#base = base;
    this.#tls = tls;
  }

  /** A function stands for a table that is made after its address is known. */
  async http(table: () => Routes, offset: number): Promise<number> {
    return this.#keep(await serve(() => table(), this.#port(offset)));
  }

  async https(table: Routes, offset: number): Promise<number> {
    return this.#keep(await serve(table, this.#port(offset), this.#tls));
  }

  /** Where a host's traffic goes that is not played here: a server brought along, or `live`. */
  async forward(
    host: string,
    target: string,
    wiring: { calls: CallLog; faults: Faults },
  ): Promise<ServerAddress> {
    if (target === 'live') return { host, port: null };
    const table = forwarder(host, target, wiring);
    return { host, port: this.#keep(await serve(table, 0, this.#tls)) };
  }

  async close(): Promise<void> {
    await Promise.all(this.#listening.map((server) => server.close()));
  }

  #port(offset: number): number {
    return this.#base === 0 ? 0 : this.#base + offset;
  }

  #keep(server: Listening): number {
    this.#listening.push(server);
    return server.port;
  }
}
