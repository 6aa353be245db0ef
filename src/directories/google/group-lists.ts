/** Many groups, and everyone in one. */
import { no, ok } from '../../shared/result';
import type { Directory, GroupMember } from '../directory';
import type { DirectoryApi, Through } from './client';
import { gone } from './failures';
import { asListing } from './groups';
import { groupsPage, membersPage } from './schemas';

const MOST_FOUND = 50;
const LARGEST_PAGE = 200;

export function searchThrough(
  { api, door }: Through<DirectoryApi>,
  customer: string,
): Directory['searchGroups'] {
  return async (text) => {
    const wanted = text.trim().toLowerCase();
    // A star in the middle would be one more wildcard; quotes hold spaces together.
    const literal = wanted.replace(/\*/g, '').replace(/[\\']/g, '\\$&');
    const read = await door.run(
      async () =>
        (
          await api.groups.list({
            customer,
            maxResults: MOST_FOUND,
            ...(literal !== '' && { query: `name:'${literal}*'` }),
          })
        ).data,
      groupsPage,
    );
    if (!read.ok) return no(read.error.failure);
    const found = (read.value.value.groups ?? []).map(asListing);
    // Google finds the beginning of any word of a name.
    return ok(found.filter(({ name }) => name.toLowerCase().startsWith(wanted)));
  };
}

const KINDS: Readonly<Record<string, GroupMember['kind']>> = { USER: 'person', GROUP: 'group' };

export function membersThrough({ api, door }: Through<DirectoryApi>): Directory['membersOf'] {
  return async (group, cursor) => {
    const read = await door.run(
      async () =>
        (
          await api.members.list({
            groupKey: group,
            maxResults: LARGEST_PAGE,
            ...(cursor !== undefined && { pageToken: cursor }),
          })
        ).data,
      membersPage,
    );
    if (!read.ok) {
      const why = read.error.failure;
      return no(why.code === 'not-found' ? gone('group') : why);
    }
    const { members, nextPageToken } = read.value.value;
    // Everyone of the company as one member has an id of its own kind, or none.
    const items = (members ?? []).flatMap(({ id, type }) =>
      id ? [{ id, kind: KINDS[type ?? ''] ?? ('other' as const) }] : [],
    );
    return ok({ items, ...(nextPageToken && { cursor: nextPageToken }) });
  };
}
