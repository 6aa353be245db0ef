/**
 * The site's settings, and in them the bindings that say which Jira requests are access requests.
 * Apart from the catalog, because every event of the site reads them and hardly any reads a role.
 */
import * as z from 'zod/mini';

/** One instance for all: every function makes this schema when it starts, and each member costs. */
const text = z.string();
const maybe = z.optional(text);

export const bindingSchema = z.strictObject({
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/)),
  projectId: text,
  projectKey: text,
  requestTypeIds: z.array(text).check(z.minLength(1)),
  /** Status ids. In JSM's stock shape `intake` is absent: requests start in `waiting`. */
  statuses: z.strictObject({
    intake: maybe,
    waiting: text,
    approved: text,
    granted: maybe,
    ended: maybe,
    declined: maybe,
    attention: maybe,
    withdrawn: maybe,
  }),
  /** Field ids; everything but the approvers may be absent where the create panel is used. */
  fields: z.strictObject({
    approvers: text,
    app: maybe,
    role: maybe,
    duration: maybe,
    beneficiary: maybe,
    /** Absent: the description is the reason. */
    reason: maybe,
  }),
  language: z.enum(['en']),
});
export type Binding = z.infer<typeof bindingSchema>;

export const siteSettingsSchema = z.strictObject({
  v: z.literal(1),
  version: z.int().check(z.nonnegative()),
  /** The "Request Type" field of this site, found by its schema. */
  requestTypeField: maybe,
  timeZone: text,
  bindings: z.array(bindingSchema).check(z.maxLength(50)),
  /** By binding: where records go whose own issue is gone; made on first need. */
  auditIssues: z.optional(z.record(text, text)),
  /** Stops every new grant on this site; never a revocation. */
  paused: z.boolean(),
  /**
   * E-mail domains that the company has claimed in Atlassian administration, lower case: only there is
   * Jira's address one that its owner proved. An app cannot read that list. Empty: nobody is found by e-mail.
   */
  managedDomains: z._default(z.array(text).check(z.maxLength(100)), []),
  /** Groups whose members approve or administer here: no role may lead to them. */
  guardedGroups: z.optional(
    z.array(z.strictObject({ connection: text, group: text })).check(z.maxLength(200)),
  ),
});
export type SiteSettings = z.infer<typeof siteSettingsSchema>;

export const emptySettings: SiteSettings = {
  v: 1,
  version: 0,
  timeZone: 'UTC',
  bindings: [],
  paused: false,
  managedDomains: [],
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
