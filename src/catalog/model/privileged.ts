/**
 * Groups that carry administrator rights: two administrators say that a role may lead there, and
 * neither of them approves or receives the role on the day after.
 */
import { DAY, type Instant, later, secondsBetween } from '../../shared/instant';
import type { Mapper, Role } from './catalog';

type Privileged = Role['privilegedBy'];
const WAIT = DAY;

/** Ids of groups that two administrators said a role may lead to. */
export function agreed(role: Pick<Role, 'privilegedBy'>): readonly string[] {
  const { privilegedBy } = role;
  return privilegedBy?.by.at(-1)?.act === 'confirmed' ? privilegedBy.groups : [];
}

/** Saved once more; whoever mapped it during the last day stays named, so that nobody drops out of the wait. */
export function mapping(
  before: Privileged,
  groups: readonly string[],
  by: Mapper,
): NonNullable<Privileged> {
  return { groups: [...groups].sort(), by: [...recent(before, by.at as Instant), by] };
}

/** Agreed to no group any more; whoever mapped it during the last day waits all the same. */
export function nothingAgreed(before: Privileged, now: Instant): Pick<Role, 'privilegedBy'> {
  const by = recent(before, now);
  return by.length > 0 ? { privilegedBy: { groups: [], by } } : {};
}

/** The day counts for all of them from the last act, as in `mappedLately`; each with the last of their own. */
function recent(before: Privileged, now: Instant): Mapper[] {
  const by = before?.by ?? [];
  if (!by.some((m) => secondsBetween(m.at as Instant, now) < WAIT)) return [];
  const who = by.map((m) => [m.accountId, ...m.personIds].join(' '));
  return by.filter((_, n) => who.lastIndexOf(who[n] as string) === n);
}

/** The administrator whose mapping waits for a second one; `undefined` when none does. */
export function awaiting(role: Pick<Role, 'privilegedBy' | 'status'>): Mapper | undefined {
  const last = role.privilegedBy?.by.at(-1);
  const some = (role.privilegedBy?.groups.length ?? 0) > 0;
  return role.status === 'draft' && some && last?.act === 'saved' ? last : undefined;
}

/** The same account, or another account of the same directory person. */
export const sameMapper = (a: Pick<Mapper, 'accountId' | 'personIds'>, b: typeof a): boolean =>
  a.accountId === b.accountId || a.personIds.some((id) => b.personIds.includes(id));

/**
 * Whether this person mapped the role to such groups within the last day. The day counts for all of
 * them from the last act: before it, nothing could be asked for.
 */
export function mappedLately(
  role: Pick<Role, 'privilegedBy'>,
  who: { readonly accountId: string; readonly personIds: readonly string[] },
  now: Instant,
): boolean {
  const by = role.privilegedBy?.by ?? [];
  const [first, ...rest] = by.map((m) => m.at as Instant);
  if (first === undefined || secondsBetween(rest.reduce(later, first), now) >= WAIT) return false;
  return by.some((m) => sameMapper(m, { ...who, personIds: [...who.personIds] }));
}
