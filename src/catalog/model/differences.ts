/** What a change means, in words: "longest 24 hours → 72 hours, weaker". */
import { type Override, tierSchema } from '../../contracts/policy';
import { compareOverrides } from '../../policy/model/compare';
import { canonical } from '../../shared/canonical';
import { durationInWords } from './catalog';
import type { AppContent, RoleContent, SetChange, SettingsContent } from './change-set';

export interface Difference {
  /** `role:figma.editor`. */
  readonly what: string;
  /** `Figma Editor`, as far as the change itself tells the names. */
  readonly title: string;
  readonly lines: readonly string[];
  /** Something of it lets more people, longer or more easily. */
  readonly weaker: boolean;
}

interface Line {
  readonly text: string;
  readonly weaker?: boolean;
}

export function differenceOf(change: SetChange): Difference {
  const lines = linesOf(change);
  return {
    what: `${change.kind}:${change.id}`,
    title: titleOf(change),
    lines: lines.map(({ text, weaker }) =>
      weaker === undefined ? text : `${text}, ${weaker ? 'weaker' : 'stricter'}`,
    ),
    weaker: lines.some((line) => line.weaker),
  };
}

function titleOf({ kind, id, before, after }: SetChange): string {
  const one = (after ?? before) as { name?: string } | null;
  switch (kind) {
    case 'settings':
      return 'Settings of the site';
    case 'connection':
      return `Connection ${one?.name ?? id}`;
    case 'app':
      return `App ${one?.name ?? id}`;
    case 'role':
      return `Role ${one?.name ?? ''} (${id})`;
    case 'link':
      return `Link of ${id}`;
  }
}

function linesOf(change: SetChange): Line[] {
  const { kind, before, after } = change;
  if (before === null) return [{ text: NEW[kind] }, ...madeWith(change)];
  if (after === null) return [{ text: 'taken out' }];
  switch (kind) {
    case 'role':
      return role(before as RoleContent, after as RoleContent);
    case 'app':
      return app(before as AppContent, after as AppContent);
    case 'settings':
      return settings(before as SettingsContent, after as SettingsContent);
    default:
      return rest(before, after, []);
  }
}

const NEW: Readonly<Record<SetChange['kind'], string>> = {
  settings: 'new',
  connection: 'new, switched off until its credential is entered',
  app: 'new',
  role: 'new',
  link: 'new',
};

function madeWith({ kind, after }: SetChange): Line[] {
  if (kind !== 'role' || after === null) return [];
  const r = after as RoleContent;
  return [
    { text: `gives ${groupsOf(r)}` },
    { text: `risk ${r.risk}` },
    { text: `longest ${longestOf(r)}` },
    { text: `decided by ${approverOf(r)}` },
    ...draftLine(r),
  ];
}

function draftLine(r: RoleContent): Line[] {
  if (r.status !== 'draft') return [];
  const waits = r.privilegedBy?.groups.length
    ? 'leads to administrator rights: not offered until another administrator confirms it'
    : 'comes in as a draft: its groups could not be looked at yet';
  return [{ text: waits }];
}

const RISKS: readonly string[] = tierSchema.options;

function role(before: RoleContent, after: RoleContent): Line[] {
  const lines: Line[] = [];
  const moved = (name: string, a: string, b: string, weaker?: boolean) => {
    if (a !== b)
      lines.push({ text: `${name} ${a} → ${b}`, ...(weaker !== undefined && { weaker }) });
  };
  moved('name', before.name, after.name);
  if (before.description !== after.description) lines.push({ text: 'another description' });
  moved('risk', before.risk, after.risk, RISKS.indexOf(after.risk) < RISKS.indexOf(before.risk));
  moved('longest', longestOf(before), longestOf(after), longest(after) > longest(before));
  if (
    longest(before) === longest(after) &&
    canonical(before.durations ?? null) !== canonical(after.durations ?? null)
  )
    lines.push({
      text: `offers ${offersOf(before)} → ${offersOf(after)}`,
    });
  const [a, b] = [approverOf(before), approverOf(after)];
  const easier = after.approver?.kind === 'auto' && before.approver?.kind !== 'auto';
  const harder = before.approver?.kind === 'auto' && after.approver?.kind !== 'auto';
  moved('decided by', a, b, easier ? true : harder ? false : undefined);
  moved('connection', before.connectionId, after.connectionId);
  const had = new Set(before.groups.map((g) => g.id));
  const has = new Set(after.groups.map((g) => g.id));
  for (const group of after.groups)
    if (!had.has(group.id)) lines.push({ text: `also gives ${group.name}` });
  for (const group of before.groups)
    if (!has.has(group.id)) lines.push({ text: `no longer gives ${group.name}` });
  for (const group of after.groups) {
    const called = before.groups.find((g) => g.id === group.id)?.name;
    if (called !== undefined) moved('group', called, group.name);
  }
  moved('carried out', howOf(before), howOf(after));
  moved('status', before.status, after.status, offered(before, after));
  if (after.status === 'draft' && before.status !== 'draft') lines.push(...draftLine(after));
  if (Boolean(before.endSessions) !== Boolean(after.endSessions))
    lines.push({
      text: after.endSessions ? 'ends sessions with the access' : 'ends no sessions any more',
      weaker: !after.endSessions,
    });
  lines.push(...ruled(before, after));
  if (Boolean(before.observe) !== Boolean(after.observe))
    lines.push({ text: after.observe ? 'only observed: nothing is given' : 'given in earnest' });
  return lines.length > 0 ? lines : [{ text: 'another note of who said what' }];
}

/** What its rules say differently, member by member. */
const ruled = (
  before: { rules?: Override | undefined },
  after: { rules?: Override | undefined },
): Line[] =>
  compareOverrides(before.rules, after.rules).map(({ text, way }) =>
    way === 'neither'
      ? { text }
      : { text: text.slice(0, -`, ${way}`.length), weaker: way === 'weaker' },
  );

function app(before: AppContent, after: AppContent): Line[] {
  const { status: had, rules: _, ...texts } = before;
  const { status: has, rules: __, ...words } = after;
  const lines = [...rest(texts, words, ['description']), ...ruled(before, after)];
  if (had === has) return lines;
  return [
    ...lines,
    { text: `status ${had} → ${has}`, ...(offered(before, after) && { weaker: true }) },
  ];
}

function settings(before: SettingsContent, after: SettingsContent): Line[] {
  const { bindings: had, guardedGroups: guarded, managedDomains: domains, ...others } = before;
  const { bindings: has, guardedGroups: guards, managedDomains: managed, ...now } = after;
  const lines = rest(others, now, []);
  const ids = [...new Set([...had, ...has].map((b) => b.id))].sort();
  for (const id of ids) {
    const [a, b] = [had.find((x) => x.id === id), has.find((x) => x.id === id)];
    if (canonical(a ?? null) === canonical(b ?? null)) continue;
    if (b) lines.push({ text: `binding ${id} ${a ? 'changed' : 'new'}` });
    else lines.push({ text: `binding ${id} taken out`, weaker: true });
  }
  const groups = (all: typeof guarded) => (all ?? []).map((g) => `${g.connection}/${g.group}`);
  lines.push(...members('guarded group', groups(guarded), groups(guards), false));
  lines.push(...members('managed domain', domains, managed, true));
  return lines;
}

function members(
  name: string,
  before: readonly string[],
  after: readonly string[],
  more: boolean,
): Line[] {
  return [
    ...after
      .filter((x) => !before.includes(x))
      .map((x) => ({ text: `${name} ${x} added`, weaker: more })),
    ...before
      .filter((x) => !after.includes(x))
      .map((x) => ({ text: `${name} ${x} taken out`, weaker: !more })),
  ];
}

/** Member by member; long ones only by name. */
function rest(before: object, after: object, long: readonly string[]): Line[] {
  const [a, b] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return names.flatMap((name) => {
    const [x, y] = [a[name] ?? null, b[name] ?? null];
    if (canonical(x) === canonical(y)) return [];
    const plain = [x, y].every((v) => v === null || typeof v !== 'object');
    if (long.includes(name) || !plain) return [{ text: `another ${wordsOf(name)}` }];
    return [{ text: `${wordsOf(name)} ${shown(x)} → ${shown(y)}` }];
  });
}

const shown = (value: unknown): string => (value === null || value === '' ? 'none' : String(value));
const wordsOf = (name: string): string =>
  name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);

/** More people can ask again; nothing is said of the other way. */
const offered = (before: { status: string }, after: { status: string }): true | undefined =>
  (before.status !== 'live' && after.status === 'live') || undefined;
const longest = (r: RoleContent): number =>
  r.permanent ? Number.POSITIVE_INFINITY : Math.max(0, ...(r.durations ?? []));
const longestOf = (r: RoleContent): string => {
  if (r.permanent) return 'no end';
  return r.durations ? durationInWords(Math.max(0, ...r.durations)) : 'as the risk tier says';
};
const offersOf = (r: RoleContent): string =>
  r.durations?.map(durationInWords).join(', ') ?? 'what the risk tier says';
const groupsOf = (r: RoleContent): string => r.groups.map((g) => g.name).join(', ');
const howOf = (r: RoleContent): string => (r.kind === 'manual' ? 'by hand' : 'by the app');
function approverOf({ approver }: RoleContent): string {
  if (!approver) return 'whom the risk tier names';
  switch (approver.kind) {
    case 'manager':
      return 'the manager';
    case 'owner':
      return 'the owner of the app';
    case 'person':
      return approver.accountId;
    case 'auto':
      return `the rule "${approver.rule}"`;
  }
}
