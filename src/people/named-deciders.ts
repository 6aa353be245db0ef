/** Everybody whom catalog and policy name as deciding, with where; roles and apps that can be asked for. */
import type { App, Role } from '../catalog/model/catalog';
import { apps, roles } from '../catalog/store';
import type { Override, Rules, Source } from '../contracts/policy';
import { loadSitePolicy } from '../policy/site-policy';
import type { Deps } from '../requests/deps';
import { find, type RecordType } from '../shared/record';

export interface GroupNamed {
  readonly connection: string;
  readonly group: string;
  readonly place: string;
}
export interface Named {
  /** By account: where it is named, in words. */
  readonly accounts: Map<string, string[]>;
  readonly groups: readonly GroupNamed[];
}

const MOST_PAGES = 20;

export async function whoDecides(deps: Pick<Deps, 'store'>): Promise<Named> {
  const accounts = new Map<string, string[]>();
  const groups: GroupNamed[] = [];
  const name = (accountId: string, place: string) =>
    accounts.set(accountId, [...(accounts.get(accountId) ?? []), place]);
  const rules = (said: Override | Rules | undefined, place: string) => {
    const sources = (said?.stages ?? []).flatMap((stage) => stage.from);
    for (const source of sources) bySource(source, place, { name, groups });
    if (said?.auto) name(said.auto.signedOffBy, `signed off the rule of ${place}`);
  };
  const site = (await loadSitePolicy(deps.store)).value;
  for (const accountId of site.fallback) name(accountId, 'the IT queue');
  for (const [tier, said] of Object.entries(site.tiers)) rules(said, `the tier ${tier}`);
  for (const set of site.sod)
    if (set.approver) bySource(set.approver, `the set ${set.name}`, { name, groups });
  const live = new Map<string, App>();
  for (const app of await all(deps, apps, 'app')) {
    live.set(app.id, app);
    name(app.owner, `owner of ${app.name}`);
    rules(app.rules, app.name);
  }
  for (const role of await all(deps, roles, 'role')) {
    const place = `${role.name} in ${live.get(role.appId)?.name ?? role.appId}`;
    if (role.approver?.kind === 'person') name(role.approver.accountId, place);
    if (role.approver?.kind === 'auto')
      name(role.approver.signedOffBy, `signed off the rule of ${place}`);
    rules(role.rules, place);
  }
  return { accounts, groups };
}

function bySource(
  source: Source,
  place: string,
  into: { name(accountId: string, place: string): unknown; groups: GroupNamed[] },
): void {
  if (source.kind === 'people') for (const one of source.accounts) into.name(one, place);
  const { groups } = into;
  if (source.kind !== 'directory-group') return;
  const { connection, group } = source;
  if (!groups.some((one) => one.connection === connection && one.group === group))
    groups.push({ connection, group, place });
}

async function all<T extends App | Role>(
  deps: Pick<Deps, 'store'>,
  type: RecordType<T>,
  kind: 'app' | 'role',
): Promise<T[]> {
  const read: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { found, cursor: next } = await find(deps.store, type, {
      index: 'by-kind',
      partition: [kind, 'live'],
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    read.push(...found.map((held) => held.value));
    cursor = next;
    if (cursor === undefined) break;
  }
  return read;
}
