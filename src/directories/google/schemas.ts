/** What is used of Google's answers; empty lists are left out by the service. */
import * as z from 'zod/mini';

const id = z.string().check(z.minLength(1));
const text = z.nullish(z.string());

export const user = z.object({
  id,
  primaryEmail: z.string(),
  name: z.nullish(z.object({ fullName: text })),
  aliases: z.nullish(z.array(z.string())),
  nonEditableAliases: z.nullish(z.array(z.string())),
  suspended: z.nullish(z.boolean()),
  archived: z.nullish(z.boolean()),
  isAdmin: z.nullish(z.boolean()),
  lastLoginTime: text,
  organizations: z.nullish(
    z.array(
      z.object({
        title: text,
        department: text,
        description: text,
        primary: z.nullish(z.boolean()),
      }),
    ),
  ),
  relations: z.nullish(z.array(z.object({ type: text, value: text }))),
  externalIds: z.nullish(z.array(z.object({ value: text }))),
  customSchemas: z.nullish(z.record(z.string(), z.record(z.string(), z.unknown()))),
});
export type GoogleUser = z.infer<typeof user>;
export const usersPage = z.object({ users: z.nullish(z.array(user)), nextPageToken: text });

export const group = z.object({
  id,
  name: text,
  email: z.string(),
  description: text,
  /** A number as text. */
  directMembersCount: text,
});
export type GoogleGroup = z.infer<typeof group>;
export const groupsPage = z.object({
  groups: z.nullish(z.array(group)),
  nextPageToken: text,
  etag: text,
});
/** `null`: as it was. */
export const groupsOrSame = z.nullable(groupsPage);
export const groupIdsPage = z.object({
  groups: z.nullish(z.array(z.object({ id }))),
  nextPageToken: text,
});
export const idList = z.array(z.string());

export const cloudGroup = z.object({
  name: z.string(),
  labels: z.nullish(z.record(z.string(), z.string())),
  dynamicGroupMetadata: z.optional(z.unknown()),
});

export const member = z.object({ id });
export const membersPage = z.object({
  members: z.nullish(z.array(z.object({ id: text, type: text }))),
  nextPageToken: text,
});

export const roleAssignments = z.object({
  items: z.nullish(z.array(z.object({ assignedTo: text, roleId: z.string() }))),
});
export const role = z.object({ roleId: z.string(), roleName: text });

export const activities = z.object({
  items: z.nullish(
    z.array(
      z.object({
        id: z.object({ time: z.string() }),
        events: z.nullish(z.array(z.object({ name: text }))),
      }),
    ),
  ),
});

export const operation = z.object({
  done: z.nullish(z.boolean()),
  error: z.nullish(z.object({ code: z.nullish(z.number()) })),
});
export const named = z.object({ name: z.string().check(z.startsWith('groups/')) });
export const modified = z.object({ membership: z.optional(z.unknown()) });
export const nothing = z.unknown();
