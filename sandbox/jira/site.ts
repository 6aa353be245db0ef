/**
 * A Jira Service Management site: projects, requests, approvals, comments and events, behind the
 * real paths. Several sites can exist at once; nothing is shared between them.
 */
import type { CallLog } from '../kit/calls';
import type { SandboxClock } from '../kit/clock';
import type { Faults } from '../kit/faults';
import type { Part } from '../kit/part';
import type { Random } from '../kit/random';
import { Routes } from '../kit/routes';
import type { Profile } from '../profile';
import type { World } from '../world/world';
import type { ApprovalStep, Configuration } from './configuration';
import type { SiteContext, SiteEvent } from './context';
import { lookUp, projectOf } from './context';
import { Door } from './door';
import { openIncidents } from './incidents';
import { approvalRoutes } from './jsm/approvals';
import { deskRoutes } from './jsm/desks';
import { requestRoutes } from './jsm/requests';
import { Limits } from './limits';
import { agentPages } from './pages/agent';
import { Pages } from './pages/pages';
import { portalPages } from './pages/portal';
import { requestPages } from './pages/request-view';
import { signInPages } from './pages/sign-in';
import { propertyKeyOf, schedulePanelProperty } from './panel-property';
import { digest, People, uuidOf } from './people';
import { configure } from './projects';
import { commentRoutes } from './rest/comments';
import { groupRoutes } from './rest/groups';
import { issueRoutes } from './rest/issues';
import { linkRoutes } from './rest/links';
import { notifyRoutes } from './rest/notify';
import { projectRoutes } from './rest/projects';
import { propertyRoutes } from './rest/properties';
import { searchRoutes } from './rest/search';
import { siteInfoRoutes } from './rest/site-info';
import { transitionRoutes } from './rest/transitions';
import { userRoutes } from './rest/users';
import type { Mail, SearchableProperty, SiteState } from './state';
import { freshState } from './state';

export type { SiteEvent } from './context';
export { SESSION_COOKIE, tokenOf } from './door';
export type { Principal } from './people';

export interface SiteOptions {
  readonly name: string;
  readonly cloudId: string;
  readonly baseUrl: string;
  readonly world: World;
  readonly clock: SandboxClock;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly random: Random;
  readonly profile: Profile;
  /** Replaces parts of the approval step of project `IT`. */
  readonly approvalStep?: Partial<ApprovalStep>;
}

export type SiteListener = (event: SiteEvent, by: { readonly appId?: string }) => void;

export class JiraSite implements Part {
  readonly name: string;
  readonly cloudId: string;
  readonly baseUrl: string;
  /** REST and pages. The principal is `trusted`, else basic auth, else the session cookie. */
  readonly routes: Routes;
  readonly #site: SiteContext;
  readonly #limits: Limits;
  readonly #listeners: SiteListener[] = [];
  #state: SiteState = freshState();

  constructor(options: SiteOptions) {
    this.name = `jira:${options.name}`;
    this.cloudId = options.cloudId;
    this.baseUrl = options.baseUrl;
    this.routes = new Routes('jira', options);
    this.routes.latencyMs = () => options.profile.jiraLatencyMs;
    this.#limits = new Limits(() => options.clock.now());
    this.#site = this.#context(options);
    openIncidents(this.#site, adminOf(options.world));
    const door = new Door(this.#site, this.routes, this.#limits);
    for (const routes of [
      siteInfoRoutes,
      projectRoutes,
      issueRoutes,
      transitionRoutes,
      commentRoutes,
      propertyRoutes,
      searchRoutes,
      userRoutes,
      groupRoutes,
      linkRoutes,
      notifyRoutes,
      deskRoutes,
      requestRoutes,
      approvalRoutes,
    ]) {
      routes(door);
    }
    const pages = new Pages(door);
    for (const add of [signInPages, portalPages, requestPages, agentPages]) add(pages);
  }

  /** What an administrator can see in the site's settings. */
  get configuration(): Configuration {
    return this.#site.configuration;
  }

  onEvent(listener: SiteListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Gives the app its system user. `searchable` is what its `jira:entityProperty` modules declare;
   * without it nothing of its properties can be searched.
   */
  installApp(app: {
    readonly appId: string;
    readonly name: string;
    readonly searchable?: readonly SearchableProperty[];
  }): { accountId: string } {
    const accountId = `557058:${uuidOf(`${this.cloudId}/${app.appId}`)}`;
    this.#state.apps = this.#state.apps.filter((known) => known.appId !== app.appId);
    this.#state.apps.push({
      appId: app.appId,
      name: app.name,
      accountId,
      searchable: [...(app.searchable ?? [])],
    });
    return { accountId };
  }

  /** Its user stays behind, inactive, as the author of what it wrote. */
  removeApp(appId: string): void {
    for (const app of this.#state.apps) if (app.appId === appId) app.removed = true;
  }

  /** An administrator took the account away, or gave it back; Jira sends no event for it. */
  setActive(accountId: string, active: boolean): void {
    if (!this.#site.people.find(accountId)) throw new Error(`There is no account ${accountId}.`);
    const others = this.#state.inactive.filter((known) => known !== accountId);
    this.#state.inactive = active ? others : [...others, accountId];
  }

  /** What `POST /issue/{issue}/notify` was asked to send, oldest first. */
  mails(): readonly Mail[] {
    return structuredClone(this.#state.mails);
  }

  licensed(accountId: string): boolean {
    return this.#site.people.find(accountId)?.licensed ?? false;
  }

  accountType(accountId: string): 'atlassian' | 'customer' | 'app' | undefined {
    return this.#site.people.find(accountId)?.accountType;
  }

  /**
   * `extension` of a module shown on an issue or request, without `type` and `location`.
   * https://developer.atlassian.com/platform/forge/manifest-reference/modules/jira-issue-context/
   */
  moduleContext(issueIdOrKey: string): Record<string, unknown> {
    const issue = lookUp(this.#site, issueIdOrKey);
    if (!issue) throw new Error(`There is no issue ${issueIdOrKey}.`);
    const project = projectOf(this.#site, issue);
    const type = project.issueTypes.find((candidate) => candidate.id === issue.issueTypeId);
    const appKey = (appId: string) => issue.properties[propertyKeyOf(appId)];
    const property = this.#state.apps.map((app) => appKey(app.appId)).find((v) => v !== undefined);
    return {
      issue: { id: issue.id, key: issue.key, type: type?.name, typeId: issue.issueTypeId },
      project: { id: project.id, key: project.key, type: project.typeKey },
      ...(project.typeKey === 'service_desk' && { portal: { id: Number(project.serviceDeskId) } }),
      request: {
        key: issue.key,
        ...(issue.requestTypeId !== undefined && { typeId: Number(issue.requestTypeId) }),
        ...(property !== undefined && { property }),
      },
    };
  }

  snapshot(): unknown {
    return structuredClone(this.#state);
  }

  restore(state: unknown): void {
    this.#state = { ...freshState(), ...(structuredClone(state) as SiteState) };
    this.#limits.clear();
    for (const property of this.#state.onTheirWay) schedulePanelProperty(this.#site, property);
  }

  #context(options: SiteOptions): SiteContext {
    const state = () => this.#state;
    const people = new People(options.world, state);
    const manager = options.world.people.find((person) => person.key === 'manager');
    const configuration = configure({
      base: 10_000 + (Number.parseInt(digest(options.cloudId).slice(0, 4), 16) % 700),
      stockApprovers: manager?.jira ? [manager.jira.accountId] : [],
      approvalStep: options.approvalStep,
    });
    const { name, cloudId, baseUrl, clock, random, profile } = options;
    return {
      name,
      cloudId,
      baseUrl,
      clock,
      random,
      profile,
      configuration,
      people,
      get state() {
        return state();
      },
      emit: (event, by) => {
        const from = by.appId === undefined ? {} : { appId: by.appId };
        for (const listener of this.#listeners) listener(event, from);
      },
    };
  }
}

const adminOf = (world: World): string =>
  world.people.find((person) => person.key === 'admin')?.jira?.accountId ?? 'unknown';
