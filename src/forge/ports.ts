/** The platform as the features see it. Adapters in this folder; fakes under `test/fakes`. */
import type { Instant } from '../shared/instant';
import type { Failure, Result } from '../shared/result';

/** Where every stored thing lives; the entity schema itself is in `manifest.yml`. */
export type EntityName =
  | 'timer'
  | 'grant'
  | 'hold'
  | 'request'
  | 'task'
  | 'config'
  | 'group'
  | 'link'
  | 'evidence'
  | 'chain'
  | 'outbox'
  | 'cover'
  | 'finding'
  | 'edge';

/** Flat attributes that indexes use, `rev` for compare-and-set, and the record itself in `body`. */
export interface Row {
  readonly rev: number;
  readonly body: unknown;
  readonly [attribute: string]: unknown;
}

export interface Keyed {
  readonly key: string;
  readonly row: Row;
}

/** `ifRev`: the revision that must still stand; 0 means the record must not exist yet. */
export type Write =
  | {
      readonly op: 'put';
      readonly entity: EntityName;
      readonly key: string;
      readonly row: Row;
      readonly ifRev: number | 'any';
    }
  | {
      readonly op: 'remove';
      readonly entity: EntityName;
      readonly key: string;
      readonly ifRev: number | 'any';
    }
  | {
      readonly op: 'check';
      readonly entity: EntityName;
      readonly key: string;
      readonly ifRev: number;
    };

export interface Query {
  readonly entity: EntityName;
  readonly index: string;
  readonly partition: readonly (string | number | boolean)[];
  /** On the index's one range attribute, both ends included. */
  readonly range?: { readonly from?: number | string; readonly to?: number | string };
  readonly sort?: 'ascending' | 'descending';
  /** At most 100, Forge's limit for one page. */
  readonly limit: number;
  /** Never stored: Forge may change what a cursor means at any time. */
  readonly cursor?: string;
}

export interface Store {
  /** Strictly consistent: decides. */
  get(entity: EntityName, key: string): Promise<Row | undefined>;
  /** Strictly consistent, one request for up to 25 keys, answers in the order asked. */
  getMany(keys: readonly { entity: EntityName; key: string }[]): Promise<(Row | undefined)[]>;
  /** Eventually consistent: finds candidates and never decides. */
  query(query: Query): Promise<{ rows: Keyed[]; cursor?: string }>;
  /** All or nothing, at most 25 writes; `conflict` when a revision no longer stands. */
  transact(writes: readonly Write[]): Promise<'done' | 'conflict'>;
  readPlain(key: string): Promise<unknown>;
  writePlain(key: string, value: unknown): Promise<void>;
  removePlain(key: string): Promise<void>;
}

export interface Secrets {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
}

export type QueueName = 'intake' | 'grant' | 'revoke' | 'deliver' | 'job';
export interface QueueMessage {
  readonly body: Readonly<Record<string, unknown>>;
  /** 0 to 900 seconds, Forge's limit. */
  readonly delay?: number;
}
export interface Queues {
  /** Answers the messages that were not taken; the outbox and the sweep bring them back. */
  push(queue: QueueName, messages: readonly QueueMessage[]): Promise<readonly QueueMessage[]>;
}

export interface Clock {
  now(): Instant;
}
export interface Log {
  info(event: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(event: string, facts?: Readonly<Record<string, unknown>>): void;
  /** `cause` goes to the platform's log only. */
  error(event: string, cause: unknown, facts?: Readonly<Record<string, unknown>>): void;
}

/**
 * The one outward door. Throws `HostRefused` for every host but the connection's own and `NoTimeLeft`
 * when the function is about to end (nothing was sent), `AnswerTooLarge`, `TimeoutError`, or whatever a broken connection throws; a redirect is not
 * followed but handed back.
 */
export type Http = (
  url: string,
  init: {
    readonly method: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  },
) => Promise<Response>;

/**
 * Access tokens of directory connections, kept across invocations. Never throws: a cache that cannot
 * be read is empty, and one that cannot be written costs a token request.
 */
export interface TokenCache {
  get(key: string): Promise<CachedToken | undefined>;
  set(key: string, token: CachedToken): Promise<void>;
}
export interface CachedToken {
  readonly token: string;
  readonly expiresAt: Instant;
  /** Private key (PEM) of a token that works only with proofs of possession. */
  readonly proofKey?: string;
  /** Of the credential that obtained it. */
  readonly fingerprint: string;
}

/** Atlassian's register of who wants to be forgotten. */
export interface Privacy {
  /** At most 90 accounts. Answers those that were closed, or changed since the app last looked at them. */
  report(
    accounts: readonly { readonly accountId: string; readonly updatedAt: string }[],
  ): Promise<
    Result<
      readonly { readonly accountId: string; readonly status: 'closed' | 'updated' }[],
      Failure
    >
  >;
}

/** Who and where this invocation is; comes from the platform, never from a payload. */
export interface Installation {
  /** The site's cloud id. */
  readonly cloudId: string;
  readonly installationId: string;
  /** The UUID part of `app.id`: also the key of the portal's request property. */
  readonly appUuid: string;
  /** `undefined`: not a paid production installation, which counts as licensed. */
  readonly licensed: boolean | undefined;
  /** False when Forge's own release still lacks a permission of the manifest. */
  readonly appVersion: string;
}
