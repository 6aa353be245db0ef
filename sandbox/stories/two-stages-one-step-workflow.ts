import { answersFive, isMember, isNoMember, provesItself, standsAt } from './kit/promises';
import { asks, offerInTwoStages, waysKnown } from './kit/stages';
import { EDITOR } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];
const WAITING = 'Waiting for approval';

export const twoStagesOneStepWorkflow: Story = {
  name: 'two-stages-one-step-workflow',
  promise:
    'Manager and owner decide one after the other although the workflow asks once; nothing is given before both did, and one cannot answer for the other.',
  async run(play) {
    const { tale } = play;
    await waysKnown(play, ['IT', 'HELP']);
    await offerInTwoStages(play);
    const ticket = await play.file('requester', EDITOR);
    await asks(play, ticket, { who: 'manager', status: WAITING });
    answersFive(play, await ticket.look(), [
      /Who may decide: Marta Ridgewell \(manager .*; then .*\(owner of the app/,
    ]);
    const owner = await ticket.answer('owner', 'approve');
    tale.check(
      'the owner cannot answer before it is their turn',
      owner.status >= 400,
      owner.status,
    );
    await ticket.approve('manager');
    await play.settle(ticket);
    await asks(play, ticket, { who: 'owner', status: WAITING });
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const again = await ticket.answer('manager', 'approve');
    tale.check('the manager cannot answer for the owner', again.status >= 400, again.status);
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
