/** The control API as stories use it: time, faults, crashes, installations, and what happened. */
import { z } from 'zod';
import { demand, type Sent, send } from './http';
import type { Tale } from './tale';

const callSchema = z.object({
  seq: z.number(),
  at: z.string(),
  server: z.string(),
  host: z.string(),
  method: z.string(),
  path: z.string(),
  route: z.string().optional(),
  invocation: z.string().optional(),
  fn: z.string().optional(),
  fault: z.string().optional(),
  status: z.number().optional(),
  requestBody: z.string().default(''),
  responseBody: z.string().default(''),
});
export type SeenCall = z.infer<typeof callSchema>;

const trafficSchema = z.object({
  calls: z.array(callSchema),
  invocations: z.array(
    z.object({
      id: z.string(),
      fn: z.string(),
      site: z.string(),
      at: z.string(),
      outcome: z.string(),
      error: z.string().optional(),
      answer: z.string().optional(),
    }),
  ),
  logs: z.array(z.object({ at: z.string(), fn: z.string(), level: z.number(), text: z.string() })),
});
export type Traffic = z.infer<typeof trafficSchema>;

const stateSchema = z.object({
  now: z.string(),
  unmodelled: z.array(z.string()),
  routes: z.array(z.object({ server: z.string(), route: z.string(), hits: z.number() })),
  workerStarts: z.number(),
});

const personSchema = z.object({
  key: z.string(),
  name: z.string(),
  accountId: z.string().optional(),
  email: z.string(),
  password: z.string(),
  directories: z.array(
    z.object({ directory: z.string(), id: z.string(), login: z.string(), active: z.boolean() }),
  ),
});
export type Person = z.infer<typeof personSchema>;

const membershipSchema = z.object({
  group: z.string(),
  groupId: z.string(),
  person: z.string(),
  personId: z.string(),
});
export type Membership = z.infer<typeof membershipSchema>;

const invokedSchema = z.union([
  z.object({ ok: z.literal(true), result: z.unknown() }).loose(),
  z.object({ ok: z.literal(false), error: z.object({ message: z.string() }).loose() }).loose(),
]);
export type Invoked = z.infer<typeof invokedSchema>;

export type DirectoryName = 'okta' | 'entra' | 'google';

export interface ViewCall {
  readonly as: string;
  readonly module: string;
  readonly function: string;
  readonly payload?: unknown;
  readonly issue?: string;
  readonly site?: string;
  readonly appId?: string;
}

export class Control {
  readonly #url: string;
  readonly #tale: Tale;

  constructor(url: string, tale: Tale) {
    this.#url = `${url}/sandbox`;
    this.#tale = tale;
  }

  async state() {
    return stateSchema.parse((await this.#get('clock')).body);
  }

  /** Lets everything run that is under way, and nothing that waits for a later hour. */
  async settle(): Promise<void> {
    this.#moved(await this.post('settle', {}));
  }

  /** Moves the clock, and lets what fell due finish. */
  async advance(by: string): Promise<void> {
    this.#moved(await this.post('clock', { advance: by }));
    await this.settle();
  }

  /** Moves the clock by exactly so much; what is on its way at the end stays there. */
  async advanceOnly(by: string): Promise<void> {
    this.#moved(await this.post('clock', { advance: by }));
  }

  async reset(): Promise<void> {
    this.#moved(await this.post('reset', {}));
  }

  async invoke(call: ViewCall): Promise<Invoked> {
    return invokedSchema.parse((await this.post('invoke', call)).body);
  }

  async people(): Promise<Person[]> {
    return z.object({ people: z.array(personSchema) }).parse((await this.#get('people')).body)
      .people;
  }

  async memberships(directory: DirectoryName): Promise<Membership[]> {
    const { body } = await this.#get(`memberships?directory=${directory}`);
    return z.object({ memberships: z.array(membershipSchema) }).parse(body).memberships;
  }

  async consoles(): Promise<Record<DirectoryName, Record<string, unknown>>> {
    const facts = z.record(z.string(), z.unknown());
    return z
      .object({ okta: facts, entra: facts, google: facts })
      .parse((await this.#get('consoles')).body);
  }

  async traffic(since = 0): Promise<Traffic> {
    return trafficSchema.parse((await this.#get(`calls?since=${since}`)).body);
  }

  async ledger(site = 'main', appId?: string): Promise<string> {
    const app = appId === undefined ? '' : `&appId=${appId}`;
    return (await this.#get(`ledger?site=${site}${app}`)).text;
  }

  async post(name: string, body: unknown): Promise<Sent> {
    const sent = await send('POST', `${this.#url}/${name}`, { json: body });
    return demand(sent, 200, `the sandbox's "${name}"`);
  }

  async #get(name: string): Promise<Sent> {
    return demand(await send('GET', `${this.#url}/${name}`), 200, `the sandbox's "${name}"`);
  }

  #moved(sent: Sent): void {
    this.#tale.now = z.object({ now: z.string() }).parse(sent.body).now;
  }
}
