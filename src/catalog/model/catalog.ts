/** What can be asked for: apps, their roles and the directory connections that carry them out. */
import * as z from 'zod/mini';
import { overrideSchema, tierSchema } from '../../contracts/policy';
import { DAY, HOUR } from '../../shared/instant';

const accountId = z.string().check(z.minLength(1), z.maxLength(128));
const instant = z.string();
/** Plain text as people type it; control, zero-width and direction marks would let one name pose as another. */
export const label = (max: number) =>
  z
    .string()
    .check(
      z.trim(),
      z.minLength(1),
      z.maxLength(max),
      z.regex(/^[^\p{Cc}\p{Cf}]*$/u, 'contains invisible or control characters'),
    );

export const appSchema = z.strictObject({
  v: z.literal(1),
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,59}$/)),
  version: z.int().check(z.positive()),
  name: label(100),
  description: z.string().check(z.maxLength(2000)),
  category: z.string().check(z.maxLength(60)),
  /** Answers for the app's entitlements. */
  owner: accountId,
  /** `removed`: its making was taken back. Kept, so that the versions of a later one go on from it. */
  status: z.enum(['live', 'withdrawn', 'removed']),
  /** What every role of the app says differently from its risk tier. */
  rules: z.optional(overrideSchema),
});
export type App = z.infer<typeof appSchema>;

export const risk = tierSchema;

/** Who decides, in short: one stage with one source, or a rule. Longer ones are the role's `rules.stages`. */
export const approverRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('manager') }),
  z.strictObject({ kind: z.literal('owner') }),
  z.strictObject({ kind: z.literal('person'), accountId }),
  /** Allowed for routine roles only, signed off by a named owner. */
  z.strictObject({
    kind: z.literal('auto'),
    rule: label(100),
    signedOffBy: accountId,
    signedOffAt: instant,
  }),
]);
export type ApproverRule = z.infer<typeof approverRule>;

export const LONGEST_DURATION = 366 * DAY;
/** Shorter than this and the sweep could not promise the end. */
export const SHORTEST_DURATION = 5 * 60;

/** Whoever saved or confirmed a mapping to groups with administrator rights. */
export const mapperSchema = z.strictObject({
  accountId,
  act: z.enum(['saved', 'confirmed']),
  at: instant,
  /** Their own ids in the role's directory: a second Jira account is no way round. */
  personIds: z.array(z.string()),
});
export type Mapper = z.infer<typeof mapperSchema>;

export const roleSchema = z.strictObject({
  v: z.literal(1),
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,59}\.[a-z0-9][a-z0-9-]{0,59}$/)),
  version: z.int().check(z.positive()),
  /** Rises only with connection, groups or kind: what an approval was given for. */
  accessVersion: z.int().check(z.positive()),
  appId: z.string(),
  name: label(100),
  description: z.string().check(z.maxLength(2000)),
  risk,
  /** `draft`: not offered until somebody acts. `removed`: as with an app. */
  status: z.enum(['draft', 'live', 'withdrawn', 'removed']),
  /** Of a role with groups that carry administrator rights: which ones, and who said that it may lead there. */
  privilegedBy: z.optional(
    z.strictObject({ groups: z.array(z.string()), by: z.array(mapperSchema) }),
  ),
  kind: z.enum(['automatic', 'manual']),
  /** Why people carry it out by hand; only for manual roles. */
  manualBecause: z.optional(z.string().check(z.maxLength(500))),
  connectionId: z.string(),
  /** None: people carry it out. Fifteen at most, so that one transaction can hold state, evidence and timers of a grant. */
  groups: z
    .array(
      z.strictObject({
        id: z.string().check(z.minLength(1), z.maxLength(100)),
        name: z.string().check(z.maxLength(256)),
      }),
    )
    .check(z.maxLength(15)),
  policyVersion: z.int().check(z.positive()),
  /** Seconds, ascending. Absent here and below: as the app or the risk tier says. */
  durations: z.optional(
    z
      .array(z.int().check(z.gte(SHORTEST_DURATION), z.lte(LONGEST_DURATION)))
      .check(z.maxLength(10)),
  ),
  permanent: z.optional(z.boolean()),
  /** When it ends, the person is signed out of the directory; privileged roles only. */
  endSessions: z.optional(z.boolean()),
  approver: z.optional(approverRule),
  /** Everything else that this role says differently; never what the three members above say already. */
  rules: z.optional(overrideSchema),
  /** Everything is run but the directory's change; the issue says what would have been done. */
  observe: z.optional(z.literal(true)),
});
export type Role = z.infer<typeof roleSchema>;

export const connectionSchema = z.strictObject({
  v: z.literal(1),
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/)),
  version: z.int().check(z.positive()),
  kind: z.enum(['okta', 'entra', 'google']),
  name: label(100),
  /** Okta: host. Entra: tenant id. Google: customer id. */
  tenant: z.string().check(z.minLength(1), z.maxLength(253)),
  /** The one Jira site it may be used from: a copied site must not touch the directory. */
  cloudId: z.string(),
  status: z.enum(['live', 'off']),
  /** `self-test`: far too powerful; absent: an administrator switched it off. */
  offBecause: z.optional(z.literal('self-test')),
  /** With `offBecause`: an administrator had switched it off as well, so no test switches it on. */
  offByHand: z.optional(z.literal(true)),
  /** Person attribute that holds the Atlassian account id, as the directory calls it. */
  accountAttribute: z.optional(z.string().check(z.maxLength(100))),
  /** The directory's own expiry is used as a backstop; for Entra somebody accepted what cannot be undone. */
  nativeExpiry: z.optional(z.strictObject({ by: accountId, at: instant })),
  /** As with a role, for everything that this connection would change. */
  observe: z.optional(z.literal(true)),
  /** What the self-test may change; chosen by an administrator. */
  test: z.optional(z.strictObject({ group: z.string(), person: z.string() })),
  credentialKind: z.string(),
  /** First twelve characters of the SHA-256, so that people can tell two credentials apart. */
  credentialFingerprint: z.string(),
  credentialSetAt: z.optional(instant),
  /** When the directory stops taking it, where that is known. */
  credentialEndsAt: z.optional(instant),
  /** A second registration for what reaches beyond memberships (Entra). */
  lifecycle: z.optional(
    z.strictObject({ kind: z.string(), fingerprint: z.string(), setAt: instant }),
  ),
});
export type Connection = z.infer<typeof connectionSchema>;

/** As people know them. */
export const DIRECTORY_NAMES = {
  okta: 'Okta',
  entra: 'Microsoft Entra ID',
  google: 'Google Workspace',
} as const;

export const personKey = (connectionId: string, personId: string) => `${connectionId}:${personId}`;

/** Words for a length of time, the way the request form and the comments write it. */
export function durationInWords(seconds: number | null): string {
  if (seconds === null) return 'no end';
  const unit = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
  if (seconds % DAY === 0 && seconds > DAY) return unit(seconds / DAY, 'day');
  if (seconds % HOUR === 0) return unit(seconds / HOUR, 'hour');
  return unit(Math.round(seconds / 60), 'minute');
}
