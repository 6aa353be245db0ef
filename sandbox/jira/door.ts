/** The way into the site: who calls, how often they may, and in which shape errors go out. */
import type { z } from 'zod';
import type { Reply, Req } from '../kit/message';
import type { Routes } from '../kit/routes';
import { BadJson } from '../kit/routes';
import type { SiteContext } from './context';
import { lookUp } from './context';
import { noIssue, platformError, SiteError, serviceDeskError, unauthenticated } from './errors';
import type { Limits } from './limits';
import type { Actor, Principal } from './people';
import type { Caller } from './permissions';
import { actorOf, callerOf, demandBrowse, demandSeesRequest } from './permissions';
import type { IssueState } from './state';

export const SESSION_COOKIE = 'sandbox.session';

export interface SiteCall {
  readonly site: SiteContext;
  readonly req: Req;
  readonly caller: Caller;
  /** Throws 401 for anonymous. */
  actor(): Actor;
  param(name: string): string;
  body<T>(schema: z.ZodType<T>): T;
  /** The issue named in the path, if the caller may browse it. */
  issue(): IssueState;
  /** The same for the portal's API, where customers see their own. */
  request(): IssueState;
  /** The issue named in the path, whoever asks; the handler must look at who that is. */
  anyIssue(): IssueState;
  /** Counts one write on the issue. */
  write(issue: IssueState): void;
  /** Counts objects that the answer returns, which an app pays for. */
  cost(points: number): void;
}

export type SiteHandler = (call: SiteCall) => Reply | Promise<Reply>;

interface DoorOptions {
  /** Anonymous callers may come in. */
  readonly open?: boolean;
}

export class Door {
  readonly #site: SiteContext;
  readonly #routes: Routes;
  readonly #limits: Limits;

  constructor(site: SiteContext, routes: Routes, limits: Limits) {
    this.#site = site;
    this.#routes = routes;
    this.#limits = limits;
  }

  /** Jira's own API. */
  platform(method: string, pattern: string, handle: SiteHandler, options: DoorOptions = {}): void {
    this.#on(method, pattern, handle, options, platformError);
  }

  /** Jira Service Management's API. */
  desk(method: string, pattern: string, handle: SiteHandler, options: DoorOptions = {}): void {
    this.#on(method, pattern, handle, options, serviceDeskError);
  }

  /** Pages; the session cookie says who looks. */
  page(
    method: string,
    pattern: string,
    handle: SiteHandler,
    failed: (error: SiteError, req: Req) => Reply,
  ): void {
    this.#routes.on(method, pattern, (req) =>
      this.#guarded(
        (error) => failed(error, req),
        () => handle(this.#call(req, this.#caller(req))),
      ),
    );
  }

  #on(
    method: string,
    pattern: string,
    handle: SiteHandler,
    { open = false }: DoorOptions,
    failed: (error: SiteError) => Reply,
  ): void {
    const endpoint = `${method} ${pattern}`;
    this.#routes.on(method, pattern, (req) =>
      this.#guarded(failed, async () => {
        const caller = this.#caller(req);
        if (!open && caller.principal.kind === 'anonymous') throw unauthenticated();
        this.#limits.request(endpoint);
        const metered = meteredCaller(caller);
        if (metered) this.#limits.demandPoints();
        const call = this.#call(req, caller);
        if (metered) this.#limits.spend(1);
        return await handle(call);
      }),
    );
  }

  async #guarded(
    failed: (error: SiteError) => Reply,
    work: () => Reply | Promise<Reply>,
  ): Promise<Reply> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof SiteError) return failed(cause);
      if (cause instanceof BadJson) {
        return failed(
          new SiteError(
            400,
            'There was an error parsing JSON. Check that your request body is valid.',
          ),
        );
      }
      throw cause;
    }
  }

  #caller(req: Req): Caller {
    return callerOf(this.#site, this.#principal(req));
  }

  #principal(req: Req): Principal {
    if (req.trusted !== undefined) return req.trusted as Principal;
    const authorization = req.headers['authorization'];
    if (authorization !== undefined) return this.#basic(authorization);
    const cookie = cookieOf(req, SESSION_COOKIE);
    if (cookie !== undefined && this.#site.people.find(cookie)?.active) {
      return { kind: 'user', accountId: cookie };
    }
    return { kind: 'anonymous' };
  }

  #basic(authorization: string): Principal {
    const encoded = /^Basic\s+(.+)$/i.exec(authorization)?.[1];
    if (encoded === undefined) throw unauthenticated();
    const text = Buffer.from(encoded, 'base64').toString('utf8');
    const split = text.indexOf(':');
    const account = this.#site.people.login(text.slice(0, split));
    if (!account?.key || text.slice(split + 1) !== tokenOf(account.key)) throw unauthenticated();
    return { kind: 'user', accountId: account.accountId };
  }

  #call(req: Req, caller: Caller): SiteCall {
    const site = this.#site;
    const find = () => {
      const issue = lookUp(site, this.#param(req, 'issue'));
      if (!issue || site.state.deletedProjects.includes(issue.projectKey)) throw noIssue();
      return issue;
    };
    return {
      site,
      req,
      caller,
      actor: () => actorOf(caller),
      param: (name) => this.#param(req, name),
      body: (schema) => {
        const parsed = schema.safeParse(req.json());
        if (parsed.success) return parsed.data;
        throw new SiteError(
          400,
          'Invalid request payload. Refer to the REST API documentation and try again.',
        );
      },
      issue: () => {
        demandBrowse(caller);
        return find();
      },
      request: () => {
        const issue = find();
        demandSeesRequest(site, caller, issue);
        return issue;
      },
      anyIssue: find,
      write: (issue) => this.#limits.write(issue.id),
      cost: (points) => {
        if (meteredCaller(caller)) this.#limits.spend(points);
      },
    };
  }

  #param(req: Req, name: string): string {
    const value = req.params[name];
    if (value === undefined) throw new Error(`The route has no parameter ${name}.`);
    return value;
  }
}

/** Calls with an API token are not counted in points, apps' calls are. */
const meteredCaller = ({ principal }: Caller): boolean =>
  principal.kind === 'app' || (principal.kind === 'user' && principal.viaApp !== undefined);

/** The API token of a person of the world. */
export const tokenOf = (personKey: string): string => `token-${personKey}`;

export function cookieOf(req: Req, name: string): string | undefined {
  for (const part of (req.headers['cookie'] ?? '').split(/;\s*/)) {
    const [key, value] = part.split('=', 2);
    if (key === name && value) return decodeURIComponent(value);
  }
  return undefined;
}
