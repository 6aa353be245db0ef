/** The shape of every resolver's answer: the value, or a named "no" with the way on. */
import * as z from 'zod/mini';

export const problemSchema = z.strictObject({
  check: z.string(),
  sentence: z.string(),
  nextStep: z.string(),
  /** Which input is meant, as a path, with what is wrong with it. */
  inputs: z.optional(z.array(z.strictObject({ path: z.string(), problem: z.string() }))),
});
export type Problem = z.infer<typeof problemSchema>;

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };
