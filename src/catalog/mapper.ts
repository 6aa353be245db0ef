/**
 * Who an administrator is in the directory. A mapping to administrator rights needs two people, and two
 * accounts are two people only where each is certainly one active person and those differ.
 */
import type { Answer } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { done, no } from './changes';
import type { Looking } from './looking';
import type { Mapper } from './model/catalog';

export async function mapperOf(
  deps: Pick<Deps, 'now'>,
  looking: Looking,
  connectionId: string,
  who: { readonly accountId: string; readonly act: Mapper['act'] },
): Promise<Answer<Mapper>> {
  const person = await looking.person(connectionId, who.accountId);
  if (!person.ok)
    return no('mapper-known', person.error.detail, 'Try again in a minute; nothing was saved.');
  if (person.value === undefined)
    return no(
      'mapper-known',
      `It is not certain which active person of the directory the account ${who.accountId} is, and administrator rights need two people.`,
      'An administrator links the account to its person; then try again. Nothing was saved.',
    );
  return done({ ...who, at: deps.now(), personIds: [person.value] });
}
