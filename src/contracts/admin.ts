/** What the admin page asks for, and what it gets; one schema per function. */
import { z } from 'zod';

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes');
const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'lower-case letters, digits and dashes');
const account = z.string().min(1).max(128);

export const connectionInput = z.strictObject({
  id,
  kind: z.enum(['okta', 'entra', 'google']),
  name: z.string().trim().min(1).max(100),
  tenant: z.string().trim().min(1).max(253),
  /** Absent: the stored one stays. Checked in full by the server. */
  credential: z.record(z.string(), z.unknown()).optional(),
});

export const appInput = z.strictObject({
  id: slug,
  name: z.string().trim().min(1).max(100),
  description: z.string().max(2000).default(''),
  category: z.string().max(60).default(''),
  owner: account,
  status: z.enum(['live', 'withdrawn']).default('live'),
});

export const roleInput = z.strictObject({
  app: slug,
  key: slug,
  name: z.string().trim().min(1).max(100),
  description: z.string().max(2000).default(''),
  risk: z.enum(['routine', 'sensitive', 'privileged']),
  status: z.enum(['live', 'withdrawn']).default('live'),
  connection: id,
  /** Ids in the directory. */
  groups: z
    .array(z.string().trim().min(1).max(100))
    .min(1, 'a role needs at least one group')
    .max(15, 'a role has at most fifteen groups'),
  /** Seconds. */
  durations: z
    .array(
      z
        .int()
        .min(300)
        .max(366 * 86_400),
    )
    .max(10),
  permanent: z.boolean(),
  approver: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('manager') }),
    z.strictObject({ kind: z.literal('owner') }),
    z.strictObject({ kind: z.literal('person'), accountId: account }),
    z.strictObject({
      kind: z.literal('auto'),
      rule: z.string().trim().min(1).max(100),
      signedOffBy: account,
    }),
  ]),
});

const statusId = z.string().regex(/^\d+$/, 'the id of a status');
export const bindingInput = z.strictObject({
  id,
  project: z.string().min(1).max(60),
  requestTypeIds: z.array(z.string()).min(1),
  statuses: z.strictObject({
    intake: statusId.optional(),
    waiting: statusId,
    approved: statusId,
    granted: statusId.optional(),
    ended: statusId.optional(),
    declined: statusId.optional(),
    attention: statusId.optional(),
    withdrawn: statusId.optional(),
  }),
  fields: z.strictObject({
    /** Absent: the site's only multi-user picker. */
    approvers: z.string().optional(),
    app: z.string().optional(),
    role: z.string().optional(),
    duration: z.string().optional(),
    beneficiary: z.string().optional(),
    reason: z.string().optional(),
  }),
});

export const siteInput = z.strictObject({
  timeZone: z.string().refine((zone) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      return true;
    } catch {
      return false;
    }
  }, 'is not a time zone, as Europe/Berlin'),
  paused: z.boolean(),
});

export const linkInput = z.strictObject({
  accountId: account,
  connection: id,
  personId: z.string().min(1).max(100),
});
export const nothing = z.strictObject({}).optional();
export const connectionRef = z.strictObject({ id });
export const groupRef = z.strictObject({ group: z.string().min(1).max(100), connection: id });
export const issueRef = z.strictObject({
  issueId: z.string().regex(/^\d+$/, 'the id of an issue'),
});
export const catalogPage = z.strictObject({ cursor: z.string().max(2000).optional() }).optional();
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
    'ended',
  ]),
  cursor: z.string().max(2000).optional(),
});
