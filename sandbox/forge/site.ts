/** What the Forge host asks of a Jira site. */
import type { Part } from '../kit/part';
import type { Routes } from '../kit/routes';

/** On whose behalf a call that came out of a function acts; the host vouches for it. */
export type Principal =
  | { kind: 'app'; appId: string; accountId: string }
  | { kind: 'user'; accountId: string; viaApp?: string }
  | { kind: 'anonymous' };

/** A product event's payload without what differs per app. */
export interface SiteEvent {
  eventType: string;
  [field: string]: unknown;
}

/** A part of an issue property that the app's manifest opens to searches. */
export interface SearchableProperty {
  readonly propertyKey: string;
  readonly path: string;
  readonly type: 'number' | 'string' | 'text' | 'user' | 'date';
  readonly alias?: string;
}

export interface Site extends Part {
  readonly cloudId: string;
  readonly baseUrl: string;
  readonly routes: Routes;
  onEvent(listener: (event: SiteEvent, by: { appId?: string }) => void): void;
  /** Gives the app an account of its own on the site. */
  installApp(app: { appId: string; name: string; searchable: readonly SearchableProperty[] }): {
    accountId: string;
  };
  removeApp(appId: string): void;
  licensed(accountId: string): boolean;
  accountType(accountId: string): 'atlassian' | 'customer' | 'app' | undefined;
  /** The `extension` part of a module's context, for modules shown on an issue or a request. */
  moduleContext(issueIdOrKey: string, accountId: string): Record<string, unknown>;
}
