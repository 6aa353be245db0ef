/** Roles that several people decide on, and desks that ask them in their own ways. */
import type { Play } from './play';
import { standsAt } from './promises';
import { figmaEditor } from './roles';
import { bindProject, IT_STATUSES } from './set-up';
import type { Ticket } from './ticket';

const GITHUB = {
  app: 'GitHub',
  role: 'Developer',
  duration: '24 hours',
  reason: 'A hotfix for the checkout',
} as const;

/** Figma's Editor, decided by the manager and then by the owner of the app. */
export async function editorInTwoStages(play: Play) {
  const { approver: _, ...role } = await figmaEditor(play);
  const stages = ['manager', 'owner'].map((kind) => ({ id: kind, from: [{ kind }], needs: 'any' }));
  return { ...role, rules: { stages } };
}

/** One request each has gone its way, so the app knows where a workflow lets it go back. */
export async function waysKnown(play: Play, projects: readonly string[]): Promise<void> {
  const tickets: Ticket[] = [];
  for (const project of projects) tickets.push(await play.file('requester', GITHUB, { project }));
  for (const ticket of tickets) await ticket.approve('owner');
  await play.settle();
}

export async function offerInTwoStages(play: Play): Promise<void> {
  play.tale.step('admin', 'lets the manager and then the owner decide on Figma Editor');
  await play.demandAdmin('roles.save', await editorInTwoStages(play));
}

/** The desk with two approval steps, bound with both of them. */
export const bindTwoSteps = (play: Play): Promise<void> =>
  bindProject(
    play,
    play.jira,
    'TWO',
    { ...IT_STATUSES, waiting: 'Waiting for manager' },
    {},
    (id) => ({
      steps: [{ status: id('Waiting for owner') }],
    }),
  );

/** Jira asks exactly this person, in this status. */
export async function asks(
  play: Play,
  ticket: Ticket,
  { who, status }: { readonly who: string; readonly status: string },
): Promise<void> {
  await standsAt(play, ticket, { status, resolution: null, state: 'waiting' });
  const deciders = await ticket.deciders();
  const wanted = await play.jira.accountId(who);
  play.tale.check(`Jira asks the ${who} and nobody else`, deciders.join() === wanted, deciders);
}
