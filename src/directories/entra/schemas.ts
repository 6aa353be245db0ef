/** What is used of Graph's answers; everything else may come and go. */
import * as z from 'zod/mini';

export const user = z.object({
  id: z.string().check(z.minLength(1)),
  displayName: z.nullish(z.string()),
  mail: z.nullish(z.string()),
  userPrincipalName: z.string(),
  proxyAddresses: z.nullish(z.array(z.string())),
  accountEnabled: z.nullish(z.boolean()),
});
export type GraphUser = z.infer<typeof user>;

/** A manager may also be a contact, who is nobody in this directory. */
export const manager = z.union([user, z.object({ id: z.string() })]);

export const group = z.object({
  id: z.string().check(z.minLength(1)),
  displayName: z.nullish(z.string()),
  groupTypes: z.array(z.string()),
  mailEnabled: z.nullish(z.boolean()),
  securityEnabled: z.nullish(z.boolean()),
  isAssignableToRole: z.nullish(z.boolean()),
  onPremisesSyncEnabled: z.nullish(z.boolean()),
});
export type GraphGroup = z.infer<typeof group>;

export const usersPage = z.object({ value: z.array(user) });
export const idsPage = z.object({
  value: z.array(z.object({ id: z.string().check(z.minLength(1)) })),
  '@odata.nextLink': z.optional(z.string()),
});
export const idList = z.array(z.string());
export const nothing = z.unknown();
