/**
 * The kill switch as a record: while it is on, the person gets nothing new, or nobody gets anything
 * new of the app. Read where the intake and the gate read their other records anyway.
 *
 * A person is stopped by Jira account and by each directory person that the account is known to be: a
 * second account is no way round. They neither receive access nor ask for it in somebody's name.
 */
import * as z from 'zod/mini';
import { personKey } from '../catalog/model/catalog';
import type { Row } from '../forge/ports';
import type { RecordType } from '../shared/record';

export const stopSchema = z.strictObject({
  v: z.literal(1),
  kind: z.enum(['person', 'app']),
  /** Account id, `connection:person` or app id. */
  about: z.string(),
  state: z.enum(['on', 'lifted']),
  by: z.string(),
  at: z.string(),
  reason: z.string(),
  /** The run that ended what was live. */
  run: z.string(),
  /** By which right it was set; what an operator stopped, no owner lets go on. */
  right: z.optional(z.string()),
  /** Of an account: the directory persons it was found to be, stopped with it and lifted with it. */
  persons: z.optional(z.array(z.string())),
  lifted: z.optional(z.strictObject({ by: z.string(), at: z.string(), reason: z.string() })),
});
export type Stop = z.infer<typeof stopSchema>;

export const stopKey = (kind: Stop['kind'], about: string) => `stop:${kind}:${about}`;

export const stops: RecordType<Stop> = {
  entity: 'config',
  schema: stopSchema,
  key: (stop) => stopKey(stop.kind, stop.about),
  attributes: (stop) => ({
    kind: 'stop',
    status: stop.state,
    sortName: stopKey(stop.kind, stop.about),
  }),
};

export interface Whom {
  readonly appId: string;
  /** Account of who shall receive the access. */
  readonly beneficiary: string;
  readonly connectionId: string;
  readonly personId: string;
  /** Accounts of whoever asks for it. */
  readonly askedBy?: readonly string[];
}

/** A request has few parties; more than these were never asked by one person. */
const MOST_ASKING = 10;

export const stopKeysOf = (whom: Whom): string[] => [
  stopKey('app', whom.appId),
  stopKey('person', personKey(whom.connectionId, whom.personId)),
  ...[...new Set([whom.beneficiary, ...(whom.askedBy ?? [])])]
    .slice(0, MOST_ASKING)
    .map((accountId) => stopKey('person', accountId)),
];

/** One that cannot be read stops: nobody can say that it was lifted. */
export const isStopped = (rows: readonly (Row | undefined)[]): boolean =>
  rows.some((row) => row !== undefined && stopSchema.safeParse(row.body).data?.state !== 'lifted');
