/**
 * The site's settings, and in them the bindings that say which Jira requests are access requests.
 * Apart from the catalog, because every event of the site reads them and hardly any reads a role.
 */
import * as z from 'zod/mini';

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
