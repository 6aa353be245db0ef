/**
 * What can be asked for: apps, their roles, the directory connections that carry them out and the
 * bindings that say which Jira requests are access requests.
 */
import { z } from 'zod';
import { DAY, HOUR } from '../../shared/instant';

const accountId = z.string().min(1).max(128);
const instant = z.string();
/** Plain text as people type it; control, zero-width and direction marks would let one name pose as another. */
export const label = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'contains invisible or control characters');

export const appSchema = z.strictObject({
  v: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/),
  version: z.int().positive(),
  name: label(100),
  description: z.string().max(2000),
  category: z.string().max(60),
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
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}\.[a-z0-9][a-z0-9-]{0,59}$/),
  version: z.int().positive(),
  /** Rises only with connection, groups or kind: what an approval was given for. */
  accessVersion: z.int().positive(),
  appId: z.string(),
  name: label(100),
  description: z.string().max(2000),
  risk,
  status: z.enum(['live', 'withdrawn']),
  kind: z.enum(['automatic', 'manual']),
  /** Why people carry it out by hand; only for manual roles. */
  manualBecause: z.string().max(500).optional(),
  connectionId: z.string(),
  /** Fifteen at most, so that one transaction can hold state, evidence and timers of a grant. */
  groups: z
    .array(z.strictObject({ id: z.string().min(1).max(100), name: z.string().max(256) }))
    .min(1)
    .max(15),
  policyVersion: z.int().positive(),
  /** Seconds, ascending. */
  durations: z.array(z.int().min(SHORTEST_DURATION).max(LONGEST_DURATION)).max(10),
  permanent: z.boolean(),
  approver: approverRule,
});
export type Role = z.infer<typeof roleSchema>;

export const connectionSchema = z.strictObject({
  v: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  version: z.int().positive(),
  kind: z.enum(['okta', 'entra', 'google']),
  name: label(100),
  /** Okta: host. Entra: tenant id. Google: customer id. */
  tenant: z.string().min(1).max(253),
  /** The one Jira site it may be used from: a copied site must not touch the directory. */
  cloudId: z.string(),
  status: z.enum(['live', 'off']),
  credentialKind: z.string(),
  /** First twelve characters of the SHA-256, so that people can tell two credentials apart. */
  credentialFingerprint: z.string(),
});
export type Connection = z.infer<typeof connectionSchema>;

export const bindingSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  projectId: z.string(),
  projectKey: z.string(),
  requestTypeIds: z.array(z.string()).min(1),
  /** Status ids. In JSM's stock shape `intake` is absent: requests start in `waiting`. */
  statuses: z.strictObject({
    intake: z.string().optional(),
    waiting: z.string(),
    approved: z.string(),
    granted: z.string().optional(),
    ended: z.string().optional(),
    declined: z.string().optional(),
    attention: z.string().optional(),
    withdrawn: z.string().optional(),
  }),
  /** Field ids; everything but the approvers may be absent where the create panel is used. */
  fields: z.strictObject({
    approvers: z.string(),
    app: z.string().optional(),
    role: z.string().optional(),
    duration: z.string().optional(),
    beneficiary: z.string().optional(),
    /** Absent: the description is the reason. */
    reason: z.string().optional(),
  }),
  language: z.enum(['en']),
});
export type Binding = z.infer<typeof bindingSchema>;

export const siteSettingsSchema = z.strictObject({
  v: z.literal(1),
  version: z.int().nonnegative(),
  /** The "Request Type" field of this site, found by its schema. */
  requestTypeField: z.string().optional(),
  timeZone: z.string(),
  bindings: z.array(bindingSchema).max(50),
  /** Where records go whose own issue is gone; made on first need. */
  auditIssueId: z.string().optional(),
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
