/** Groups as a list, what changed in it since, who is in a group, and which groups an application has. */
import type { Client } from '@okta/okta-sdk-nodejs';
import type { Clock } from '../../forge/ports';
import { epochMs, type Instant, instant } from '../../shared/instant';
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type { GroupChanges, GroupId, GroupListing, GroupMember, Page } from '../directory';
import type { Door } from '../door';
import { gone } from './failures';
import { described, PRIVILEGED } from './groups';
import { literal, readPage } from './pages';
import { type CountedGroup, countedGroups, members } from './schemas';

/**
 * Only `expand=stats` tells administrator rights and sizes without a call for each group. Okta counts
 * for every group on the page, and asks for smaller pages where that takes too long.
 */
const STATS = { expand: 'stats' } as const;
const PAGE = 200;
const MOST_FOUND = 50;
/** A list may not show yet what changed a moment before it was read [unverified: how long]. */
const OVERLAP_MS = 5 * 60_000;

/** As the Admin Console shows them. */
const KINDS: Readonly<Record<string, string>> = {
  OKTA_GROUP: 'Okta group',
  APP_GROUP: 'App group',
  BUILT_IN: 'Built-in group',
};

type Told<T> = Promise<Result<T, Failure>>;

export class OktaListing {
  readonly #sdk: Client;
  readonly #door: Door;
  readonly #clock: Clock;
  constructor(sdk: Client, door: Door, clock: Clock) {
    this.#sdk = sdk;
    this.#door = door;
    this.#clock = clock;
  }

  async search(text: string): Told<GroupListing[]> {
    const begins = text.trim() === '' ? {} : { search: `profile.name sw ${literal(text.trim())}` };
    const list = this.#sdk.groupApi.listGroups({ ...begins, ...STATS, limit: MOST_FOUND });
    const read = await readPage(this.#door, { list, cursor: undefined }, countedGroups);
    return read.ok ? ok(read.value.value.map(listed)) : no(read.error.failure);
  }

  /** Okta tells what changed and never what was deleted; a whole run shows that by its absence. */
  async changes({ mark, cursor }: { mark?: string; cursor?: string }): Told<GroupChanges> {
    const run = cursor === undefined ? this.#begin(mark) : resume(cursor);
    if (!run) {
      return no(failure('mark-expired', 'This is no time from which Okta could read on.'));
    }
    const since = run.since && literal(run.since);
    const list = this.#sdk.groupApi.listGroups({
      ...(since && { filter: `lastUpdated gt ${since} or lastMembershipUpdated gt ${since}` }),
      ...STATS,
      limit: PAGE,
    });
    const read = await readPage(this.#door, { list, cursor: run.at }, countedGroups);
    if (!read.ok) return no(read.error.failure);
    const { value, cursor: next } = read.value;
    return ok({
      changed: value.map(listed),
      deleted: [],
      whole: run.since === undefined,
      ...(next === undefined
        ? { mark: instant(epochMs(run.startedAt) - OVERLAP_MS) }
        : { cursor: [run.since ?? ALL, run.startedAt, next].join(' ') }),
    });
  }

  async members(group: GroupId, cursor?: string): Told<Page<GroupMember>> {
    const list = this.#sdk.groupApi.listGroupUsers({ groupId: group, limit: PAGE });
    const read = await readPage(this.#door, { list, cursor }, members);
    if (!read.ok) {
      const why = read.error.failure;
      return no(why.code === 'not-found' ? gone('group', why) : why);
    }
    const { value, ...more } = read.value;
    const items = value.map(({ id, profile }): GroupMember => {
      const department = profile?.department;
      return { id, kind: 'person', ...(department && { department }) };
    });
    return ok({ items, ...(more.cursor !== undefined && { cursor: more.cursor }) });
  }

  #begin(mark: string | undefined): Run | undefined {
    const since = mark === undefined ? undefined : timeIn(mark);
    const startedAt = this.#clock.now();
    if (mark !== undefined && since === undefined) return undefined;
    return { since, startedAt, at: undefined };
  }
}

const ALL = 'all';

/** One run over the list, through all its pages. */
interface Run {
  /** Absent: everything. */
  readonly since: Instant | undefined;
  readonly startedAt: Instant;
  readonly at: string | undefined;
}

function resume(cursor: string): Run | undefined {
  const [from = '', started = '', at] = cursor.split(' ');
  const since = from === ALL ? undefined : timeIn(from);
  const startedAt = timeIn(started);
  if (!startedAt || !at || (from !== ALL && !since)) return undefined;
  return { since, startedAt, at };
}

/** Becomes part of a filter, so it is taken apart and written anew. */
const timeIn = (text: string): Instant | undefined => {
  const at = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : instant(at);
};

function listed(group: CountedGroup): GroupListing {
  const stats = group._embedded?.stats;
  const plain = described(group);
  const privileged = stats?.hasAdminPrivilege === true;
  return {
    ...plain,
    writable: privileged && plain.writable === true ? PRIVILEGED : plain.writable,
    privileged,
    description: group.profile.description ?? '',
    kind: KINDS[group.type] ?? group.type,
    ...(stats?.usersCount !== undefined && { size: stats.usersCount }),
  };
}
