/** What is used of Google's answers; empty lists are left out by the service. */
import * as z from 'zod/mini';

export const user = z.object({
  id: z.string().check(z.minLength(1)),
  primaryEmail: z.string(),
  name: z.nullish(z.object({ fullName: z.nullish(z.string()) })),
  aliases: z.nullish(z.array(z.string())),
  nonEditableAliases: z.nullish(z.array(z.string())),
  suspended: z.nullish(z.boolean()),
  archived: z.nullish(z.boolean()),
  relations: z.nullish(
    z.array(z.object({ type: z.nullish(z.string()), value: z.nullish(z.string()) })),
  ),
});
export type GoogleUser = z.infer<typeof user>;
export const usersPage = z.object({ users: z.nullish(z.array(user)) });

export const group = z.object({
  id: z.string().check(z.minLength(1)),
  name: z.nullish(z.string()),
  email: z.string(),
});
export const groupsPage = z.object({
  groups: z.nullish(z.array(z.object({ id: z.string().check(z.minLength(1)) }))),
  nextPageToken: z.nullish(z.string()),
});
export const idList = z.array(z.string());

export const cloudGroup = z.object({
  name: z.string(),
  labels: z.nullish(z.record(z.string(), z.string())),
  dynamicGroupMetadata: z.optional(z.unknown()),
});

export const member = z.object({ id: z.string().check(z.minLength(1)) });
export const nothing = z.unknown();
