/**
 * The self-test puts somebody into its group and takes them out again, so it may be none that gives
 * anything. The other way round, a role mapped onto a test group, is judged with the role.
 */
import type { Answer } from '../contracts/answer';
import { grants } from '../grants/store';
import type { Deps } from '../requests/deps';
import { find } from '../shared/record';
import { done, no } from './changes';
import { roles } from './store';

/** Past so many pages of a hundred the answer is "not known", and so "no". */
const MOST_PAGES = 50;

/** For whoever chooses the group of a self-test: neither a role gives it, offered or not, nor access that runs. */
export async function groupGivesNothing(
  deps: Pick<Deps, 'store'>,
  connectionId: string,
  groupId: string,
): Promise<Answer<undefined>> {
  const over = { connectionId, groupId };
  const used =
    (await roleGiving(deps, 'live', over)) ??
    (await roleGiving(deps, 'draft', over)) ??
    (await accessTo(deps, over));
  if (used === undefined) return done(undefined);
  return no(
    'test-group-free',
    used,
    'Choose a group that gives nothing: the test puts somebody in for a moment.',
  );
}

interface Over {
  readonly connectionId: string;
  readonly groupId: string;
}

async function roleGiving(
  deps: Pick<Deps, 'store'>,
  status: 'live' | 'draft',
  { connectionId, groupId }: Over,
): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = await find(deps.store, roles, {
      index: 'by-kind',
      partition: ['role', status],
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    const role = read.found.find(
      ({ value }) =>
        value.connectionId === connectionId && value.groups.some(({ id }) => id === groupId),
    );
    if (role) return `The test group is one that the role ${role.value.id} gives.`;
    if (read.cursor === undefined) return undefined;
    cursor = read.cursor;
  }
  return 'There are too many roles to see whether one of them gives the test group.';
}

/** A role that was withdrawn or moved on leaves access behind that runs to its end. */
async function accessTo(
  deps: Pick<Deps, 'store'>,
  { connectionId, groupId }: Over,
): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = await find(deps.store, grants, {
      index: 'by-live',
      partition: ['yes'],
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    const grant = read.found.find(
      ({ value }) =>
        value.connectionId === connectionId && value.edges.some((edge) => edge.groupId === groupId),
    );
    if (grant) return `Access to the test group still runs through ${grant.value.issueKey}.`;
    if (read.cursor === undefined) return undefined;
    cursor = read.cursor;
  }
  return 'There is too much access to see whether some of it is to the test group.';
}
