/** What the page of candidates asks for: what directories offer for the catalog, and its syncs. */
import * as z from 'zod/mini';
import '../shared/english';

const connection = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes'));
/** Of a group or an app in its directory. */
const id = z.string().check(z.regex(/^[a-zA-Z0-9._-]{1,100}$/, 'the id of a group or an app'));
const cursor = z.optional(z.string().check(z.maxLength(2000)));
const status = z._default(z.enum(['unassigned', 'taken', 'ignored', 'gone']), 'unassigned');
const name = z.string().check(z.trim(), z.minLength(1), z.maxLength(100));

export const appCandidatePage = z.strictObject({ status, cursor });
export const groupCandidatePage = z.strictObject({
  connection,
  status,
  /** The name begins with it. */
  search: z.optional(z.string().check(z.trim(), z.maxLength(100))),
  cursor,
});
export const candidateChoice = z.strictObject({
  kind: z.enum(['app', 'group']),
  connection,
  id,
  ignored: z.boolean(),
});
export const proposalFor = z.strictObject({
  connection,
  /** An app of the directory; without one, groups whose name begins with `name`. */
  app: z.optional(id),
  name: z.optional(name),
  /** These groups, and no others. */
  groups: z.optional(z.array(id).check(z.maxLength(50))),
});
export const syncOrder = z.strictObject({
  connection,
  /** Everything, whatever is known. */
  whole: z._default(z.boolean(), false),
  /** What is not named is gone, however much it is: an administrator looked. Reads everything. */
  confirmGone: z._default(z.boolean(), false),
});
export const syncRef = z.strictObject({ connection });
export const groupSearch = z.strictObject({ connection, text: name });
export const groupName = z.strictObject({ connection, group: id });

export const logoInput = z.strictObject({
  app: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,59}$/)),
  /** Base64 of a PNG, JPEG or WebP of at most 32 KiB. */
  data: z.string().check(z.maxLength(44_000, 'a logo has at most 32 KiB')),
});
export const logoRef = z.strictObject({
  app: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,59}$/)),
});
export const logosOf = z.strictObject({
  apps: z.array(z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,59}$/))).check(z.maxLength(25)),
});
