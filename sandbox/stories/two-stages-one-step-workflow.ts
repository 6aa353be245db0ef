import type { Play } from './kit/play';
import { answersFive, isMember, isNoMember, provesItself, standsAt } from './kit/promises';
import { asks, offerInTwoStages, waysKnown } from './kit/stages';
import { EDITOR } from './kit/steps';
import type { Story } from './kit/story';
import type { Ticket } from './kit/ticket';

const GROUPS = ['figma-editors'];
const WAITING = 'Waiting for approval';

export const twoStagesOneStepWorkflow: Story = {
  name: 'two-stages-one-step-workflow',
  promise:
    'Manager and owner decide one after the other although the workflow asks once; nothing is given before both did, and one cannot answer for the other.',
  async run(play) {
    await waysKnown(play, ['IT', 'HELP']);
    await offerInTwoStages(play);
    const ticket = await play.file('requester', EDITOR);
    await asks(play, ticket, { who: 'manager', status: WAITING });
    answersFive(play, await ticket.look(), [
      /Who may decide: Marta Ridgewell \(manager .*; then .*\(owner of the app/,
    ]);
    await cannotAnswer(play, ticket, 'owner');
    await ticket.approve('manager');
    await play.settle(ticket);
    await asks(play, ticket, { who: 'owner', status: WAITING });
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await cannotAnswer(play, ticket, 'manager');
    await ticket.approve('owner');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
    await provesItself(play, ticket, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'stage.asked',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
    ]);
  },
};

/** Straight at the approval that is open, whatever pages show. */
async function cannotAnswer(play: Play, ticket: Ticket, who: string): Promise<void> {
  const open = (await ticket.approvals()).filter((a) => a.finalDecision === 'pending').at(-1);
  const path = `/rest/servicedeskapi/request/${ticket.id}/approval/${open?.id}`;
  const sent = await play.jira.as(who, 'POST', path, { json: { decision: 'approve' } });
  play.tale.check(`the ${who} cannot answer now`, sent.status >= 400, sent.status);
}
