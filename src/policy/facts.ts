/**
 * What is known of the person and of the request when it is judged: read from the directory and the
 * ledger, never from what a requester wrote, and only what the policy names.
 *
 * 1. the person's department and employment, if a condition names them;
 * 2. the groups they are really in, once per directory, if a condition or a role of a
 *    separation-of-duties set names one of them;
 * 3. of those sets the roles that the person holds: all groups of the role, or a grant that runs;
 * 4. where a longest time in all counts, since when they have this very role (`held-since.ts`);
 * 5. ticket, stop and unreviewed use come from the caller, who reads them with other records.
 *
 * What cannot be read is unknown, which is never "no"; `failure` then says whether waiting may help.
 */
import type { Role } from '../catalog/model/catalog';
import { connections, type Offer, roles } from '../catalog/store';
import type { Condition, Rules, SitePolicy } from '../contracts/policy';
import type { Directory, DirectoryPerson, GroupId } from '../directories/directory';
import { isLive } from '../grants/model/grant';
import { grants } from '../grants/store';
import type { Deps } from '../requests/deps';
import { findPerson } from '../requests/person';
import { decode, find, load, UnreadableRecord } from '../shared/record';
import { type Failure, no, ok, type Result } from '../shared/result';
import { type ApartRead, apartFrom, apartKey } from './apart-record';
import { heldSince } from './held-since';
import { groupKey } from './model/conditions';
import type { Facts } from './model/evaluate';

export interface FactsWanted {
  readonly offer: Pick<Offer, 'role' | 'policy' | 'site'>;
  /** Whoever shall receive the access: in Jira, and in the role's directory. */
  readonly beneficiary: string;
  readonly personId: string;
  /** Read already; saves the call. */
  readonly person?: DirectoryPerson;
  readonly groups?: readonly GroupId[];
  readonly ticket: Facts['ticket'];
  readonly stopped: Facts['stopped'];
  readonly unreviewed: Facts['unreviewed'];
  /** The grant that is being judged: its own membership is no conflict. */
  readonly grantId?: string;
}

export interface FactsRead {
  readonly facts: Facts;
  /** The first thing that could not be read and that waiting may mend. */
  readonly failure?: Failure;
  /** Where roles are kept apart: what was begun of them, for the transaction that begins this one. */
  readonly begun?: ApartRead;
}

type Reading = Pick<Deps, 'store' | 'jira' | 'settings' | 'directory'>;

/** More grants of one person than this are not read through; then it is not known what they hold. */
const MOST_PAGES = 5;

export async function readFacts(
  deps: Reading,
  directory: Directory,
  wanted: FactsWanted,
): Promise<FactsRead> {
  const { policy, role, site } = wanted.offer;
  const named = conditionsOf(policy);
  const apart = rolesApart(site, role.id);
  let failure: Failure | undefined;
  const noting = <T>(read: Result<T, Failure>): T | undefined => {
    if (read.ok) return read.value;
    if (failure === undefined && read.error.class === 'retryable') failure = read.error;
    return undefined;
  };
  const about = named.some(({ kind }) => kind === 'department' || kind === 'employment');
  const person =
    wanted.person ?? (about ? noting(await directory.person(wanted.personId)) : undefined);
  const known = apart.length === 0 ? undefined : await rolesNamed(deps, apart, wanted.beneficiary);
  const others = apart.length === 0 ? [] : known?.roles;
  const conns = new Set([
    ...named.flatMap((c) => (c.kind === 'directory-group' ? [c.connection] : [])),
    ...(others ?? []).flatMap((one) => (one.groups.length > 0 ? [one.connectionId] : [])),
  ]);
  const groups = new Set<string>();
  const read = new Set<string>();
  for (const connection of conns) {
    const ids = noting(await groupsIn(deps, directory, connection, wanted));
    if (ids === undefined) continue;
    read.add(connection);
    for (const group of ids) groups.add(groupKey({ connection, group }));
  }
  const held = others && (await running(deps, wanted, apart, known?.begun));
  const since = policy.totalAge === null ? null : await lineOf(deps, wanted);
  const isRead = (one: Role) => one.groups.length === 0 || read.has(one.connectionId);
  return {
    facts: {
      department: person && (person.department ?? null),
      employment: person && (person.employment ?? null),
      groups,
      heldRoles:
        held &&
        apart.filter(
          (id) => held.has(id) || others.some((one) => one.id === id && isInAll(one, groups)),
        ),
      ticket: wanted.ticket,
      unreviewed: wanted.unreviewed,
      ...(policy.totalAge !== null && { heldSince: since === undefined ? 'unread' : since }),
      stopped: wanted.stopped,
      looked: {
        groups: new Set(
          named.flatMap((c) =>
            c.kind === 'directory-group' && read.has(c.connection) ? [groupKey(c)] : [],
          ),
        ),
        roles: new Set(
          apart.filter((id) => others?.every((one) => one.id !== id || isRead(one)) ?? false),
        ),
      },
    },
    ...(failure && { failure }),
    ...(known && { begun: known.begun }),
  };
}

const lineOf = (deps: Reading, { offer, personId, grantId }: FactsWanted) =>
  heldSince(deps, {
    roleId: offer.role.id,
    connectionId: offer.role.connectionId,
    personId,
    grantId,
  });

/** Every condition that may be looked at. */
export const conditionsOf = (rules: Pick<Rules, 'visibleTo' | 'auto' | 'breakGlass'>) => [
  ...rules.visibleTo,
  ...(rules.breakGlass?.eligible ?? []),
  ...(rules.auto?.when ?? []).filter(isCondition),
];
const isCondition = (one: { readonly kind: string }): one is Condition =>
  one.kind !== 'at-most' && one.kind !== 'asks-for-self';

/** The other roles of every set that the role is in. */
export const rolesApart = ({ sod }: Pick<SitePolicy, 'sod'>, roleId: string): string[] =>
  [...new Set(sod.filter((set) => set.roles.includes(roleId)).flatMap((set) => set.roles))].filter(
    (id) => id !== roleId,
  );

async function rolesNamed(
  deps: Pick<Reading, 'store'>,
  ids: readonly string[],
  beneficiary: string,
): Promise<{ roles: Role[]; begun: ApartRead } | undefined> {
  const keys = [...ids.map((id) => `role:${id}`), apartKey(beneficiary)];
  const rows = await deps.store.getMany(keys.map((key) => ({ entity: 'config', key })));
  try {
    return {
      roles: ids.flatMap((id, n) => {
        const row = rows[n];
        return row ? [decode(roles, `role:${id}`, row).value] : [];
      }),
      begun: await apartFrom(deps.store, beneficiary, rows[ids.length]),
    };
  } catch (cause) {
    if (cause instanceof UnreadableRecord) return undefined;
    throw cause;
  }
}

/** A role whose groups one is all in; half of them is something else's access. */
const isInAll = ({ groups, connectionId }: Role, held: ReadonlySet<string>): boolean =>
  groups.length > 0 &&
  groups.every(({ id }) => held.has(groupKey({ connection: connectionId, group: id })));

async function groupsIn(
  deps: Reading,
  directory: Directory,
  connectionId: string,
  wanted: FactsWanted,
): Promise<Result<readonly GroupId[], Failure>> {
  if (connectionId === wanted.offer.role.connectionId)
    return wanted.groups ? ok(wanted.groups) : directory.groupsOf(wanted.personId);
  const other = await load(deps.store, connections, `connection:${connectionId}`);
  if (!other || other.value.status === 'off') return no(untold);
  const opened = await deps.directory(other.value);
  if (!opened.ok) return opened;
  const who = { connectionId, accountId: wanted.beneficiary };
  const found = await findPerson(deps, opened.value, who);
  if (found.ok) return opened.value.groupsOf(found.value.person.id);
  if ('failure' in found.error) return no(found.error.failure);
  // Nobody there holds nothing there; whoever cannot be told apart may hold anything.
  return found.error.refusal.check === 'person-in-directory' ? ok([]) : no(untold);
}

const untold: Failure = {
  class: 'needs-human',
  code: 'not-found',
  detail: 'Who the person is in that directory is not known.',
};

/**
 * Of these roles the ones with a grant that runs or is about to. The index lags; what was begun a moment
 * ago is told by `apart-record.ts`, and memberships count beside it.
 */
async function running(
  deps: Pick<Reading, 'store'>,
  { beneficiary, grantId }: FactsWanted,
  apart: readonly string[],
  begun: ApartRead | undefined,
): Promise<ReadonlySet<string> | undefined> {
  const held = new Set<string>();
  if (apart.length === 0) return held;
  for (const one of begun?.held ?? []) if (one.grantId !== grantId) held.add(one.roleId);
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const some = await find(deps.store, grants, {
      index: 'by-account',
      partition: [beneficiary],
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    if (some.unreadable.length > 0) return undefined;
    for (const { value } of some.found)
      if (value.id !== grantId && (isLive(value.state) || value.state === 'approved'))
        held.add(value.roleId);
    cursor = some.cursor;
    if (cursor === undefined) return held;
  }
  return undefined;
}
