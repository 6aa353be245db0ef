/** Which Atlassian accounts a record names, wherever in it they stand. */
import * as z from 'zod/mini';

/** Members of our own records that hold accounts: one id, or a list of them. */
const HOLDS_ACCOUNTS = new Set([
  'accountId',
  'accounts',
  'answered',
  'away',
  'beneficiary',
  'by',
  'cover',
  'covers',
  'endedBy',
  'escalatedTo',
  'insteadOf',
  'linkedBy',
  'owner',
  'parties',
  'replaces',
  'reporter',
  'requester',
  'reviewers',
  'setBy',
  'signedOffBy',
  'submitter',
]);
/** What stands there where there is no account. */
const NOBODY = new Set(['rule', 'unknown', 'unidentified', 'none', 'app']);
/** The two shapes Atlassian has given accounts, and portal-only ones. */
const SHAPE = /^[a-zA-Z0-9:_-]{1,128}$/;

export function accountsIn(value: unknown, into: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) for (const one of value) accountsIn(one, into);
  else if (value !== null && typeof value === 'object') {
    for (const [name, held] of Object.entries(value)) {
      if (HOLDS_ACCOUNTS.has(name))
        for (const id of [held].flat())
          if (typeof id === 'string' && SHAPE.test(id) && !NOBODY.has(id)) into.add(id);
      accountsIn(held, into);
    }
  }
  return into;
}

/** Accounts the ledger names, with when the app last made sure of each; some thousand in a record. */
export const registerSchema = z.strictObject({
  v: z.literal(1),
  since: z.record(z.string(), z.string()),
});
export type Register = z.infer<typeof registerSchema>;
export const MOST_IN_REGISTER = 1_500;

/** Days from the first to the last, both included, as `2026-03-02`. */
export function daysBetween(first: string, last: string, next: (day: string) => string): string[] {
  const days: string[] = [];
  for (let day = first; day <= last; day = next(day)) days.push(day);
  return days;
}
