/** Ids that people choose, and names that lead into a directory's query language. */
import * as z from 'zod/mini';
import '../shared/english';

export const connectionId = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes'));

/**
 * Holds the Atlassian account id and outranks the e-mail address, so people must not be able to write it
 * themselves. Okta: a profile attribute of your own; Entra: `extensionAttribute1` and the like; Google:
 * `Schema.field`.
 */
export const accountAttribute = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z][A-Za-z0-9_]{0,59}(\.[A-Za-z][A-Za-z0-9_]{0,59})?$/,
      'letters, digits and _, with one dot at most',
    ),
  );
