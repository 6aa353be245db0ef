/** What is used of Graph's answers; everything else may come and go. */
import { z } from 'zod';

export const user = z.object({
  id: z.string().min(1),
  displayName: z.string().nullish(),
  mail: z.string().nullish(),
  userPrincipalName: z.string(),
  proxyAddresses: z.array(z.string()).nullish(),
  accountEnabled: z.boolean().nullish(),
});
export type GraphUser = z.infer<typeof user>;

/** A manager may also be a contact, who is nobody in this directory. */
export const manager = z.union([user, z.object({ id: z.string() })]);

export const group = z.object({
  id: z.string().min(1),
  displayName: z.string().nullish(),
  groupTypes: z.array(z.string()),
  mailEnabled: z.boolean().nullish(),
  securityEnabled: z.boolean().nullish(),
  isAssignableToRole: z.boolean().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
});
export type GraphGroup = z.infer<typeof group>;

export const usersPage = z.object({ value: z.array(user) });
export const idsPage = z.object({
  value: z.array(z.object({ id: z.string().min(1) })),
  '@odata.nextLink': z.string().optional(),
});
export const idList = z.array(z.string());
export const nothing = z.unknown();
