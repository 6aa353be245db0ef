/**
 * A table of apps and roles, as a spreadsheet gives it, becomes drafts: one line per role and group.
 * Everything wrong with it is told at once, by row and column.
 */
import { DAY, HOUR, MINUTE } from '../../shared/instant';
import { LONGEST_DURATION, SHORTEST_DURATION } from './catalog';
import type { ProblemLine } from './change-set';
import type { DraftOf } from './draft';

export const MOST_ROWS = 2000;
export const COLUMNS = [
  'app',
  'description',
  'owner',
  'role',
  'directory',
  'group',
  'approver',
  'longest window',
] as const;
export type Column = (typeof COLUMNS)[number];
export type Line = Readonly<Record<Column, string>>;
const NEEDED: readonly Column[] = ['app', 'role', 'directory', 'group'];

/** What a person is called in the table, as the Jira account that it is; or why it is none. */
export type Accounts = ReadonlyMap<string, { readonly id: string } | { readonly problem: string }>;

/** Which column stands where; what is missing or there twice is told. */
export function columnsOf(header: readonly string[]): {
  readonly at: ReadonlyMap<Column, number>;
  readonly problems: ProblemLine[];
} {
  const at = new Map<Column, number>();
  const problems: ProblemLine[] = [];
  for (const [n, cell] of header.entries()) {
    const name = cell
      .trim()
      .toLowerCase()
      .replace(/[\s_-]+/g, ' ');
    const column = COLUMNS.find((c) => c === name);
    if (column === undefined) {
      if (name !== '')
        problems.push({
          at: 'row 1',
          sentence: `There is no column "${cell.trim().slice(0, 60)}". The columns are ${COLUMNS.join(', ')}.`,
        });
    } else if (at.has(column))
      problems.push({ at: 'row 1', sentence: `The column "${column}" stands there twice.` });
    else at.set(column, n);
  }
  for (const column of NEEDED)
    if (!at.has(column))
      problems.push({ at: 'row 1', sentence: `The column "${column}" is missing.` });
  return { at, problems };
}

export function lineOf(at: ReadonlyMap<Column, number>, cells: readonly string[]): Line {
  const cell = (column: Column) => (cells[at.get(column) ?? -1] ?? '').trim();
  return Object.fromEntries(COLUMNS.map((column) => [column, cell(column)])) as unknown as Line;
}

/** `number`: as a spreadsheet counts, the header being row 1. */
export interface Numbered {
  readonly number: number;
  readonly line: Line;
}

/** A spreadsheet that opens an export again would run such a cell as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

export function tableToDrafts(
  rows: readonly Numbered[],
  accounts: Accounts,
): { drafts: (DraftOf<'app'> | DraftOf<'role'>)[]; problems: ProblemLine[] } {
  const problems: ProblemLine[] = [];
  const drafted = new Map<string, DraftOf<'app'>>();
  const roles = new Map<string, { draft: DraftOf<'role'>; first: Numbered }>();
  for (const row of rows) {
    const { number, line } = row;
    const wrong = (column: Column, sentence: string) =>
      problems.push({ at: `row ${number}, column "${column}"`, sentence });
    let usable = true;
    for (const column of COLUMNS) {
      if (FORMULA.test(line[column])) {
        wrong(column, 'A cell may not begin with =, +, - or @: a spreadsheet would run it.');
        usable = false;
      } else if (line[column] === '' && NEEDED.includes(column)) {
        wrong(column, 'This cell is empty.');
        usable = false;
      }
    }
    if (!usable) continue;
    const appId = slugOf(line.app);
    const key = slugOf(line.role);
    if (appId === undefined)
      wrong('app', 'The name has no letter or digit from which an id could be made.');
    if (key === undefined)
      wrong('role', 'The name has no letter or digit from which an id could be made.');
    const owner = account(line.owner, accounts, (sentence) => wrong('owner', sentence));
    const approver = approverOf(line.approver, accounts, (sentence) => wrong('approver', sentence));
    const length = lengthOf(line['longest window']);
    if (length === undefined)
      wrong(
        'longest window',
        'Say a length of time as "8 hours" or "30 days", or "permanent"; 5 minutes to 366 days.',
      );
    if (appId === undefined || key === undefined || length === undefined) continue;
    if (owner === 'wrong' || approver === 'wrong') continue;
    const at = `row ${number}`;
    const app = drafted.get(appId) ?? { kind: 'app', at, id: appId, set: { name: line.app } };
    drafted.set(appId, app);
    for (const [column, member, value] of [
      ['description', 'description', line.description === '' ? undefined : line.description],
      ['owner', 'owner', owner],
      ['app', 'name', line.app],
    ] as const) {
      if (value === undefined) continue;
      if (app.set[member] !== undefined && app.set[member] !== value)
        wrong(column, `Another row says something else about ${line.app}.`);
      app.set[member] ??= value;
    }
    const id = `${appId}.${key}`;
    const held = roles.get(id);
    if (!held) {
      const set: DraftOf<'role'>['set'] = {
        name: line.role,
        connection: line.directory,
        groups: [line.group],
        ...(approver && { approver }),
        ...length,
      };
      roles.set(id, { first: row, draft: { kind: 'role', at, id, set, byName: true } });
      continue;
    }
    for (const column of ['role', 'directory', 'approver', 'longest window'] as const)
      if (line[column] !== '' && line[column] !== held.first.line[column])
        wrong(column, `Row ${held.first.number} says something else about this role.`);
    if (held.draft.set.groups?.includes(line.group))
      wrong('group', `Row ${held.first.number} gives this group already.`);
    else held.draft.set.groups?.push(line.group);
  }
  return { drafts: [...drafted.values(), ...[...roles.values()].map((r) => r.draft)], problems };
}

const slugOf = (name: string): string | undefined => {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  return slug === '' ? undefined : slug;
};

function account(
  said: string,
  accounts: Accounts,
  wrong: (sentence: string) => void,
): string | undefined | 'wrong' {
  if (said === '') return undefined;
  const known = accounts.get(said);
  if (known && 'id' in known) return known.id;
  wrong(known?.problem ?? 'Nobody was found for this.');
  return 'wrong';
}

/** No person, but what decides who it is. */
export const isRule = (said: string): boolean => ['manager', 'owner'].includes(said.toLowerCase());

function approverOf(
  said: string,
  accounts: Accounts,
  wrong: (sentence: string) => void,
): NonNullable<DraftOf<'role'>['set']['approver']> | undefined | 'wrong' {
  if (said === '') return undefined;
  const word = said.toLowerCase();
  if (word === 'manager' || word === 'owner') return { kind: word };
  const accountId = account(said, accounts, wrong);
  return accountId === undefined || accountId === 'wrong' ? 'wrong' : { kind: 'person', accountId };
}

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(m|min|mins|minutes?)$/, MINUTE],
  [/^(h|hr|hrs|hours?)$/, HOUR],
  [/^(d|days?)$/, DAY],
  [/^(w|weeks?)$/, 7 * DAY],
];
/** What is offered below the longest. */
const STEPS = [HOUR, 8 * HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY];

/** An empty cell leaves it as it is; `undefined`: not a length of time that can be offered. */
function lengthOf(said: string): { durations?: number[]; permanent?: boolean } | undefined {
  const word = said.toLowerCase();
  if (word === '') return {};
  if (word === 'permanent' || word === 'no end') return { permanent: true };
  const [, amount, unit] = /^(\d{1,5})\s*([a-z]+)$/.exec(word) ?? [];
  const seconds = UNITS.find(([pattern]) => pattern.test(unit ?? ''))?.[1];
  if (amount === undefined || seconds === undefined) return undefined;
  const longest = Number(amount) * seconds;
  if (longest < SHORTEST_DURATION || longest > LONGEST_DURATION) return undefined;
  return { permanent: false, durations: [...STEPS.filter((s) => s < longest).slice(-3), longest] };
}
