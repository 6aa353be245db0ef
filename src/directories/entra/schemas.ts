/** What is used of Graph's answers; everything else may come and go. */
import * as z from 'zod/mini';

const id = z.string().check(z.minLength(1));
const date = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))));
const page = <T extends z.ZodMiniType>(item: T) =>
  z.object({ value: z.array(item), '@odata.nextLink': z.optional(z.string()) });

export const user = z.object({
  id,
  displayName: z.nullish(z.string()),
  mail: z.nullish(z.string()),
  userPrincipalName: z.string(),
  proxyAddresses: z.nullish(z.array(z.string())),
  accountEnabled: z.nullish(z.boolean()),
  jobTitle: z.nullish(z.string()),
  department: z.nullish(z.string()),
  employeeType: z.nullish(z.string()),
});
export type GraphUser = z.infer<typeof user>;

/** A manager may also be a contact, who is nobody in this directory. */
export const manager = z.union([user, z.object({ id: z.string() })]);

export const group = z.object({
  id,
  displayName: z.nullish(z.string()),
  description: z.nullish(z.string()),
  groupTypes: z.array(z.string()),
  mailEnabled: z.nullish(z.boolean()),
  securityEnabled: z.nullish(z.boolean()),
  isAssignableToRole: z.nullish(z.boolean()),
  onPremisesSyncEnabled: z.nullish(z.boolean()),
});
export type GraphGroup = z.infer<typeof group>;

export const usersPage = page(user);
export const groupsPage = page(group);
export const idsPage = page(z.object({ id }));
export const idList = z.array(z.string());
export const nothing = z.unknown();

/** A removed group is an id and a reason; one that lacks its kind is read again. */
export const deltaPage = z.object({
  value: z.array(
    z.looseObject({
      id,
      '@removed': z.optional(z.unknown()),
      groupTypes: z.optional(z.array(z.string())),
    }),
  ),
  '@odata.nextLink': z.optional(z.string()),
  '@odata.deltaLink': z.optional(z.string()),
});

export const membersPage = page(
  z.object({ id, '@odata.type': z.optional(z.string()), department: z.nullish(z.string()) }),
);

export const appsPage = page(
  z.object({
    id,
    displayName: z.nullish(z.string()),
    accountEnabled: z.nullish(z.boolean()),
  }),
);
export const assignmentsPage = page(
  z.object({ principalId: z.nullish(z.string()), principalType: z.nullish(z.string()) }),
);
export const appId = z.object({ appId: z.string() });

export const signedIn = z.object({
  id,
  signInActivity: z.nullish(z.object({ lastSuccessfulSignInDateTime: z.nullish(date) })),
});
export const signIns = page(z.object({ createdDateTime: date }));

export const scheduled = z.object({ status: z.string() });
