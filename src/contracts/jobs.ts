/** What the admin page asks about long work. */
import * as z from 'zod/mini';

export const jobRef = z.strictObject({
  id: z.string().check(z.regex(/^[a-z-]+:[a-zA-Z0-9:._-]{1,200}$/, 'the id of a job')),
});
