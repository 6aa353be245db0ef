/** What the request features are handed; made in `app.ts`, one set per invocation. */
import type { Connection } from '../catalog/model/catalog';
import type { SiteSettings } from '../catalog/model/settings';
import type { Directory } from '../directories/directory';
import type { Installation, Log, Privacy, Queues, Row, Store } from '../forge/ports';
import type { Jira } from '../jira/port';
import type { Instant } from '../shared/instant';
import type { Failure, Result } from '../shared/result';

export interface Deps {
  readonly store: Store;
  readonly jira: Jira;
  readonly queues: Queues;
  readonly log: Log;
  readonly privacy: Privacy;
  readonly now: () => Instant;
  readonly installation: Installation;
  /** Read once per invocation, and only if somebody asks: an idle sweep needs none. */
  readonly settings: () => Promise<SiteSettings>;
  /** Takes the settings from a row that was read together with others. */
  readonly knowSettings: (row: Row | undefined) => SiteSettings;
  /** Takes what is known of a connection's rate limits from a row that was read together with others. */
  readonly knowSpent: (connectionId: string, row: Row | undefined) => void;
  /** How this invocation came about, for evidence: `event`, `sweep`, `resolver`, `delayed`. */
  readonly channel: string;
  readonly directory: (connection: Connection) => Promise<Result<Directory, Failure>>;
}

export const circumstances = (deps: Pick<Deps, 'now' | 'installation' | 'channel'>) => ({
  at: deps.now(),
  cloudId: deps.installation.cloudId,
  channel: deps.channel,
  appVersion: deps.installation.appVersion,
});
