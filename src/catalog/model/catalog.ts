/**
 * What can be asked for: apps, their roles, the directory connections that carry them out and the
 * bindings that say which Jira requests are access requests.
 */
import * as z from 'zod/mini';
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
  status: z.enum(['live', 'withdrawn']),
});
export type App = z.infer<typeof appSchema>;

export const risk = z.enum(['routine', 'sensitive', 'privileged']);

/** Who decides. The first cut knows one stage; the policy engine will know a list. */
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
  status: z.enum(['live', 'withdrawn']),
  kind: z.enum(['automatic', 'manual']),
  /** Why people carry it out by hand; only for manual roles. */
  manualBecause: z.optional(z.string().check(z.maxLength(500))),
  connectionId: z.string(),
  /** Fifteen at most, so that one transaction can hold state, evidence and timers of a grant. */
  groups: z
    .array(
      z.strictObject({
        id: z.string().check(z.minLength(1), z.maxLength(100)),
        name: z.string().check(z.maxLength(256)),
      }),
    )
    .check(z.minLength(1), z.maxLength(15)),
  policyVersion: z.int().check(z.positive()),
  /** Seconds, ascending. */
  durations: z
    .array(z.int().check(z.gte(SHORTEST_DURATION), z.lte(LONGEST_DURATION)))
    .check(z.maxLength(10)),
  permanent: z.boolean(),
  approver: approverRule,
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
  credentialKind: z.string(),
  /** First twelve characters of the SHA-256, so that people can tell two credentials apart. */
  credentialFingerprint: z.string(),
});
export type Connection = z.infer<typeof connectionSchema>;

export const bindingSchema = z.strictObject({
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/)),
  projectId: z.string(),
  projectKey: z.string(),
  requestTypeIds: z.array(z.string()).check(z.minLength(1)),
  /** Status ids. In JSM's stock shape `intake` is absent: requests start in `waiting`. */
  statuses: z.strictObject({
    intake: z.optional(z.string()),
    waiting: z.string(),
    approved: z.string(),
    granted: z.optional(z.string()),
    ended: z.optional(z.string()),
    declined: z.optional(z.string()),
    attention: z.optional(z.string()),
    withdrawn: z.optional(z.string()),
  }),
  /** Field ids; everything but the approvers may be absent where the create panel is used. */
  fields: z.strictObject({
    approvers: z.string(),
    app: z.optional(z.string()),
    role: z.optional(z.string()),
    duration: z.optional(z.string()),
    beneficiary: z.optional(z.string()),
    /** Absent: the description is the reason. */
    reason: z.optional(z.string()),
  }),
  language: z.enum(['en']),
});
export type Binding = z.infer<typeof bindingSchema>;

export const siteSettingsSchema = z.strictObject({
  v: z.literal(1),
  version: z.int().check(z.nonnegative()),
  /** The "Request Type" field of this site, found by its schema. */
  requestTypeField: z.optional(z.string()),
  timeZone: z.string(),
  bindings: z.array(bindingSchema).check(z.maxLength(50)),
  /** Where records go whose own issue is gone; made on first need. */
  auditIssueId: z.optional(z.string()),
  /** Stops every new grant on this site; never a revocation. */
  paused: z.boolean(),
});
export type SiteSettings = z.infer<typeof siteSettingsSchema>;

export const emptySettings: SiteSettings = {
  v: 1,
  version: 0,
  timeZone: 'UTC',
  bindings: [],
  paused: false,
};

export const personKey = (connectionId: string, personId: string) => `${connectionId}:${personId}`;

export function bindingFor(
  settings: SiteSettings,
  projectId: string,
  requestTypeId: string | undefined,
) {
  return settings.bindings.find(
    (b) =>
      b.projectId === projectId &&
      requestTypeId !== undefined &&
      b.requestTypeIds.includes(requestTypeId),
  );
}

/** Words for a length of time, the way the request form and the comments write it. */
export function durationInWords(seconds: number | null): string {
  if (seconds === null) return 'no end';
  const unit = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
  if (seconds % DAY === 0 && seconds > DAY) return unit(seconds / DAY, 'day');
  if (seconds % HOUR === 0) return unit(seconds / HOUR, 'hour');
  return unit(Math.round(seconds / 60), 'minute');
}
