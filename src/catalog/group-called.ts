/** A group as people write it into a table: its id, or its exact name where only one bears it. */
import type { Answer } from '../contracts/answer';
import { done, no } from './changes';
import type { Looking } from './looking';

export async function groupCalled(
  looking: Looking,
  connectionId: string,
  said: string,
): Promise<Answer<string>> {
  if (!(await looking.connection(connectionId)))
    return no(
      'connection-found',
      `There is no connection "${connectionId}".`,
      'Connect the directory first.',
    );
  const byId = await looking.group(connectionId, said);
  if (byId.ok && byId.value?.id === said) return done(said);
  // An id of another shape is refused as such; whatever cannot be told is not taken for absent.
  const unknown = byId.ok || byId.error.class === 'permanent';
  if (!unknown) return no(`directory-${byId.error.code}`, byId.error.detail, 'Run the self-test.');
  const named = await looking.groupsNamed(connectionId, said);
  if (!named.ok)
    return no(`directory-${named.error.code}`, named.error.detail, 'Run the self-test.');
  const [only, ...others] = named.value;
  if (only === undefined)
    return no(
      'group-exists',
      `The directory has no group with the id or exactly the name "${said}".`,
      'Correct it, or use the id.',
    );
  if (others.length > 0)
    return no(
      'group-one',
      `More than one group is called "${said}", or too many begin like that to be sure.`,
      'Use the id of the group.',
    );
  return done(only);
}
