/**
 * What of guarded roles a set of changes would let more through on, applied or taken back: judged by
 * what stands now, because the preview is older and an undo was never looked at. Two administrators
 * look at one thing, not at a hundred, so it is refused in words.
 */
import { policyFor } from '../policy/model/effective';
import { handedOver, weakening } from '../policy/sound';
import type { Deps } from '../requests/deps';
import { decode } from '../shared/record';
import { Looking } from './looking';
import type { App, Role } from './model/catalog';
import { appRecord, roleRecord, type SetChange } from './model/change-set';
import { movesOwner } from './of-app';
import { apps, roles } from './store';

type Of<K extends SetChange['kind']> = Extract<SetChange, { kind: K }>;

export async function setWeakens(
  deps: Deps,
  changes: readonly SetChange[],
  way: 'apply' | 'undo',
): Promise<string[]> {
  const to = way === 'apply' ? 'after' : 'before';
  const ofRoles = changes.filter((c): c is Of<'role'> => c.kind === 'role');
  const ofApps = changes.filter((c): c is Of<'app'> => c.kind === 'app');
  if (ofRoles.length + ofApps.length === 0) return [];
  const looking = new Looking(deps);
  const appIds = [...ofApps.map(({ id }) => id), ...ofRoles.map(({ id }) => id.split('.')[0])];
  const standing = await read(deps, 'app', [...new Set(appIds as string[])]);
  const app = (id: string) => standing.get(id) as App | undefined;
  const appThen = new Map(ofApps.map((c) => [c.id, appRecord(app(c.id), c[to])]));
  const appAfter = (id: string) => appThen.get(id) ?? app(id);

  const ids = ofRoles.map(({ id }) => id);
  const held = (await read(deps, 'role', ids)) as ReadonlyMap<string, Role>;
  const pairs: (readonly [was: Role, is: Role])[] = [];
  for (const c of ofRoles) {
    const now = held.get(c.id);
    const is = roleRecord(now, c[to]);
    const was = now && is?.status === 'live' ? await looking.lastOffered(now) : undefined;
    if (was && is) pairs.push([was, is]);
  }
  for (const { id } of ofApps)
    for (const role of await looking.offeredOf(id))
      if (!held.has(role.id)) pairs.push([role, role]);

  const site = await looking.policy();
  return pairs.flatMap(([was, is]) => {
    const [before, after] = [app(is.appId), appAfter(is.appId)];
    if (!before || !after) return [];
    const then = { role: is, policy: policyFor(site, after, is) };
    return [
      ...weakening({ role: was, policy: policyFor(site, before, was) }, then),
      ...(movesOwner(before, after) ? handedOver(then) : []),
    ];
  });
}

async function read(
  deps: Deps,
  kind: 'app' | 'role',
  ids: readonly string[],
): Promise<ReadonlyMap<string, App | Role>> {
  const keys = ids.map((id) => `${kind}:${id}`);
  const rows = await deps.store.getMany(keys.map((key) => ({ entity: 'config', key })));
  const all = new Map<string, App | Role>();
  for (const [n, row] of rows.entries()) {
    const key = keys[n] as string;
    if (row)
      all.set(ids[n] as string, decode<App | Role>(kind === 'app' ? apps : roles, key, row).value);
  }
  return all;
}
