/** What the admin page asks about people: who an account is, who moved, which domains are the company's. */
import * as z from 'zod/mini';
import { connectionId as connection } from './ids';

const account = z.string().check(z.minLength(1), z.maxLength(128));
const cursor = z.optional(z.string().check(z.maxLength(2000)));

/** Lower-cased as they come; a name in another script is given in its ASCII form (`xn--…`). */
export const managedDomains = z
  .array(
    z
      .string()
      .check(
        z.trim(),
        z.toLowerCase(),
        z.maxLength(253),
        z.regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/, 'a domain'),
      ),
  )
  .check(z.maxLength(100));

export const linkRef = z.strictObject({ accountId: account, connection });
export const peoplePage = z.optional(z.strictObject({ cursor }));
/** By the exact address, as the directory has it. */
export const personSearch = z.strictObject({
  connection,
  email: z.string().check(z.trim(), z.minLength(3), z.maxLength(320)),
});
/** Whose missing people have really left. */
export const goneRef = z.strictObject({ connection });
