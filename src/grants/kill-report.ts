/** The one issue on which people follow a kill switch: what became of each group and of each access. */
import { deliverFresh } from '../evidence/deliver';
import { record } from '../evidence/record';
import type { Block } from '../jira/port';
import { circumstances, type Deps } from '../requests/deps';
import { hashOf } from '../shared/canonical';
import { createFollowUp } from './follow-up';
import type { KillMark } from './kill-mark';
import type { Edge, Grant } from './model/grant';

/** From this line on the description is the app's. */
const HEADING = 'What became of it';
/** So many are named one by one, because Jira takes 32,767 characters; the totals count all. */
const MOST_NAMED = 100;
const MOST_STUCK = 40;
const MOST_GROUPS = 70;
const LONGEST = 240;
const LONG = 120;

export interface Accesses {
  readonly all: readonly Grant[];
  /** Records that this version cannot read: still there, and ended by what was left of them. */
  readonly unreadable: number;
  readonly gone: number;
}
/** Set when all of it is gone: whether new access is still stopped. */
type Over = { readonly on: boolean } | undefined;

/** Nothing of it is left that the app could still take away. */
export const isSettled = ({ state }: Grant): boolean =>
  state === 'revoked' || state === 'cancelled' || state === 'blocked';

type Told = Pick<KillMark, 'parent' | 'said'>;

/** Best effort: no end of an access waits for this issue. Answers what the next report starts from. */
export async function report(
  deps: Deps,
  mark: KillMark,
  now: Accesses,
  over?: Over,
): Promise<Told> {
  const parent = mark.parent ?? (await make(deps, mark, now.all));
  if (parent === undefined) return {};
  if (parent === 'none') return { parent };
  const blocks = blocksOf(mark, now, over);
  const said = hashOf(blocks.map((b) => (b.kind === 'list' ? [...b.items] : b.text)));
  if (said !== mark.said) {
    const read = await deps.jira.issue(parent);
    const edited =
      read.ok &&
      (await deps.jira.edit(parent, {
        description: { before: read.value.description, heading: HEADING, text: { blocks } },
      }));
    if (edited === false || !edited.ok) {
      deps.log.warn('kill-switch.not-told', { issue: parent });
      return { parent, ...(mark.said !== undefined && { said: mark.said }) };
    }
  }
  if (over) await tellOver(deps, mark, { parent, now, over });
  return { parent, said };
}

async function make(
  deps: Deps,
  mark: KillMark,
  all: readonly Grant[],
): Promise<string | undefined> {
  const { bindings } = await deps.settings();
  const own = all.map((g) => g.bindingId);
  const binding = bindings.find(({ id }) => own.includes(id)) ?? bindings[0];
  if (!binding) return 'none';
  const { target } = mark;
  const made = await createFollowUp(deps, {
    projectId: binding.projectId,
    summary: `Kill switch: ${inWords(mark, all)}`,
    lines: [`Started by account ${mark.by} at ${mark.at}.`, `Reason: ${mark.reason}`],
    ...(target.kind === 'issue' && { about: target.issueId }),
  });
  if (!made.ok) {
    deps.log.warn('kill-switch.no-issue', { code: made.error.code });
    return made.error.class === 'retryable' ? undefined : 'none';
  }
  const written = await record(
    deps.store,
    made.value,
    [
      {
        event: 'stop.begun',
        actor: { type: 'person', accountId: mark.by },
        facts: { run: mark.run, target: { ...target }, reasonHash: hashOf(mark.reason) },
      },
    ],
    [],
    circumstances(deps),
  );
  if (!written.done) deps.log.warn('kill-switch.not-recorded', { issue: made.value });
  return made.value;
}

async function tellOver(
  deps: Deps,
  mark: KillMark,
  { parent, now, over }: { parent: string; now: Accesses; over: NonNullable<Over> },
): Promise<void> {
  const grants = now.all.map(({ id, state }) => `${id}: ${state}`);
  const groups = groupsOf(now.all);
  const done = await record(
    deps.store,
    parent,
    [
      {
        event: 'stop.over',
        actor: { type: 'app' },
        facts: {
          run: mark.run,
          // Each access and each request has its own record; a long list would not fit into this one.
          accesses: grants.length,
          endedUnread: now.gone,
          grants: grants.slice(0, MOST_NAMED),
          grantsHash: hashOf(grants),
          requests: mark.stopped.length,
          stopped: mark.stopped.slice(0, MOST_NAMED),
          stoppedHash: hashOf(mark.stopped),
          groups: Object.fromEntries(Object.entries(groups).slice(0, MOST_GROUPS)),
          groupsHash: hashOf(groups),
        },
        tell: {
          internal: {
            headline: 'Everything is gone that the app could take away',
            lines: [totals(mark, now), ...lift(mark, over)],
          },
        },
      },
    ],
    [],
    circumstances(deps),
  );
  if (done.done) await deliverFresh(deps, done.entries);
}

/** An issue is over; nothing of it stays stopped. */
const lift = ({ target }: KillMark, { on }: NonNullable<Over>): string[] =>
  target.kind === 'issue' || !on
    ? []
    : ['New access stays stopped until somebody lifts the kill switch, with a reason.'];

function inWords({ target }: KillMark, all: readonly Grant[]): string {
  if (target.kind === 'person') return `all access of account ${target.accountId}`;
  if (target.kind === 'app') return `all access to ${all[0]?.appName ?? target.app}`;
  return `the access of issue ${all[0]?.issueKey ?? target.issueId}`;
}

function blocksOf(mark: KillMark, now: Accesses, over: Over): Block[] {
  const { all, unreadable } = now;
  const stuck = all.flatMap((g) => (g.state === 'stuck' ? [g] : []));
  return [
    { kind: 'paragraph', text: totals(mark, now), strong: true },
    ...(over ? lift(mark, over).map((text) => ({ kind: 'paragraph' as const, text })) : []),
    ...list(
      'Stuck, tried again until it works:',
      stuck.map((g) => `${g.issueKey}: ${g.cause.sentence} ${groups(g)}`),
      MOST_STUCK,
    ),
    ...(unreadable > 0
      ? [
          {
            kind: 'paragraph' as const,
            text: `Records that this version of the app cannot read, tried again until what is left of them is gone: ${unreadable}. IT looks at the app log.`,
          },
        ]
      : []),
    ...list(
      'By group:',
      Object.entries(groupsOf(all)).map(([name, n]) => `${name}: ${counts(n)}`),
      MOST_GROUPS,
    ),
    ...list(
      'By access:',
      all.map((g) => `${g.issueKey}, ${g.roleName} in ${g.appName}: ${stateOf(g)}`),
      MOST_NAMED,
    ),
    { kind: 'paragraph', text: `Requests that were stopped: ${mark.stopped.length}.` },
  ];
}

function list(text: string, items: readonly string[], most: number): Block[] {
  if (items.length === 0) return [];
  const rest = items.length - most;
  const longest = most === MOST_STUCK ? LONGEST : LONG;
  const named = items.slice(0, most).map((item) => short(item, longest));
  return [
    { kind: 'paragraph', text },
    { kind: 'list', items: rest > 0 ? [...named, `And ${rest} more.`] : named },
  ];
}

/** Names of groups may be long, and a role has fifteen. */
const short = (text: string, longest: number) =>
  text.length > longest ? `${text.slice(0, longest - 1)}…` : text;

const groups = (g: Grant) => g.edges.map((e) => e.groupName).join(', ');

function totals(mark: KillMark, now: Accesses): string {
  const gone = now.all.filter(isSettled).length + now.gone;
  const of = now.all.length + now.unreadable + now.gone;
  const stuck = now.all.filter((g) => g.state === 'stuck').length;
  return `${gone} of ${of} accesses are gone${stuck > 0 ? `, ${stuck} are stuck` : ''}; ${mark.stopped.length} open requests were stopped.`;
}

const stateOf = (g: Grant): string => {
  if (isSettled(g)) return g.edges.some((e) => e.state === 'left') ? 'ended, some stays' : 'ended';
  return g.state === 'stuck' ? 'stuck' : 'being removed';
};

interface Count {
  removed: number;
  stays: number;
  waits: number;
}

/** By the group's name, over all accesses that lead to it. */
function groupsOf(all: readonly Grant[]): Record<string, Count> {
  const by = new Map<string, Count>();
  for (const edge of all.flatMap((g) => g.edges)) {
    const n = by.get(edge.groupName) ?? { removed: 0, stays: 0, waits: 0 };
    n[became(edge)]++;
    by.set(edge.groupName, n);
  }
  return Object.fromEntries([...by].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const became = ({ state }: Edge): keyof Count => {
  if (state === 'gone' || state === 'to-do') return 'removed';
  return state === 'left' ? 'stays' : 'waits';
};

const counts = ({ removed, stays, waits }: Count): string =>
  [
    `${removed} removed`,
    ...(stays > 0 ? [`${stays} stay, because they were there before or are still needed`] : []),
    ...(waits > 0 ? [`${waits} not yet`] : []),
  ].join(', ');
