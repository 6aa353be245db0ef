/** What is used of Okta's answers; everything else may come and go. */
import * as z from 'zod/mini';

const optionalText = z.nullish(z.string());
const id = z.string().check(z.minLength(1));

export const user = z.object({
  id,
  status: z.string(),
  lastLogin: optionalText,
  /** Loose: an organization adds attributes of its own. */
  profile: z.looseObject({
    login: z.string(),
    email: z.string(),
    firstName: optionalText,
    lastName: optionalText,
    displayName: optionalText,
    title: optionalText,
    department: optionalText,
    userType: optionalText,
    /** Free text: an id, a login, an e-mail, an employee number or a name. */
    managerId: optionalText,
    manager: optionalText,
  }),
});
export type OktaUser = z.infer<typeof user>;
export const users = z.array(user);

export const members = z.array(
  z.object({ id, profile: z.optional(z.object({ department: optionalText })) }),
);

export const group = z.object({
  id,
  type: z.string(),
  profile: z.object({ name: z.string(), description: optionalText }),
});
export type OktaGroup = z.infer<typeof group>;
export const groups = z.array(z.object({ id }));

/** Of a list with `expand=stats`. */
export const countedGroup = z.extend(group, {
  _embedded: z.nullish(
    z.object({
      stats: z.optional(
        z.object({
          usersCount: z.optional(z.number()),
          hasAdminPrivilege: z.optional(z.boolean()),
        }),
      ),
    }),
  ),
});
export type CountedGroup = z.infer<typeof countedGroup>;
export const countedGroups = z.array(countedGroup);

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

export const apps = z.array(
  z.object({ id, label: optionalText, name: optionalText, status: z.string() }),
);
export const assignments = z.array(z.object({ id }));
export const logEvents = z.array(z.object({ published: z.string() }));
export const roles = z.array(z.object({ type: z.string() }));
export const me = z.object({ id });

export const nothing = z.unknown();
