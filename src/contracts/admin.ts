/** What the admin page asks for, and what it gets; one schema per function. */
import * as z from 'zod/mini';
import '../shared/english';
import { guardedGroups } from './configuration';
import { connectionId as id } from './ids';
import { managedDomains } from './people';
import { overrideSchema, tierSchema } from './policy';

const slug = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'lower-case letters, digits and dashes'));
const account = z.string().check(z.minLength(1), z.maxLength(128));

export const appInput = z.strictObject({
  id: slug,
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)),
  description: z._default(z.string().check(z.maxLength(2000)), ''),
  category: z._default(z.string().check(z.maxLength(60)), ''),
  owner: account,
  status: z._default(z.enum(['live', 'withdrawn']), 'live'),
  rules: z.optional(overrideSchema),
});

export const roleInput = z.strictObject({
  app: slug,
  key: slug,
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)),
  description: z._default(z.string().check(z.maxLength(2000)), ''),
  risk: tierSchema,
  status: z._default(z.enum(['live', 'withdrawn']), 'live'),
  connection: id,
  /** Ids in the directory. */
  groups: z
    .array(z.string().check(z.trim(), z.minLength(1), z.maxLength(100)))
    .check(z.maxLength(15, 'a role has at most fifteen groups')),
  /** Instead of groups: why people carry it out by hand. */
  byHand: z.optional(z.string().check(z.trim(), z.minLength(5), z.maxLength(500))),
  /** Seconds. Absent, here and below: as the app or the risk tier says. */
  durations: z.optional(
    z
      .array(
        z
          .int()
          .check(z.gte(300), z.lte(366 * 86_400), z.multipleOf(60, 'a whole number of minutes')),
      )
      .check(z.maxLength(10)),
  ),
  permanent: z.optional(z.boolean()),
  /** Privileged roles only. */
  endSessions: z.optional(z.boolean()),
  approver: z.optional(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('manager') }),
      z.strictObject({ kind: z.literal('owner') }),
      z.strictObject({ kind: z.literal('person'), accountId: account }),
      z.strictObject({
        kind: z.literal('auto'),
        rule: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)),
        signedOffBy: account,
      }),
    ]),
  ),
  rules: z.optional(overrideSchema),
  /** Run everything but the directory's change. */
  observe: z.optional(z.literal(true)),
  /** The role may lead to administrator rights; another administrator confirms it. */
  acceptPrivileged: z.optional(z.boolean()),
});

const statusId = z.string().check(z.regex(/^\d+$/, 'the id of a status'));
export const bindingInput = z.strictObject({
  id,
  project: z.string().check(z.minLength(1), z.maxLength(60)),
  requestTypeIds: z.array(z.string()).check(z.minLength(1)),
  statuses: z.strictObject({
    intake: z.optional(statusId),
    waiting: statusId,
    approved: statusId,
    granted: z.optional(statusId),
    ended: z.optional(statusId),
    declined: z.optional(statusId),
    attention: z.optional(statusId),
    withdrawn: z.optional(statusId),
  }),
  fields: z.strictObject({
    /** Absent: the site's only multi-user picker. */
    approvers: z.optional(z.string()),
    approverGroups: z.optional(z.string()),
    app: z.optional(z.string()),
    role: z.optional(z.string()),
    duration: z.optional(z.string()),
    beneficiary: z.optional(z.string()),
    reason: z.optional(z.string()),
  }),
  steps: z.optional(
    z
      .array(z.strictObject({ status: statusId, approvers: z.optional(z.string()) }))
      .check(z.maxLength(3)),
  ),
  approval: z.optional(z.enum(['jira', 'app'])),
});

/** A request that stands at the approved status shows whether the app may bring it back. */
export const bindingCheck = z.strictObject({
  binding: id,
  issueId: z.string().check(z.regex(/^\d{1,19}$/)),
});

export const timeZone = z.string().check(
  z.refine((zone) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  }, 'is not a time zone, as Europe/Berlin'),
);

export const siteInput = z.strictObject({
  timeZone,
  paused: z.boolean(),
  /** Absent: as they are. */
  managedDomains: z.optional(managedDomains),
  guardedGroups: z.optional(guardedGroups),
  /** Absent: as they are. Ids of Jira groups. */
  rights: z.optional(
    z.strictObject({
      operator: z.array(z.string()).check(z.maxLength(20)),
      auditor: z.array(z.string()).check(z.maxLength(20)),
    }),
  ),
});

export const linkInput = z.strictObject({
  accountId: account,
  connection: id,
  personId: z.string().check(z.minLength(1), z.maxLength(100)),
});
export const nothing = z.optional(z.strictObject({}));
export const groupRef = z.strictObject({
  group: z.string().check(z.minLength(1), z.maxLength(100)),
  connection: id,
});
export const issueRef = z.strictObject({
  issueId: z.string().check(z.regex(/^\d+$/, 'the id of an issue')),
});
export const catalogPage = z.optional(
  z.strictObject({
    /** Absent: what can be asked for. */
    status: z.optional(z.enum(['draft', 'live', 'withdrawn'])),
    cursor: z.optional(z.string().check(z.maxLength(2000))),
  }),
);
export const requestPage = z.strictObject({
  state: z.enum([
    'received',
    'asked',
    'waiting',
    'approved',
    'granted',
    'attention',
    'declined',
    'withdrawn',
    'lapsed',
    'ended',
  ]),
  cursor: z.optional(z.string().check(z.maxLength(2000))),
});
