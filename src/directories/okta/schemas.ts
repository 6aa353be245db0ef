/** What is used of Okta's answers; everything else may come and go. */
import * as z from 'zod/mini';

const optionalText = z.nullish(z.string());

export const user = z.object({
  id: z.string().check(z.minLength(1)),
  status: z.string(),
  profile: z.object({
    login: z.string(),
    email: z.string(),
    firstName: optionalText,
    lastName: optionalText,
    displayName: optionalText,
    /** Free text: an id, a login, an e-mail, an employee number or a name. */
    managerId: optionalText,
    manager: optionalText,
  }),
});
export type OktaUser = z.infer<typeof user>;
export const users = z.array(user);

export const group = z.object({
  id: z.string().check(z.minLength(1)),
  type: z.string(),
  profile: z.object({ name: z.string() }),
});
export type OktaGroup = z.infer<typeof group>;
export const groups = z.array(z.object({ id: z.string().check(z.minLength(1)) }));

export const groupRules = z.array(
  z.object({
    name: z.string(),
    status: z.string(),
    actions: z.nullish(
      z.object({
        assignUserToGroups: z.nullish(z.object({ groupIds: z.nullish(z.array(z.string())) })),
      }),
    ),
  }),
);
/** Of the list with `expand=stats`. */
export const countedGroups = z.array(
  z.extend(group, {
    _embedded: z.nullish(
      z.object({ stats: z.optional(z.object({ hasAdminPrivilege: z.optional(z.boolean()) })) }),
    ),
  }),
);

export const nothing = z.unknown();
