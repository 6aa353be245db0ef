import { isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { asked, EDITOR, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';
import type { Ticket } from './kit/ticket';

const GROUPS = ['figma-editors'];

export const withdrawnBeforeGrant: Story = {
  name: 'withdrawn-before-grant',
  promise:
    'Whoever asked can take the request back, also in the moment of the approval; nothing is left.',
  async run(play) {
    const { tale } = play;
    const withdraw = async (ticket: Ticket, as: string) => {
      tale.step(as, `presses Withdraw on ${ticket.key}`);
      const said = await play.app({
        as,
        module: 'request-access',
        function: 'request.withdraw',
        payload: { issueId: ticket.id },
        issue: ticket.key,
      });
      tale.cameBack(JSON.stringify(said));
      return said;
    };
    const before = await play.mark();
    const ticket = await asked(play);
    // The friend may not see the request at all, so the platform or the app says no.
    const stranger = await withdraw(ticket, 'manager');
    tale.check('an approver cannot take it back', !stranger.ok, stranger);
    const own = await withdraw(ticket, 'requester');
    tale.check('the requester can', own.ok, own);
    await play.settle(ticket);
    await standsAt(play, ticket, {
      status: 'Withdrawn',
      resolution: 'Withdrawn',
      state: 'withdrawn',
    });
    const late = await ticket.answer('manager', 'approve');
    tale.check('the approval can no longer be answered', late.status !== 200, late.status);
    await nothingChanged(play, before);
    await nothingInternalShown(play, ticket, 'requester');

    const race = await asked(play);
    await race.approve('manager');
    const second = await withdraw(race, 'requester');
    tale.check('it can be taken back after the approval', second.ok, second);
    await play.settle(race);
    await play.pass('30m', race);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await nothingChanged(play, before);
    const seen = await standsAt(play, race, {
      status: 'Withdrawn',
      resolution: 'Withdrawn',
      state: 'withdrawn',
    });
    tale.check(
      'it says once that it was withdrawn',
      seen.comments.filter((c) => c.public && /^Withdrawn$/.test(c.headline)).length === 1,
      seen.comments.map((c) => c.headline),
    );
    await nothingInternalShown(play, race, 'requester');
    // With the button of the desk itself, where it is offered.
    const stopped = await play.file('friend', { ...EDITOR, app: 'Sketchpad' });
    const path = `/rest/servicedeskapi/request/${stopped.id}/transition`;
    const offered = await play.jira.as('friend', 'GET', path);
    const id = /"id":"(\d+)","name":"Withdraw"/.exec(offered.text)?.[1];
    tale.step('friend', `presses the desk's own Withdraw on ${stopped.key}`);
    const pressed = await play.jira.as('friend', 'POST', path, { json: { id } });
    tale.check('Jira takes it', pressed.status === 204, pressed.text);
    await play.settle(stopped);
    await standsAt(play, stopped, {
      status: 'Withdrawn',
      resolution: 'Withdrawn',
      state: 'withdrawn',
    });
    const view = await play.ledger(race);
    tale.check('the evidence chain is whole', view?.chain === 'whole', view?.chain);
  },
};
