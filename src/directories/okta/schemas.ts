/** What is used of Okta's answers; everything else may come and go. */
import { z } from 'zod';

const optionalText = z.string().nullish();

export const user = z.object({
  id: z.string().min(1),
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
  id: z.string().min(1),
  type: z.string(),
  profile: z.object({ name: z.string() }),
});
export type OktaGroup = z.infer<typeof group>;
export const groups = z.array(z.object({ id: z.string().min(1) }));

export const groupRules = z.array(
  z.object({
    name: z.string(),
    status: z.string(),
    actions: z
      .object({
        assignUserToGroups: z.object({ groupIds: z.array(z.string()).nullish() }).nullish(),
      })
      .nullish(),
  }),
);
/** Of the list with `expand=stats`. */
export const countedGroups = z.array(
  group.extend({
    _embedded: z
      .object({ stats: z.object({ hasAdminPrivilege: z.boolean().optional() }).optional() })
      .nullish(),
  }),
);

export const nothing = z.unknown();
