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
/** So many accesses are named one by one; the groups count all. */
const MOST_NAMED = 150;

/** Nothing of it is left that the app could still take away. */
export const isSettled = ({ state }: Grant): boolean =>
  state === 'revoked' || state === 'cancelled' || state === 'blocked';

type Told = Pick<KillMark, 'parent' | 'said'>;

/** Best effort: no end of an access waits for this issue. Answers what the next report starts from. */
export async function report(
  deps: Deps,
  mark: KillMark,
  all: readonly Grant[],
  isOver = false,
): Promise<Told> {
  const parent = mark.parent ?? (await make(deps, mark, all));
  if (parent === undefined) return {};
  if (parent === 'none') return { parent };
  const blocks = blocksOf(mark, all, isOver);
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
  if (isOver) await tellOver(deps, mark, parent, all);
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
  parent: string,
  all: readonly Grant[],
): Promise<void> {
  const done = await record(
    deps.store,
    parent,
    [
      {
        event: 'stop.over',
        actor: { type: 'app' },
        facts: {
          run: mark.run,
          grants: all.map(({ id, state }) => `${id}: ${state}`),
          stopped: mark.stopped,
          groups: groupsOf(all),
        },
        tell: {
          internal: {
            headline: 'Everything is gone that the app could take away',
            lines: [totals(mark, all), ...lift(mark)],
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
const lift = ({ target }: KillMark): string[] =>
  target.kind === 'issue'
    ? []
    : ['New access stays stopped until somebody lifts the kill switch, with a reason.'];

function inWords({ target }: KillMark, all: readonly Grant[]): string {
  if (target.kind === 'person') return `all access of account ${target.accountId}`;
  if (target.kind === 'app') return `all access to ${all[0]?.appName ?? target.app}`;
  return `the access of issue ${all[0]?.issueKey ?? target.issueId}`;
}

function blocksOf(mark: KillMark, all: readonly Grant[], isOver: boolean): Block[] {
  const stuck = all.filter((g) => g.state === 'stuck');
  return [
    { kind: 'paragraph', text: totals(mark, all), strong: true },
    ...(isOver ? lift(mark).map((text) => ({ kind: 'paragraph' as const, text })) : []),
    ...(stuck.length > 0
      ? [
          { kind: 'paragraph' as const, text: 'Stuck, tried again until it works:' },
          {
            kind: 'list' as const,
            items: stuck.map(
              (g) => `${g.issueKey}: ${g.state === 'stuck' ? g.cause.sentence : ''} ${groups(g)}`,
            ),
          },
        ]
      : []),
    ...list(
      'By group:',
      Object.entries(groupsOf(all)).map(([name, n]) => `${name}: ${counts(n)}`),
    ),
    ...list(
      'By access:',
      all
        .slice(0, MOST_NAMED)
        .map((g) => `${g.issueKey}, ${g.roleName} in ${g.appName}: ${stateOf(g)}`),
    ),
    { kind: 'paragraph', text: `Requests that were stopped: ${mark.stopped.length}.` },
  ];
}

const list = (text: string, items: readonly string[]): Block[] =>
  items.length === 0
    ? []
    : [
        { kind: 'paragraph', text },
        { kind: 'list', items },
      ];

const groups = (g: Grant) => g.edges.map((e) => e.groupName).join(', ');

function totals(mark: KillMark, all: readonly Grant[]): string {
  const gone = all.filter(isSettled).length;
  const stuck = all.filter((g) => g.state === 'stuck').length;
  return `${gone} of ${all.length} accesses are gone${stuck > 0 ? `, ${stuck} are stuck` : ''}; ${mark.stopped.length} open requests were stopped.`;
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
