/**
 * Whether the rules of a role or an app can be meant: laid over the site's and judged as they will be
 * asked for by. Nothing is written.
 */
import type { Looking } from '../catalog/looking';
import type { App, Role } from '../catalog/model/catalog';
import { agreed } from '../catalog/model/privileged';
import { movesOwner, ownerDecides } from '../catalog/of-app';
import type { Problem } from '../contracts/answer';
import type { SitePolicy } from '../contracts/policy';
import { lookUp } from './known';
import { checkNames, checkRules } from './model/check';
import { asksExceptions, checkWay } from './model/check-way';
import { comparePolicies } from './model/compare';
import { policyFor, type RolePolicy } from './model/effective';
import { type GivesAndAsks, groupsAsked, ringSentence, ringThrough } from './model/rings';
import type { Wrong } from './model/schema-words';

/** The only check that does not say "wrong": somebody else has to say so as well. */
export const SECOND = 'second-administrator';

export function unsound(wrong: readonly Wrong[]): Problem {
  const [first] = wrong;
  const others = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : '';
  return {
    check: 'policy-sound',
    sentence: `${first?.path}: ${first?.sentence}${others}`,
    nextStep: 'Correct the named places; nothing was saved.',
    inputs: wrong.slice(0, 50).map(({ path, sentence }) => ({ path, problem: sentence })),
  };
}

/** `under`: where the rules stand in what was entered. */
export async function roleProblem(
  looking: Looking,
  { role, before, app }: { role: Role; before: Role | undefined; app: App },
): Promise<Problem | undefined> {
  const twice = saidTwice(role);
  if (twice.length > 0) return unsound(twice);
  const site = await looking.policy();
  const policy = policyFor(site, app, role);
  const was = before && policyFor(site, app, before);
  const known = await lookUp(looking, { rules: role.rules ? [role.rules] : [] });
  const asksNew = !was || JSON.stringify(was.stages) !== JSON.stringify(policy.stages);
  const wrong = [
    ...checkRules(policy, role.risk, 'rules'),
    ...checkNames(role.rules ?? {}, known, 'rules'),
    ...(await rings(looking, site, { role, policy, app })),
    ...(asksNew || before?.status !== 'live'
      ? checkWay(policy, await looking.bindings(), 'rules', asksExceptions(site, role.id))
      : []),
  ];
  return wrong.length > 0 ? unsound(wrong) : undefined;
}

const SHORT = ['durations', 'permanent'] as const;

/** In short and in the rules: nobody could tell which is meant. */
function saidTwice({ approver, rules, ...role }: Role): Wrong[] {
  const twice: string[] = SHORT.filter(
    (name) => role[name] !== undefined && rules?.[name] !== undefined,
  );
  const words = twice.map((name) => ({
    path: `rules.${name}`,
    sentence: `The role says its ${name} already beside the rules. Say it in one of the two places.`,
  }));
  const long = (['stages', 'auto'] as const).filter((name) => rules?.[name] !== undefined);
  return approver && long.length > 0
    ? [
        ...words,
        {
          path: `rules.${long[0]}`,
          sentence:
            'The role says who decides already in approver. Take approver out, or this member.',
        },
      ]
    : words;
}

/** As far as the catalog knows; other roles count with what the site and their own rules say. */
async function rings(
  looking: Looking,
  site: SitePolicy,
  { role, policy, app }: { role: Role; policy: RolePolicy; app: App },
): Promise<Wrong[]> {
  if (groupsAsked(policy.stages).length === 0) return [];
  const others = ((await looking.live()) ?? []).filter((one) => one.id !== role.id);
  const nodes = [
    nodeOf(role, policy),
    ...others.map((one) => nodeOf(one, policyFor(site, one.appId === app.id ? app : {}, one))),
  ];
  const ring = ringThrough(role.id, nodes);
  return ring ? [{ path: 'rules.stages', sentence: ringSentence(ring) }] : [];
}

const nodeOf = (
  { id, connectionId, groups }: Role,
  { stages }: Pick<RolePolicy, 'stages'>,
): GivesAndAsks => ({
  id,
  gives: groups.map((group) => `${connectionId}:${group.id}`),
  asks: groupsAsked(stages),
});

/** What an app says is judged by what it makes of each of its roles. */
export async function appProblem(looking: Looking, app: App): Promise<Problem | undefined> {
  if (!app.rules) return undefined;
  const site = await looking.policy();
  const bindings = await looking.bindings();
  const known = await lookUp(looking, { rules: [app.rules] });
  const wrong = [...checkNames(app.rules, known, 'rules')];
  for (const role of await looking.rolesOf(app.id)) {
    const policy = policyFor(site, app, role);
    const own = [
      ...checkRules(policy, role.risk, 'rules'),
      ...checkWay(policy, app.rules.stages ? bindings : [], 'rules', asksExceptions(site, role.id)),
    ];
    wrong.push(
      ...own.map(({ path, sentence }) => ({ path, sentence: `${role.name}: ${sentence}` })),
    );
    wrong.push(...(await rings(looking, site, { role, policy, app })));
    if (wrong.length > 0) break;
  }
  return wrong.length > 0 ? unsound(wrong) : undefined;
}

export const GUARDED: readonly string[] = ['privileged', 'break-glass'];
export const isGuarded = (tier: string): boolean => GUARDED.includes(tier);

/** What of an offered privileged role would get weaker; in words, with the role's name before each. */
export function weakening(
  before: { readonly role: Role; readonly policy: RolePolicy },
  after: { readonly role: Role; readonly policy: RolePolicy },
): string[] {
  if (!isGuarded(before.policy.tier)) return [];
  return comparePolicies(before.policy, after.policy)
    .filter(({ way }) => way === 'weaker')
    .map(({ text }) => `${after.role.name}: ${text}`);
}

export const second = (lines: readonly string[]): Problem => ({
  check: SECOND,
  sentence: `This lets more through, and the role is guarded by two administrators: ${lines.join('; ').slice(0, 600)}.`,
  nextStep: 'Another administrator confirms it; until then nothing changes.',
});

/** Offered again after a pause, it is compared with what it was when it was last offered. */
export async function roleWeakening(
  looking: Looking,
  { role, before, app }: { role: Role; before: Role | undefined; app: App },
): Promise<string[]> {
  if (!before || role.status !== 'live') return [];
  const was = await looking.lastOffered(before);
  if (!was) return [];
  const site = await looking.policy();
  return weakening(
    { role: was, policy: policyFor(site, app, was) },
    { role, policy: policyFor(site, app, role) },
  );
}

export async function appWeakening(
  looking: Looking,
  before: App | undefined,
  after: App,
): Promise<string[]> {
  const ruled = JSON.stringify(before?.rules) !== JSON.stringify(after.rules);
  if (!before || !(ruled || movesOwner(before, after))) return [];
  const site = await looking.policy();
  return (await looking.offeredOf(after.id)).flatMap((role) => {
    const was = { role, policy: policyFor(site, before, role) };
    const is = { role, policy: policyFor(site, after, role) };
    return [...weakening(was, is), ...(movesOwner(before, after) ? handedOver(is) : [])];
  });
}

/** Whoever chose the owner would choose who decides. Roles that two agreed to are confirmed anew instead. */
export const handedOver = ({ role, policy }: { role: Role; policy: RolePolicy }): string[] =>
  isGuarded(policy.tier) && agreed(role).length === 0 && ownerDecides(policy)
    ? [`${role.name}: another owner decides, weaker`]
    : [];
