/** Groups as a list, what changed in it since, who is in a group, and which groups an application has. */
import type { Client } from '@microsoft/microsoft-graph-client';
import type * as z from 'zod/mini';
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
import type { Done, Door, Refused } from '../door';
import { among, expression, guid, isGuid, literal, MOST_IN, within } from './client';
import { gone, lacking, telling } from './failures';
import { LISTED_PROPERTIES, listed } from './kinds';
import { pageOf } from './people';
import { appsPage, assignmentsPage, deltaPage, group, groupsPage, membersPage } from './schemas';

const LARGEST_PAGE = 999;
const MOST_FOUND = 50;
const DELTA = '/groups/delta';
const APPS = '/servicePrincipals';
const READ_APPS = 'Application.Read.All';
/** What the gallery and the admin center give to applications that people use, and not to Microsoft's own. */
const APP_TAG = 'WindowsAzureActiveDirectoryIntegratedApp';

type Told<T> = Promise<Result<T, Failure>>;

export class EntraListing {
  readonly #sdk: Client;
  readonly #door: Door;
  constructor(sdk: Client, door: Door) {
    this.#sdk = sdk;
    this.#door = door;
  }

  async search(text: string): Told<GroupListing[]> {
    const read = await this.#door.run(() => {
      const all = this.#sdk.api('/groups').select(LISTED_PROPERTIES).top(MOST_FOUND);
      const begins = `startswith(displayName,${literal(text)})`;
      return (text === '' ? all : all.filter(expression(begins))).get();
    }, groupsPage);
    return read.ok ? ok(read.value.value.value.map(listed)) : no(read.error.failure);
  }

  /**
   * https://learn.microsoft.com/graph/api/group-delta: the first run names every group, later ones what
   * changed since. Members are not selected, or every one of them would be in the answer.
   */
  async changes({ mark, cursor }: { mark?: string; cursor?: string }): Told<GroupChanges> {
    const [run, from] = startOf(mark, cursor);
    const link = from === undefined ? ok(undefined) : within(DELTA, from);
    if (!link.ok) return no(cursor === undefined ? expired(link.error) : link.error);
    const start = link.value;
    const read = await this.#door.run(
      () =>
        start === undefined
          ? this.#sdk.api(DELTA).select(LISTED_PROPERTIES).get()
          : this.#sdk.api(start).get(),
      deltaPage,
    );
    if (!read.ok) return no(run === 'since' ? lost(read.error) : read.error.failure);
    const { value, '@odata.nextLink': next, '@odata.deltaLink': end } = read.value.value;
    const last = new Map(value.map((one) => [one.id, one]));
    const deleted = [...last.values()].filter((one) => one['@removed'] !== undefined);
    for (const { id } of deleted) last.delete(id);
    const whole = await this.#completed([...last.values()]);
    if (!whole.ok) return whole;
    const onward = within(DELTA, next ?? end ?? '');
    if (!onward.ok) return onward;
    return ok({
      changed: whole.value,
      deleted: deleted.map(({ id }) => id),
      whole: run === 'whole',
      ...(next === undefined ? { mark: onward.value } : { cursor: `${run} ${onward.value}` }),
    });
  }

  async members(of: GroupId, cursor?: string): Told<Page<GroupMember>> {
    if (!isGuid(of)) return no(failure('group-not-found', 'Not a group of Entra ID.'));
    const path = `/groups/${guid(of)}/members`;
    const read = await this.#page(path, ['id', 'department'], cursor, membersPage);
    if (!read.ok) {
      const why = read.error.failure;
      return no(why.code === 'not-found' ? gone('group', why) : why);
    }
    const { value, '@odata.nextLink': next } = read.value.value;
    const members = value.map(({ id, '@odata.type': type, department }): GroupMember => {
      const kind = KINDS[type ?? ''] ?? 'other';
      return { id, kind, ...(department && { department }) };
    });
    return pageOf(path, members, next);
  }

  async apps(cursor?: string): Told<Page<DirectoryApp>> {
    const filter = `tags/any(t:t eq ${literal(APP_TAG)})`;
    const read = await this.#page(
      APPS,
      ['id', 'displayName', 'accountEnabled'],
      cursor,
      appsPage,
      filter,
    );
    if (!read.ok) return no(lacking(read.error.failure, READ_APPS));
    const { value, '@odata.nextLink': next } = read.value.value;
    const apps = value.map(({ id, displayName, accountEnabled }) => ({
      id,
      name: displayName ?? id,
      active: accountEnabled !== false,
    }));
    return pageOf(APPS, apps, next);
  }

  async groupsOf(app: string, cursor?: string): Told<Page<GroupId>> {
    if (!isGuid(app)) return no(failure('not-found', 'Not an enterprise application of Entra ID.'));
    const path = `${APPS}/${guid(app)}/appRoleAssignedTo`;
    const read = await this.#page(path, ['principalId', 'principalType'], cursor, assignmentsPage);
    if (!read.ok) return no(lacking(read.error.failure, READ_APPS));
    const { value, '@odata.nextLink': next } = read.value.value;
    // A group with several roles in the application stands there once for each.
    const groups = value.flatMap(({ principalId, principalType }) =>
      principalType === 'Group' && principalId ? [principalId] : [],
    );
    return pageOf(path, [...new Set(groups)], next);
  }

  async #page<T>(
    path: string,
    select: string[],
    cursor: string | undefined,
    schema: z.ZodMiniType<T>,
    filter?: string,
  ): Promise<Result<Done<T>, Refused>> {
    const from = cursor === undefined ? ok(undefined) : within(path, cursor);
    if (!from.ok) return no({ failure: from.error });
    const link = from.value;
    return this.#door.run(() => {
      if (link !== undefined) return this.#sdk.api(link).get();
      const all = this.#sdk.api(path).select(select).top(LARGEST_PAGE);
      return (filter === undefined ? all : all.filter(expression(filter))).get();
    }, schema);
  }

  /** Change tracking promises no more than the properties that changed. */
  async #completed(entries: readonly { readonly id: string }[]): Told<GroupListing[]> {
    const parsed = entries.map((entry) => ({ id: entry.id, group: group.safeParse(entry).data }));
    const known = parsed.flatMap((one) => (one.group ? [listed(one.group)] : []));
    const partial = parsed.filter((one) => !one.group && isGuid(one.id)).map(({ id }) => id);
    for (let from = 0; from < partial.length; from += MOST_IN) {
      const some = partial.slice(from, from + MOST_IN);
      const read = await this.#door.run(
        () => this.#sdk.api('/groups').filter(among(some)).select(LISTED_PROPERTIES).get(),
        groupsPage,
      );
      if (!read.ok) return no(read.error.failure);
      known.push(...read.value.value.value.map(listed));
    }
    return ok(known);
  }
}

const KINDS: Readonly<Record<string, GroupMember['kind']>> = {
  '#microsoft.graph.user': 'person',
  '#microsoft.graph.group': 'group',
};

type Run = 'whole' | 'since';

/** A cursor tells which kind of run it belongs to, whatever else the caller hands in with it. */
function startOf(mark: string | undefined, cursor: string | undefined): [Run, string | undefined] {
  if (cursor === undefined) return [mark === undefined ? 'whole' : 'since', mark];
  const [run, link = ''] = cursor.split(' ');
  return [run === 'since' ? 'since' : 'whole', link];
}

/** 410 asks for a new start, and so does a token that Graph cannot read any more. */
function lost({ failure: why, answer }: Refused): Failure {
  const unknown = answer?.status === 410 || answer?.status === 400 || answer?.status === 404;
  return unknown ? expired(why) : why;
}

const expired = (from: Failure) =>
  failure('mark-expired', 'Entra ID no longer knows how far the last reading came.', telling(from));
