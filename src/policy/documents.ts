/**
 * The site's policy as a document: read, checked, compared, saved as a new version.
 *
 * 1. its form is read; a wrong place is told with what to write instead (`model/schema-words.ts`);
 * 2. what it names is looked up, and what contradicts itself is refused (`model/check-site.ts`);
 * 3. the difference to what stands is put into words; what lets more through on guarded roles is kept
 *    for a second administrator (`proposal-record.ts`);
 * 4. else it is written: the head, and a copy under its version, which old decisions are judged by.
 */
import { type Change, no, saveAll } from '../catalog/changes';
import { Looking } from '../catalog/looking';
import type { Role } from '../catalog/model/catalog';
import { loadSettings, putSettings } from '../catalog/settings';
import { putVersioned } from '../catalog/store';
import type { Answer } from '../contracts/answer';
import type { SitePolicy } from '../contracts/policy';
import type { Write } from '../forge/ports';
import type { Deps } from '../requests/deps';
import type { Instant } from '../shared/instant';
import { lookUp } from './known';
import { checkSite, readSitePolicy, TIERS } from './model/check-site';
import { asksExceptions, checkWay } from './model/check-way';
import { compareSites, type SiteLine } from './model/compare-sites';
import { policyFor } from './model/effective';
import { groupsAsked, ringSentence, ringThrough } from './model/rings';
import type { Wrong } from './model/schema-words';
import { signedOff, signOffProblem } from './model/sign-off';
import { type Confirmed, propose } from './proposal-record';
import { loadSitePolicy, SITE_POLICY, sitePolicies } from './site-policy';
import { GUARDED, isGuarded, unsound } from './sound';

/** Of a hundred live roles each: as far as the catalog is looked through on a save. */
const PAGES = 20;

export async function readPolicy(deps: Deps): Promise<Answer<SitePolicy>> {
  return { ok: true, value: (await loadSitePolicy(deps.store)).value };
}

export interface Given {
  readonly version: number;
  readonly policy?: unknown;
}

export interface JudgedPolicy {
  readonly before: SitePolicy;
  readonly policy: SitePolicy;
  readonly lines: readonly SiteLine[];
  /** What of it takes two administrators, in words. */
  readonly weaker: readonly string[];
  readonly rev: number;
}

/** As it would be stored, with its difference to what stands; nothing is written. */
export async function judgePolicy(
  deps: Deps,
  given: Given,
  by: string,
): Promise<Answer<JudgedPolicy>> {
  const { value: before, rev } = await loadSitePolicy(deps.store);
  const form = readSitePolicy(given.policy);
  if (!form.ok) return { ok: false, problem: unsound(form.error) };
  if (given.version !== before.version)
    return no(
      'changed-meanwhile',
      'Somebody else changed the policy after this was read.',
      'Read it again and make your change there.',
    );
  const signed = TIERS.flatMap((tier) =>
    signOffProblem(
      form.value.tiers[tier].auto,
      before.tiers[tier].auto,
      [by],
      `tiers.${tier}.auto`,
    ),
  );
  if (signed.length > 0) return { ok: false, problem: unsound(signed) };
  const policy = numbered(form.value, before, deps.now());
  const looking = new Looking(deps, PAGES);
  const live = await looking.live();
  const wrong = await wrongIn(looking, policy, before, live ?? []);
  if (wrong.length > 0) return { ok: false, problem: unsound(wrong) };
  const lines = compareSites(before, policy);
  const weaker = await guardedLines(looking, lines, live);
  return { ok: true, value: { before, policy, lines, weaker, rev } };
}

function numbered(given: SitePolicy, before: SitePolicy, now: Instant): SitePolicy {
  const tiers = { ...given.tiers };
  for (const tier of TIERS) {
    const rules = given.tiers[tier];
    tiers[tier] = { ...rules, auto: signedOff(rules.auto, before.tiers[tier].auto, now) };
  }
  return { ...given, tiers, version: before.version + 1 };
}

async function wrongIn(
  looking: Looking,
  policy: SitePolicy,
  before: SitePolicy,
  live: readonly Role[],
): Promise<Wrong[]> {
  const named = await lookUp(looking, {
    rules: TIERS.map((tier) => policy.tiers[tier]),
    sources: policy.sod.flatMap(({ approver }) => (approver ? [approver] : [])),
    accounts: policy.fallback,
  });
  const bindings = await looking.bindings();
  const others = new Set(live.map(({ id }) => id));
  const asked = policy.sod.flatMap(({ roles }) => roles).filter((id) => !others.has(id));
  return [
    ...checkSite(policy, {
      ...named,
      roles: new Set([...others, ...(await looking.known(asked))]),
    }),
    ...TIERS.flatMap((tier) =>
      JSON.stringify(policy.tiers[tier].stages) === JSON.stringify(before.tiers[tier].stages)
        ? []
        : checkWay(policy.tiers[tier], bindings, `tiers.${tier}`),
    ),
    ...exceptions(policy, before, live, bindings),
    ...rings(policy, live),
  ];
}

/** Of a set that asks somebody from now on: one stage more for each of its live roles. */
function exceptions(
  policy: SitePolicy,
  before: SitePolicy,
  live: readonly Role[],
  bindings: Parameters<typeof checkWay>[1],
): Wrong[] {
  for (const role of live) {
    if (!asksExceptions(policy, role.id) || asksExceptions(before, role.id)) continue;
    const [wrong] = checkWay(policyFor(policy, {}, role), bindings, 'sod', true);
    if (wrong) return [{ path: 'sod', sentence: `${role.id}: ${wrong.sentence}` }];
  }
  return [];
}

/** Each live role with the tiers as they would be; the first ring that is found is told. */
function rings(policy: SitePolicy, live: readonly Role[]): Wrong[] {
  if (!TIERS.some((tier) => groupsAsked(policy.tiers[tier].stages).length > 0)) return [];
  const nodes = live.map((role) => ({
    id: role.id,
    gives: role.groups.map((group) => `${role.connectionId}:${group.id}`),
    asks: groupsAsked(policyFor(policy, {}, role).stages),
  }));
  for (const role of live) {
    if (groupsAsked(policy.tiers[role.risk].stages).length === 0) continue;
    const ring = ringThrough(role.id, nodes);
    if (ring)
      return [{ path: `tiers.${role.risk}.stages`, sentence: `${role.id}: ${ringSentence(ring)}` }];
  }
  return [];
}

/** While nobody could ever ask for a guarded role there is nothing to guard. */
async function guardedLines(
  looking: Looking,
  lines: readonly SiteLine[],
  live: readonly Role[] | undefined,
): Promise<string[]> {
  const weaker = lines.filter(({ way }) => way === 'weaker');
  if (weaker.length === 0) return [];
  const tiers = await guardedTiers(looking, live);
  if (tiers.size === 0) return [];
  return weaker.filter(({ of }) => of === undefined || tiers.has(of)).map(({ text }) => text);
}

/** More roles than are looked through here: any of them may be a guarded one. */
async function guardedTiers(
  looking: Looking,
  live: readonly Role[] | undefined,
): Promise<ReadonlySet<string>> {
  const tiers = new Set((live ?? []).map(({ risk }) => risk).filter(isGuarded));
  if (live && tiers.size === GUARDED.length) return tiers;
  const once = live && (await looking.onceOffered());
  if (!once) return new Set(GUARDED);
  return new Set([...tiers, ...once.map(({ risk }) => risk).filter(isGuarded)]);
}

/** The difference in words, and what of it takes two administrators; nothing is written. */
export async function comparePolicy(
  deps: Deps,
  given: Given,
  by: string,
): Promise<Answer<Pick<JudgedPolicy, 'lines' | 'weaker'>>> {
  const judged = await judgePolicy(deps, given, by);
  if (!judged.ok) return judged;
  const { lines, weaker } = judged.value;
  return { ok: true, value: { lines, weaker } };
}

export async function savePolicy(
  deps: Deps,
  given: Given,
  by: string,
  confirmed?: Confirmed,
): Promise<Answer<{ policy: SitePolicy; lines: readonly string[] }>> {
  const judged = await judgePolicy(deps, given, by);
  if (!judged.ok) return judged;
  const { policy, lines, weaker, rev } = judged.value;
  if (weaker.length > 0 && !confirmed)
    return propose(deps, { what: SITE_POLICY, by, base: given.version, lines: weaker, given });
  const actor = confirmed?.by ?? by;
  for (let attempt = 0; attempt < 2; attempt++) {
    const settings = await ticketSettings(deps, policy, actor);
    const changes = [
      { what: SITE_POLICY, by: actor, before: judged.value.before, after: policy },
      ...settings.changes,
    ];
    const writes = [
      ...putVersioned(sitePolicies, policy, rev),
      ...settings.writes,
      ...(confirmed?.writes ?? []),
    ];
    if (await saveAll(deps, changes, writes))
      return { ok: true, value: { policy, lines: lines.map(({ text }) => text) } };
  }
  return no(
    'changed-meanwhile',
    'Somebody else changed this at the same moment.',
    'Read it again and make your change there.',
  );
}

/** Every event of the site reads the settings and hardly any the policy, so the projects stand there too. */
async function ticketSettings(
  deps: Deps,
  { ticketProjects }: SitePolicy,
  by: string,
): Promise<{ changes: Change[]; writes: Write[] }> {
  const { value: before, rev } = await loadSettings(deps.store);
  if (JSON.stringify(before.ticketProjects ?? []) === JSON.stringify(ticketProjects))
    return { changes: [], writes: [] };
  const after = { ...before, ticketProjects, version: before.version + 1 };
  const change = { what: 'settings:site', by, before, after };
  return { changes: [change], writes: [putSettings(after, rev)] };
}
