/**
 * Roles proposed from an app and its groups: for an administrator to look at, never saved by itself.
 * What is left of a group's name without the app's name says what the group is for.
 */
import { DAY, HOUR } from '../../shared/instant';
import type { GroupCandidate } from './candidate';
import type { Role } from './catalog';
import { wordsOf } from './rank';

/** What leads to a break-glass role is decided by people, never by the name of a group. */
type Risk = Exclude<Role['risk'], 'break-glass'>;

export interface RoleProposal {
  readonly key: string;
  readonly name: string;
  readonly risk: Risk;
  /** Why this tier. */
  readonly because: string;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  /** Seconds. */
  readonly durations: readonly number[];
  readonly permanent: boolean;
  readonly approver: { readonly kind: 'manager' | 'owner' };
  /** The app may not change a group of it, so people would carry it out by hand. */
  readonly manualBecause?: string;
}

export interface Proposal {
  readonly app: { readonly id: string; readonly name: string };
  readonly roles: readonly RoleProposal[];
  /** Groups that are no good for a role, with the reason. */
  readonly leftOut: readonly {
    readonly id: string;
    readonly name: string;
    readonly sentence: string;
  }[];
}

interface Meaning {
  readonly words: readonly string[];
  readonly key: string;
  readonly name: string;
  readonly risk: Risk;
  readonly because: string;
}

const NERVOUS =
  'If explaining it to an auditor would make you nervous, make it temporary: it ends by itself.';
const CHANGES = 'It changes settings or rights of others.';

/** The first that fits decides, so the strongest stand first. */
const MEANINGS: readonly Meaning[] = [
  means('owner', 'Owner', 'privileged', CHANGES, 'owner owners'),
  means(
    'admin',
    'Administrator',
    'privileged',
    CHANGES,
    'admin admins administrator administrators adm root superuser superusers super sysadmin dba',
  ),
  means(
    'security',
    'Security',
    'privileged',
    'It reaches what protects others.',
    'security secops breakglass',
  ),
  means(
    'production',
    'Production',
    'privileged',
    'It reaches what customers use.',
    'prod production',
  ),
  means(
    'billing',
    'Billing',
    'sensitive',
    'It reaches money.',
    'billing finance payments invoicing',
  ),
  means(
    'payroll',
    'Payroll',
    'sensitive',
    'It reaches what people earn.',
    'payroll salaries compensation hr people',
  ),
  means(
    'approver',
    'Approver',
    'sensitive',
    'It decides for others.',
    'approver approvers reviewer reviewers',
  ),
  means(
    'manager',
    'Manager',
    'sensitive',
    'It changes what others see.',
    'manager managers lead leads',
  ),
  means(
    'developer',
    'Developer',
    'sensitive',
    'It changes what others rely on.',
    'developer developers dev devs engineer engineers deploy deployers maintainer maintainers',
  ),
  means(
    'viewer',
    'Viewer',
    'routine',
    'It only reads.',
    'viewer viewers view reader readers read readonly ro guest guests observer observers commenter commenters',
  ),
  means(
    'editor',
    'Editor',
    'sensitive',
    'It changes content of others.',
    'editor editors edit writer writers write rw contributor contributors author authors creator creators',
  ),
  means(
    'user',
    'User',
    'routine',
    'It is the usual work with the app.',
    'user users member members everyone all staff employees access',
  ),
];

function means(key: string, name: string, risk: Risk, because: string, words: string): Meaning {
  return { key, name, risk, because, words: words.split(' ') };
}

/** Words that say what a group is, not what it is for. */
const FILLERS = new Set(
  'app application grp group groups okta entra aad azure google gg sg sec role roles the for of and only license licence licensed sso'.split(
    ' ',
  ),
);

const TERMS: Readonly<Record<Risk, Pick<RoleProposal, 'durations' | 'permanent' | 'approver'>>> = {
  routine: { durations: [30 * DAY, 90 * DAY], permanent: true, approver: { kind: 'manager' } },
  sensitive: {
    durations: [DAY, 7 * DAY, 30 * DAY],
    permanent: false,
    approver: { kind: 'manager' },
  },
  privileged: {
    durations: [HOUR, 4 * HOUR, 8 * HOUR],
    permanent: false,
    approver: { kind: 'owner' },
  },
};

export type ProposedFrom = Pick<GroupCandidate, 'id' | 'name' | 'writable' | 'privileged'>;

export function propose(
  appName: string,
  groups: readonly ProposedFrom[],
  taken: { readonly appIds: ReadonlySet<string>; readonly groupIds: ReadonlySet<string> },
): Proposal {
  const roles: RoleProposal[] = [];
  const leftOut: Proposal['leftOut'][number][] = [];
  const keys = new Set<string>();
  for (const group of [...groups].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const why = unusable(group, taken.groupIds);
    if (why !== undefined) {
      leftOut.push({ id: group.id, name: group.name, sentence: why });
      continue;
    }
    const { name, risk, because } = meaningOf(appName, group.name);
    roles.push({
      key: free(slugOf(name, 'role'), keys),
      name: name.slice(0, 100),
      risk,
      because: risk === 'routine' ? because : `${because} ${NERVOUS}`,
      groups: [{ id: group.id, name: group.name }],
      ...TERMS[risk],
      ...(group.writable !== true && { manualBecause: group.writable.sentence }),
    });
  }
  const id = free(slugOf(appName, 'app'), new Set(taken.appIds));
  return { app: { id, name: appName.slice(0, 100) }, roles, leftOut };
}

function unusable(group: ProposedFrom, taken: ReadonlySet<string>): string | undefined {
  if (group.privileged) return 'It carries administrator rights in the directory.';
  if (taken.has(group.id)) return 'A role uses it already.';
  if (group.writable !== true && group.writable.no === 'built-in') return group.writable.sentence;
  return undefined;
}

function meaningOf(appName: string, groupName: string) {
  const own = new Set(wordsOf(appName).split(' '));
  const apart = groupName.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[_\-./:]+/g, ' ');
  const words = wordsOf(apart)
    .split(' ')
    .filter((word) => word !== '' && !own.has(word) && !FILLERS.has(word));
  const fitting = MEANINGS.filter((one) => words.some((word) => one.words.includes(word)));
  const named = fitting.length > 1 ? fitting.filter((one) => one.key !== 'user') : fitting;
  const [strongest = words.length === 0 ? USUAL : undefined] = named;
  const rest = words
    .filter((word) => !fitting.some((one) => one.words.includes(word)))
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  const name = [...named.map((one) => one.name), ...rest].join(' ') || USUAL?.name || 'User';
  const onlyReads = named.some((one) => one.key === 'viewer') && strongest?.because !== CHANGES;
  const risk = strongest?.risk ?? 'sensitive';
  return {
    name,
    risk: onlyReads && risk === 'privileged' ? ('sensitive' as const) : risk,
    because: strongest?.because ?? 'Its name does not say what it is for.',
  };
}

const USUAL = MEANINGS.find((one) => one.key === 'user');

export function slugOf(text: string, otherwise: string): string {
  const ascii = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = ascii.replace(/[^a-z0-9]+/g, '-').replace(/^-+/, '');
  return slug.slice(0, 50).replace(/-+$/, '') || otherwise;
}

/** The name itself, or with the first number that makes it new. */
function free(wanted: string, used: Set<string>): string {
  let name = wanted;
  for (let n = 2; used.has(name); n++) name = `${wanted}-${n}`;
  used.add(name);
  return name;
}
