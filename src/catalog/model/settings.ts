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
    /** Absent: this site has none, and groups cannot be asked as groups. */
    approverGroups: maybe,
    app: maybe,
    role: maybe,
    duration: maybe,
    beneficiary: maybe,
    /** Absent: the description is the reason. */
    reason: maybe,
  }),
  /** Further approval statuses of a workflow with several steps, in order after `waiting`; each may have a field of its own. */
  steps: z.optional(
    z.array(z.strictObject({ status: text, approvers: maybe })).check(z.maxLength(3)),
  ),
  /** `app`: the workflow has no approval step; people decide by card and the app moves the issue. Absent: `jira`. */
  approval: z.optional(z.enum(['jira', 'app'])),
  /** The app was seen to have a way from the approved status back to `waiting`; absent: nobody has looked. */
  wayBack: z.optional(z.boolean()),
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
  /** Who works here without being a Jira administrator: ids of Jira groups. */
  rights: z.optional(
    z.strictObject({
      operator: z.array(text).check(z.maxLength(20)),
      auditor: z.array(text).check(z.maxLength(20)),
    }),
  ),
  /** Ids of projects whose tickets end access or are named in requests; kept beside the policy for the trigger. */
  ticketProjects: z.optional(z.array(text).check(z.maxLength(20))),
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
