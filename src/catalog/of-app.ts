/** Live roles of one app: what a change of the app, or of one of them, has to look at. */
import type { Rules, SitePolicy } from '../contracts/policy';
import { policyFor } from '../policy/model/effective';
import type { Deps } from '../requests/deps';
import { find, type Held, load } from '../shared/record';
import type { App, Mapper, Role } from './model/catalog';
import { agreed, mapping } from './model/privileged';
import { roles } from './store';

/** The index finds them, the record decides. */
export async function liveRolesOf(
  deps: Pick<Deps, 'store'>,
  appId: string,
): Promise<readonly Held<Role>[]> {
  const live: Held<Role>[] = [];
  let cursor: string | undefined;
  do {
    const page = await find(deps.store, roles, {
      index: 'by-kind',
      partition: ['role', 'live'],
      // Sorted by app and name: '0' is the character after '/'.
      range: { from: `${appId}/`, to: `${appId}0` },
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    live.push(...page.found.filter(({ value }) => value.appId === appId));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return live;
}

/** The owner is asked, or signed off the rule that decides instead. */
export const ownerDecides = ({ stages, auto }: Pick<Rules, 'stages' | 'auto'>): boolean =>
  auto !== null || stages.some(({ from }) => from.some(({ kind }) => kind === 'owner'));

/** Two administrators agreed to it as long as this owner decides: another one decides nothing there alone. */
export const restsOnOwner = (site: SitePolicy, app: Pick<App, 'rules'>, role: Role): boolean =>
  role.status === 'live' && agreed(role).length > 0 && ownerDecides(policyFor(site, app, role));

export async function restingOnOwner(
  deps: Pick<Deps, 'store'>,
  site: SitePolicy,
  app: Pick<App, 'id' | 'rules'>,
): Promise<readonly Held<Role>[]> {
  const rests = (role: Role) => restsOnOwner(site, app, role);
  const resting: Held<Role>[] = [];
  for (const { value } of (await liveRolesOf(deps, app.id)).filter((h) => rests(h.value))) {
    const held = await load(deps.store, roles, `role:${value.id}`);
    if (held && rests(held.value)) resting.push(held);
  }
  return resting;
}

export const named = (all: readonly Pick<Role, 'id'>[]): string =>
  all.map(({ id }) => id).join(', ');

/** As if this administrator had saved it: another one has to confirm it. */
export const savedAnew = (role: Role, by: Mapper): Role => ({
  ...role,
  version: role.version + 1,
  status: 'draft',
  privilegedBy: mapping(role.privilegedBy, role.privilegedBy?.groups ?? [], by),
});

export const movesOwner = (before: Pick<App, 'owner'> | undefined, after: Pick<App, 'owner'>) =>
  before !== undefined && before.owner !== after.owner;
