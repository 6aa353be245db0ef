/** Makes the company of a sandbox: the same name and seed give the same company, id by id. */
import { type Random, seeded } from '../kit/random';
import { makeCast } from './cast';
import { makeApps, makePeople } from './filler';
import { googleGroupId, guid, oktaId } from './ids';
import { DOMAIN } from './person';
import { BUILT_IN_GROUPS, SPECIAL_GROUPS } from './special-groups';
import { type GroupPlan, STORY_APPS, STORY_GROUPS } from './story-apps';
import type { DirectoryName, World, WorldGroup, WorldName, WorldPerson } from './world';

interface Size {
  people: number;
  apps: number;
  /** Groups of no app, up to this many groups in all. */
  groups: number;
  /** So many of the apps' groups have so many members each. */
  crowded?: { groups: number; members: number };
}

const SIZES: Record<Exclude<WorldName, 'empty'>, Size> = {
  default: { people: 420, apps: 60, groups: 180 },
  large: { people: 20_000, apps: 1000, groups: 5000, crowded: { groups: 200, members: 1000 } },
};

export function createWorld(name: WorldName, seed = 1): World {
  const cast = makeCast(seed);
  const base = {
    name,
    seed,
    domain: DOMAIN,
    okta: { host: 'latchkey-demo.okta.com' },
    entra: { tenantId: guid(`${seed}:tenant`), domain: DOMAIN },
    google: { customerId: `C0${googleGroupId(`${seed}:customer`).slice(1, 8)}`, domain: DOMAIN },
  };
  if (name === 'empty') {
    return { ...base, people: cast, groups: fill(seed, BUILT_IN_GROUPS, cast, []), apps: [] };
  }
  const size = SIZES[name];
  const others = makePeople(seed, size.people - cast.length);
  const filler = makeApps(seed, size.apps - STORY_APPS.length, others.length);
  const ofApps = crowd(filler.groups, size.crowded);
  const plans = [...BUILT_IN_GROUPS, ...STORY_GROUPS, ...SPECIAL_GROUPS, ...ofApps];
  plans.push(...projectGroups(size.groups - plans.length));
  return {
    ...base,
    people: [...cast, ...others],
    groups: fill(seed, plans, cast, others),
    apps: [...STORY_APPS, ...filler.apps],
  };
}

/** Everybody has an account in Okta and Entra, so there the crowds are whole. */
function crowd(plans: readonly GroupPlan[], crowded: Size['crowded']): readonly GroupPlan[] {
  if (!crowded) return plans;
  let left = crowded.groups;
  return plans.map((plan) =>
    plan.directory !== 'google' && left-- > 0 ? { ...plan, crowd: crowded.members } : plan,
  );
}

const IN_TURN: readonly DirectoryName[] = ['okta', 'entra', 'google'];

function projectGroups(count: number): GroupPlan[] {
  return Array.from({ length: Math.max(count, 0) }, (_, i) => ({
    key: `project-${i + 1}`,
    directory: IN_TURN[i % IN_TURN.length] ?? 'okta',
    name: `Project ${i + 1}`,
    description: `Everyone on project ${i + 1}`,
    kind: 'plain' as const,
  }));
}

/** The cast is only in groups that fill themselves, so that a story begins without access. */
function fill(
  seed: number,
  plans: readonly GroupPlan[],
  cast: readonly WorldPerson[],
  others: readonly WorldPerson[],
): WorldGroup[] {
  const random = seeded(seed * 31 + 7);
  const everyone = [...cast, ...others];
  return plans.map((plan) => {
    const { crowd: _, ...group } = plan;
    return {
      ...group,
      id: groupId(seed, plan),
      ...(plan.directory === 'google' && { email: `${plan.key}@${DOMAIN}` }),
      members: accountsIn(plan.directory, membersOf(plan, everyone, others, random)),
    };
  });
}

function membersOf(
  plan: GroupPlan,
  everyone: readonly WorldPerson[],
  others: readonly WorldPerson[],
  random: Random,
): readonly WorldPerson[] {
  if (plan.kind === 'built-in') return plan.name === 'Everyone' ? everyone : [];
  const department = departmentOf(plan);
  if (department) return everyone.filter((person) => person.department === department);
  if (others.length === 0) return [];
  if (plan.crowd !== undefined) {
    const from = random.int(0, Math.max(0, others.length - plan.crowd));
    return others.slice(from, from + plan.crowd);
  }
  const wanted = plan.kind === 'privileged' ? 3 : random.int(3, 40);
  return [...new Set(Array.from({ length: wanted }, () => random.pick(others)))];
}

/** The department that fills a group by itself, `undefined` for groups filled by hand. */
export function departmentOf(group: Pick<WorldGroup, 'kind' | 'description'>): string | undefined {
  if (group.kind !== 'rule' && group.kind !== 'dynamic') return undefined;
  return /everyone in (.+)$/i.exec(group.description)?.[1];
}

function accountsIn(directory: DirectoryName, people: readonly WorldPerson[]): string[] {
  return people.flatMap((person) =>
    person.accounts.filter((a) => a.directory === directory).map((a) => a.id),
  );
}

function groupId(seed: number, plan: GroupPlan): string {
  const text = `${seed}:${plan.key}`;
  if (plan.directory === 'okta') return oktaId('00g', text);
  return plan.directory === 'entra' ? guid(`group:${text}`) : googleGroupId(text);
}
