/** The stage of one story: the sites, the directories, the clock, and the steps most stories share. */
import { z } from 'zod';
import { Control, type Person, type SeenCall, type Traffic } from './control';
import { DirectoryAdmin } from './directories';
import { demand, StoryStopped } from './http';
import { Jira } from './jira';
import { Tale } from './tale';
import { Ticket } from './ticket';

/** Where a sandbox listens. */
export interface Addresses {
  readonly jira: string;
  readonly secondJira: string;
  readonly okta: string;
  readonly entra: string;
  readonly google: string;
  readonly control: string;
}

/** What a person writes into the request form; empty fields stay empty. */
export interface Wish {
  readonly app?: string;
  readonly role?: string;
  readonly duration?: string;
  readonly reason?: string;
  readonly summary?: string;
  /** Key of the person who shall have it, when it is somebody else. */
  readonly beneficiary?: string;
}

/** What the create panel hands over. */
export type PanelWish = Readonly<Record<string, unknown>>;

export interface Filing {
  readonly project?: string;
  readonly site?: Jira;
  /** Handed over beside the form, under the app's own property. */
  readonly panel?: PanelWish;
  readonly appId?: string;
}

const answerSchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({
    ok: z.literal(false),
    problem: z.object({
      check: z.string(),
      sentence: z.string(),
      nextStep: z.string(),
      inputs: z.array(z.object({ path: z.string(), problem: z.string() })).optional(),
    }),
  }),
]);
export type AppAnswer = z.infer<typeof answerSchema>;

const grantSchema = z.looseObject({
  state: z.string(),
  startedAt: z.string().optional(),
  endsAt: z.string().nullable(),
});
const readSchema = z.object({
  request: z.looseObject({ state: z.string(), round: z.number() }),
  grant: grantSchema.nullable(),
  evidence: z.array(z.looseObject({ event: z.string() })),
  chain: z.unknown(),
});
export type LedgerView = z.infer<typeof readSchema>;

export interface AppAccess {
  readonly site?: string;
  readonly appId?: string;
}

export class Play {
  readonly tale: Tale;
  readonly control: Control;
  readonly jira: Jira;
  readonly secondJira: Jira;
  readonly okta: DirectoryAdmin;
  readonly entra: DirectoryAdmin;
  readonly google: DirectoryAdmin;
  #known: Person[] | undefined;
  readonly addresses: Addresses;

  constructor(addresses: Addresses, tale: Tale = new Tale()) {
    this.addresses = addresses;
    this.tale = tale;
    this.control = new Control(addresses.control, tale);
    const people = () => this.people();
    this.jira = new Jira(addresses.jira, people);
    this.secondJira = new Jira(addresses.secondJira, people);
    this.okta = new DirectoryAdmin('okta', addresses.okta, this.control);
    this.entra = new DirectoryAdmin('entra', addresses.entra, this.control);
    this.google = new DirectoryAdmin('google', addresses.google, this.control);
  }

  async people(): Promise<Person[]> {
    this.#known ??= await this.control.people();
    return this.#known;
  }

  person(key: string): Promise<Person> {
    return this.jira.person(key);
  }

  /** Sends the request form and lets the app read it. */
  async file(who: string, wish: Wish, filing: Filing = {}): Promise<Ticket> {
    const ticket = await this.fileOnly(who, wish, filing);
    await this.control.settle();
    await ticket.tell();
    return ticket;
  }

  /** Sends the request form; nothing has reached the app yet. */
  async fileOnly(who: string, wish: Wish, filing: Filing = {}): Promise<Ticket> {
    const site = filing.site ?? this.jira;
    const project = filing.project ?? 'IT';
    const desk = await site.desk(who, project);
    const asked = filing.panel ?? wish;
    this.tale.step(who, `files a request in ${project}: ${JSON.stringify(asked).slice(0, 200)}`);
    const fields = await fieldsOf(site, desk.fields, wish);
    const portal = `/servicedesk/customer/portal/${desk.deskId}/create/${desk.typeId}`;
    const sent = filing.panel
      ? await site.as(who, 'POST', portal, {
          json: {
            fields,
            panel: {
              ...(filing.appId !== undefined && { appId: filing.appId }),
              fields: Object.entries(filing.panel).map(([key, value]) => ({ key, value })),
            },
          },
        })
      : await site.as(who, 'POST', '/rest/servicedeskapi/request', {
          json: {
            serviceDeskId: desk.deskId,
            requestTypeId: desk.typeId,
            requestFieldValues: fields,
          },
        });
    demand(sent, 201, 'the request form');
    const made = z.looseObject({ issueId: z.string(), issueKey: z.string() }).parse(sent.body);
    this.tale.cameBack(`${sent.status} ${made.issueKey}`);
    const ticket = new Ticket({ id: made.issueId, key: made.issueKey }, site, this.tale);

    return ticket;
  }

  async settle(ticket?: Ticket): Promise<void> {
    await this.control.settle();
    await ticket?.tell();
  }

  /** Moves the clock and lets what fell due finish. */
  async pass(by: string, ticket?: Ticket): Promise<void> {
    await this.control.advance(by);
    this.tale.step('clock', `moves on by ${by}`);
    await ticket?.tell();
  }

  /** A function of the admin page, called as a person. */
  async admin(fn: string, payload: unknown, as = 'admin', where: AppAccess = {}) {
    return this.app({ as, module: 'admin', function: fn, payload, ...where });
  }

  async app(call: Parameters<Control['invoke']>[0]): Promise<AppAnswer> {
    const called = await this.control.invoke(call);
    if (!called.ok)
      return {
        ok: false,
        problem: { check: 'platform', sentence: called.error.message, nextStep: '' },
      };
    return answerSchema.parse(called.result);
  }

  async demandAdmin(fn: string, payload: unknown, where: AppAccess = {}): Promise<unknown> {
    const said = await this.admin(fn, payload, 'admin', where);
    if (said.ok) return said.value;
    throw new StoryStopped(`${fn} was refused: ${JSON.stringify(said.problem)}`);
  }

  /** What the ledger holds of a request, as an administrator reads it. */
  async ledger(ticket: Ticket, where: AppAccess = {}): Promise<LedgerView | undefined> {
    const said = await this.admin('requests.read', { issueId: ticket.id }, 'admin', where);
    return said.ok ? readSchema.parse(said.value) : undefined;
  }

  /** A mark in the traffic; see `since`. */
  async mark(): Promise<number> {
    const { calls } = await this.control.traffic();
    return calls.at(-1)?.seq ?? 0;
  }

  since(mark: number): Promise<Traffic> {
    return this.control.traffic(mark);
  }

  /** Calls of the app's functions that changed who is in a group. */
  async changes(mark = 0): Promise<SeenCall[]> {
    const { calls } = await this.since(mark);
    return calls.filter((call) => call.invocation !== undefined && isMembershipChange(call));
  }
}

const isMembershipChange = ({ server, method, path }: SeenCall): boolean =>
  ['okta', 'entra', 'google'].includes(server) &&
  ['PUT', 'POST', 'DELETE'].includes(method) &&
  /\/(users|members)(\/|$)/.test(path) &&
  path.includes('/groups/');

async function fieldsOf(
  site: Jira,
  ids: Readonly<Record<string, string>>,
  wish: Wish,
): Promise<Record<string, unknown>> {
  const named: Record<string, unknown> = {
    App: wish.app,
    Role: wish.role,
    Duration: wish.duration,
    Beneficiary: wish.beneficiary && { accountId: await site.accountId(wish.beneficiary) },
  };
  const own = Object.entries(named).flatMap(([name, value]): [string, unknown][] => {
    const id = ids[name];
    return value === undefined || id === undefined ? [] : [[id, value]];
  });
  return {
    summary: wish.summary ?? 'Access please',
    ...(wish.reason !== undefined && { description: wish.reason }),
    ...Object.fromEntries(own),
  };
}
