import { appSaid, isNoMember, nothingInternalShown, provesItself, standsAt } from './kit/promises';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const declined: Story = {
  name: 'declined',
  promise: 'A refusal ends the request, says so to the requester and changes nothing anywhere.',
  async run(play) {
    const before = await play.mark();
    const ticket = await play.file('requester', {
      app: 'Figma',
      role: 'Editor',
      duration: '6 hours',
      reason: 'Prototype for the spring launch',
    });
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await ticket.decline('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, {
      status: 'Declined',
      resolution: 'Declined',
      state: 'declined',
    });
    await play.pass('1d', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const changes = await play.changes(before);
    play.tale.check('no directory was changed', changes.length === 0, changes.length);
    const said = await appSaid(play, ticket, 'public', [/^Waiting for approval$/, /^Declined$/]);
    play.tale.check(
      'the refusal says that nothing was changed and how to ask again',
      /Nothing was changed in any directory/.test(said[1]?.text ?? '') &&
        /ask again/.test(said[1]?.text ?? ''),
      said[1]?.text,
    );
    await standsAt(play, ticket, { status: 'Declined', resolution: 'Declined' });
    await nothingInternalShown(play, ticket, 'requester');
    const view = await provesItself(play, ticket, [
      'request.received',
      'request.pinned',
      'request.declined',
    ]);
    const record = JSON.stringify(view?.evidence.at(-1));
    play.tale.check(
      'the record names who declined',
      record.includes(await play.jira.accountId('manager')),
      record,
    );
  },
};
