/** The way that most stories begin: somebody asks, somebody permitted approves, access is there. */
import type { Filing, Play, Wish } from './play';
import { standsAt } from './promises';
import type { Ticket } from './ticket';

/** A role whose manager decides, in one group: `figma-editors` in Okta. */
export const EDITOR = {
  app: 'Figma',
  role: 'Editor',
  duration: '6 hours',
  reason: 'Prototype for the spring launch',
} as const satisfies Wish;

export interface Asked extends Filing {
  readonly who?: string;
  readonly wish?: Wish;
  readonly approver?: string;
}

/** Files a request that waits for its approver. */
export async function asked(play: Play, how: Asked = {}): Promise<Ticket> {
  const ticket = await play.file(how.who ?? 'requester', how.wish ?? EDITOR, how);
  await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
  return ticket;
}

/** Files a request, has it approved and given. */
export async function granted(play: Play, how: Asked = {}): Promise<Ticket> {
  const ticket = await asked(play, how);
  await ticket.approve(how.approver ?? 'manager');
  await play.settle(ticket);
  await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
  return ticket;
}

/** A round of approval was refused, and the right people are asked again. */
export async function askedAgain(
  play: Play,
  ticket: Ticket,
  because: RegExp,
  approver = 'manager',
): Promise<void> {
  await standsAt(play, ticket, {
    status: 'Waiting for approval',
    resolution: null,
    state: 'waiting',
  });
  const { comments } = await ticket.look();
  const last = comments.filter((c) => c.byApp && c.public).at(-1);
  play.tale.check(
    `it says what stopped: ${because.source}`,
    because.test(last?.text ?? '') && /^Waiting for approval again$/.test(last?.headline ?? ''),
    last?.text,
  );
  const wanted = await ticket.jira.accountId(approver);
  const deciders = await ticket.deciders();
  play.tale.check(`Jira asks the ${approver} again`, deciders.join() === wanted, deciders);
}

/** No directory call of the app changed anything since the mark. */
export async function nothingChanged(play: Play, mark: number): Promise<void> {
  const changes = await play.changes(mark);
  play.tale.check(
    'no directory was changed',
    changes.length === 0,
    changes.map((c) => `${c.method} ${c.path}`),
  );
}
