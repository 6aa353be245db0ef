/** What the admin page asks about connections to directories. */
import * as z from 'zod/mini';
import '../shared/english';
import { accountAttribute, connectionId } from './ids';

export const connectionInput = z.strictObject({
  id: connectionId,
  kind: z.enum(['okta', 'entra', 'google']),
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)),
  tenant: z.string().check(z.trim(), z.minLength(1), z.maxLength(253)),
  status: z.optional(z.enum(['live', 'off'])),
  /** Absent: the stored one stays. Checked in full by the server. */
  credential: z.optional(z.record(z.string(), z.unknown())),
  /** Date on which the directory stops taking it, where people know it. */
  credentialEndsAt: z.optional(z.iso.datetime()),
  /** Entra: a second registration for what reaches beyond memberships; `null` removes it. */
  lifecycle: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
  accountAttribute: z.optional(z.nullable(accountAttribute)),
  nativeExpiry: z.optional(z.boolean()),
  /** Entra: whoever switches its own expiry on has read that it cannot be undone. */
  acceptIrreversible: z.optional(z.literal(true)),
  /** What the self-test may change: a group that gives nothing, and who is put in and taken out. */
  test: z.optional(
    z.nullable(
      z.strictObject({
        group: z.string().check(z.minLength(1), z.maxLength(100)),
        person: z.string().check(z.minLength(1), z.maxLength(100)),
      }),
    ),
  ),
});

export const connectionRef = z.strictObject({ id: connectionId });

export const keyInput = z.strictObject({ id: connectionId, kind: z.enum(['okta', 'entra']) });

/** Asked before a connection is saved, so nothing of it is read from the ledger. */
export const egressInput = z.strictObject({
  id: connectionId,
  kind: z.enum(['okta', 'entra', 'google']),
  tenant: z.string().check(z.trim(), z.minLength(1), z.maxLength(253)),
});
