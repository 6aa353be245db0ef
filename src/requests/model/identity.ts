/**
 * Which directory person an e-mail address may stand for. Jira has verified an address only for the
 * domains that the company has claimed; there, the address must be exactly the one that the directory
 * has as somebody's first, and nobody else may have it, not even somebody who has left.
 */
import { no, ok, type Result } from '../../shared/result';

export type AddressProblem = 'no-domains' | 'not-managed' | 'not-plain';
export type PersonProblem = 'nobody' | 'several' | 'other-address' | 'not-active';

/** Only these letters: what Unicode makes of other signs would let one of them pose as a letter. */
const lowerAscii = (text: string): string =>
  text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const PLAIN = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@([a-z0-9.-]+)$/;

/** The address to look for, if it is one whose owner Jira has verified. */
export function verifiedAddress(
  address: string,
  managedDomains: readonly string[],
): Result<string, AddressProblem> {
  if (managedDomains.length === 0) return no('no-domains');
  const lower = lowerAscii(address);
  const domain = PLAIN.exec(lower)?.[1];
  if (domain === undefined) return no('not-plain');
  return managedDomains.includes(domain) ? ok(lower) : no('not-managed');
}

/** `people`: everyone in the directory who has the address in whatever way. */
export function personWith<T extends { readonly email: string; readonly active: boolean }>(
  address: string,
  people: readonly T[],
  fits: (person: T) => boolean = ({ active }) => active,
): Result<T, PersonProblem> {
  const [only, ...others] = people;
  if (only === undefined) return no('nobody');
  if (others.length > 0) return no('several');
  // An alias may have been that of somebody who left: it says who reads the mail, not who somebody is.
  if (lowerAscii(only.email) !== address) return no('other-address');
  return fits(only) ? ok(only) : no('not-active');
}
