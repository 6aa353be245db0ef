/** What is used of Google's answers; empty lists are left out by the service. */
import { z } from 'zod';

export const user = z.object({
  id: z.string().min(1),
  primaryEmail: z.string(),
  name: z.object({ fullName: z.string().nullish() }).nullish(),
  aliases: z.array(z.string()).nullish(),
  nonEditableAliases: z.array(z.string()).nullish(),
  suspended: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  relations: z
    .array(z.object({ type: z.string().nullish(), value: z.string().nullish() }))
    .nullish(),
});
export type GoogleUser = z.infer<typeof user>;
export const usersPage = z.object({ users: z.array(user).nullish() });

export const group = z.object({
  id: z.string().min(1),
  name: z.string().nullish(),
  email: z.string(),
});
export const groupsPage = z.object({
  groups: z.array(z.object({ id: z.string().min(1) })).nullish(),
  nextPageToken: z.string().nullish(),
});
export const idList = z.array(z.string());

export const cloudGroup = z.object({
  name: z.string(),
  labels: z.record(z.string(), z.string()).nullish(),
  dynamicGroupMetadata: z.unknown().optional(),
});

export const member = z.object({ id: z.string().min(1) });
export const nothing = z.unknown();
