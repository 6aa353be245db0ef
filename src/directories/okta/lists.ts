/** Lists of the org: groups, who is in them, applications and the groups assigned to those. */
import type { Client } from '@okta/okta-sdk-nodejs';
import type { Clock } from '../../forge/ports';
import { MINUTE, plusSeconds } from '../../shared/instant';
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type {
  DirectoryApp,
  GroupChanges,
  GroupId,
  GroupListing,
  GroupMember,
  Page,
} from '../directory';
import type { Door, Refused } from '../door';
import { onePage } from './collect';
import { gone } from './failures';
import { described } from './groups';
import { applications, type CountedGroup, countedGroups, idsOnly, members } from './schemas';

const LARGEST_PAGE = 200;
const MOST_FOUND = 50;
/** Sizes and administrator rights come with the list; without it they would be a call for each group. */
const WITH_STATS = 'stats';
/** Lists lag behind changes, and two clocks differ: each run looks back a little further. */
const OVERLAP = 5 * MINUTE;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const KINDS: Readonly<Record<string, string>> = {
  OKTA_GROUP: 'Okta group',
  APP_GROUP: 'App group',
  BUILT_IN: 'Built-in group',
};

type Told<T> = Promise<Result<T, Failure>>;

export class OktaLists {
  readonly #sdk: Client;
  readonly #door: Door;
  readonly #clock: Clock;
  constructor(sdk: Client, door: Door, clock: Clock) {
    this.#sdk = sdk;
    this.#door = door;
    this.#clock = clock;
  }

  async search(text: string): Told<GroupListing[]> {
    const search = `profile.name sw "${text.replace(/[\\"]/g, '\\$&')}"`;
    const read = await onePage(
      this.#door,
      () => this.#sdk.groupApi.listGroups({ search, limit: MOST_FOUND, expand: WITH_STATS }),
      countedGroups,
    );
    return read.ok ? ok(read.value.items.map(asListing)) : no(read.error.failure);
  }

  /** Okta never tells by this list that a group was deleted: only a whole run shows it. */
  async changes(ask: { mark?: string; cursor?: string }): Told<GroupChanges> {
    const { mark } = ask;
    if (mark !== undefined && !INSTANT.test(mark)) {
      return no(failure('mark-expired', 'This is no mark of an earlier reading of Okta.'));
    }
    // The next run begins where this one began, not where it ended.
    const [began = this.#clock.now(), after] = ask.cursor?.split('|') ?? [];
    const filter =
      mark === undefined
        ? {}
        : { filter: `lastUpdated gt "${mark}" or lastMembershipUpdated gt "${mark}"` };
    const read = await onePage(
      this.#door,
      () =>
        this.#sdk.groupApi.listGroups({
          limit: LARGEST_PAGE,
          expand: WITH_STATS,
          ...filter,
          ...(after !== undefined && { after }),
        }),
      countedGroups,
    );
    if (!read.ok) return no(read.error.failure);
    const { items, cursor } = read.value;
    const next =
      cursor === undefined
        ? { mark: plusSeconds(began as never, -OVERLAP) }
        : { cursor: `${began}|${cursor}` };
    return ok({ changed: items.map(asListing), deleted: [], whole: mark === undefined, ...next });
  }

  async members(groupId: GroupId, cursor: string | undefined): Told<Page<GroupMember>> {
    const after = cursor === undefined ? {} : { after: cursor };
    const read = await onePage(
      this.#door,
      () => this.#sdk.groupApi.listGroupUsers({ groupId, limit: LARGEST_PAGE, ...after }),
      members,
    );
    if (!read.ok) {
      const { failure: why } = read.error;
      return no(why.code === 'not-found' ? gone('group', why) : why);
    }
    return page(read.value, ({ id, profile }): GroupMember => {
      const department = profile?.department;
      return { id, kind: 'person', ...(department && { department }) };
    });
  }
}

/** With the scope `okta.apps.read`, through a door of their own. */
export class OktaApps {
  readonly #sdk: Client;
  readonly #door: Door;
  constructor(sdk: Client, door: Door) {
    this.#sdk = sdk;
    this.#door = door;
  }

  async all(cursor: string | undefined): Told<Page<DirectoryApp>> {
    const after = cursor === undefined ? {} : { after: cursor };
    const read = await onePage(
      this.#door,
      () => this.#sdk.applicationApi.listApplications({ limit: LARGEST_PAGE, ...after }),
      applications,
    );
    if (!read.ok) return no(needs(read.error));
    return page(read.value, ({ id, label, name, status }) => ({
      id,
      name: label || name || id,
      active: status === 'ACTIVE',
    }));
  }

  async groupsOf(appId: string, cursor: string | undefined): Told<Page<GroupId>> {
    const after = cursor === undefined ? {} : { after: cursor };
    const read = await onePage(
      this.#door,
      () =>
        this.#sdk.applicationApi.listApplicationGroupAssignments({
          appId,
          limit: LARGEST_PAGE,
          ...after,
        }),
      idsOnly,
    );
    return read.ok ? page(read.value, ({ id }) => id) : no(needs(read.error));
  }
}

const needs = ({ failure: why }: Refused): Failure =>
  why.code === 'scope-missing'
    ? { ...why, detail: 'Okta says that the credential lacks the scope okta.apps.read.' }
    : why;

function page<T, U>(read: { items: T[]; cursor?: string }, map: (item: T) => U) {
  const { items, cursor } = read;
  return ok({ items: items.map(map), ...(cursor !== undefined && { cursor }) });
}

function asListing(group: CountedGroup): GroupListing {
  const stats = group._embedded?.stats;
  return {
    ...described(group),
    privileged: stats?.hasAdminPrivilege === true,
    description: group.profile.description ?? '',
    kind: KINDS[group.type] ?? group.type,
    ...(stats?.usersCount !== undefined && { size: stats.usersCount }),
  };
}
