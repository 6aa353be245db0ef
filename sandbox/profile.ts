/**
 * Every number the sandbox assumes about the real services: latency, jitter, lag, rates. Each entry
 * of `profile.json` says where its value comes from, or `unverified`.
 */
import { z } from 'zod';
import listed from './profile.json';

const fileSchema = z.record(
  z.string(),
  z.object({ value: z.number().nonnegative(), source: z.string().min(1) }).strict(),
);

/** Milliseconds where the name ends in `Ms`, shares of one where it ends in `Rate`. */
export type Profile = { readonly [Name in keyof typeof listed]: number };

export const profile: Profile = read({});

/** The listed numbers with some of them replaced, for a story or a test. */
export function profileWith(changes: Partial<Profile>): Profile {
  return read(changes);
}

function read(changes: Partial<Profile>): Profile {
  const entries = Object.entries(fileSchema.parse(listed)).map(([name, { value }]) => [
    name,
    value,
  ]);
  return { ...(Object.fromEntries(entries) as Profile), ...changes };
}
