/** Changing much at once: bulk changes, imports, and what the linter and two administrators say. */
import * as z from 'zod/mini';
import { connectionId } from './ids';

const slug = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'lower-case letters, digits and dashes'));
const account = z.string().check(z.minLength(1), z.maxLength(128));
const roleId = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9][a-z0-9-]{0,59}\.[a-z0-9][a-z0-9-]{0,59}$/,
      'an app and a role, as figma.editor',
    ),
  );

export const guardedGroups = z
  .array(
    z.strictObject({
      connection: connectionId,
      group: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)),
    }),
  )
  .check(z.maxLength(200));

/** Exactly what was looked at: `version` is the one on the screen. */
export const roleConfirmation = z.strictObject({
  role: roleId,
  version: z.int().check(z.positive()),
});

export const lintPage = z.strictObject({
  severity: z.enum(['red', 'amber', 'clear']),
  cursor: z.optional(z.string().check(z.maxLength(2000))),
});

const setName = z.string().check(z.trim(), z.minLength(1), z.maxLength(100));
const setId = z.string().check(z.regex(/^[0-9a-f]{16}$/, 'the id of a set of changes'));

/** Absent members stay as they are. */
export const bulkInput = z.strictObject({
  name: setName,
  apps: z.optional(
    z.strictObject({
      ids: z.array(slug).check(z.minLength(1), z.maxLength(2000)),
      owner: z.optional(account),
      category: z.optional(z.string().check(z.maxLength(60))),
      status: z.optional(z.enum(['live', 'withdrawn'])),
    }),
  ),
  roles: z.optional(
    z.strictObject({
      ids: z.array(roleId).check(z.minLength(1), z.maxLength(2000)),
      risk: z.optional(z.enum(['routine', 'sensitive', 'privileged'])),
      /** Seconds. */
      durations: z.optional(
        z
          .array(
            z
              .int()
              .check(
                z.gte(300),
                z.lte(366 * 86_400),
                z.multipleOf(60, 'a whole number of minutes'),
              ),
          )
          .check(z.maxLength(10)),
      ),
      permanent: z.optional(z.boolean()),
      approver: z.optional(
        z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('manager') }),
          z.strictObject({ kind: z.literal('owner') }),
          z.strictObject({ kind: z.literal('person'), accountId: account }),
        ]),
      ),
      status: z.optional(z.enum(['live', 'withdrawn'])),
    }),
  ),
});

/** What one call to Forge carries. */
const LONGEST_TEXT = 500_000;
export const csvInput = z.strictObject({
  name: setName,
  text: z.string().check(z.minLength(1), z.maxLength(LONGEST_TEXT)),
});
/** Large files come in parts, each in a call of its own; the last one begins the import. */
export const fileInput = z.strictObject({
  name: setName,
  text: z.string().check(z.minLength(1), z.maxLength(LONGEST_TEXT)),
  part: z.optional(
    z.strictObject({
      /** From one. */
      number: z.int().check(z.gte(1), z.lte(20)),
      of: z.int().check(z.gte(1), z.lte(20)),
    }),
  ),
});
export const setRef = z.strictObject({ id: setId });
export const setPage = z.strictObject({
  id: setId,
  /** From zero, 200 lines each. */
  page: z._default(z.int().check(z.gte(0), z.lte(1000)), 0),
});
export const setList = z.optional(
  z.strictObject({ cursor: z.optional(z.string().check(z.maxLength(2000))) }),
);
