/** What operators and owners do by hand on one request. */
import * as z from 'zod/mini';
import { issueRef } from './admin';

export const attestInput = z.extend(issueRef, {
  what: z.enum(['given', 'removed']),
  note: z
    .string()
    .check(
      z.trim(),
      z.minLength(5, 'say in a few words what was done, or where it can be seen'),
      z.maxLength(1000),
    ),
});

export const triageInput = z.extend(issueRef, {
  role: z
    .string()
    .check(
      z.regex(
        /^[a-z0-9][a-z0-9-]{0,59}\.[a-z0-9][a-z0-9-]{0,59}$/,
        'an app and a role, as figma.editor',
      ),
    ),
});
