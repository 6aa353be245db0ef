import {
  appSaid,
  isMember,
  isNoMember,
  nothingInternalShown,
  provesItself,
  standsAt,
} from './kit/promises';
import { bindProject } from './kit/set-up';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];
const WISH = {
  app: 'Figma',
  role: 'Editor',
  duration: '6 hours',
  reason: 'Prototype for the spring launch',
};

export const statusWithoutConsent: Story = {
  name: 'status-without-consent',
  promise:
    'An issue that somebody moved to "Approved" by hand gives nothing; the people who may decide are asked.',
  async run(play) {
    const { tale } = play;
    const before = await play.mark();
    // All at once and before the app has read them, as an agent does with a bulk change.
    const tickets = [];
    for (let i = 0; i < 3; i++) tickets.push(await play.fileOnly('requester', WISH));
    for (const ticket of tickets) await ticket.move('agent', 'Approve without asking');
    await play.control.settle();
    const manager = await play.jira.accountId('manager');
    for (const ticket of tickets) {
      await ticket.tell();
      await standsAt(play, ticket, {
        status: 'Waiting for approval',
        resolution: null,
        state: 'waiting',
      });
      const deciders = await ticket.deciders();
      tale.check('the manager is asked', deciders.join() === manager, deciders);
      const said = await appSaid(play, ticket, 'public', [/^Waiting for approval$/]);
      tale.check(
        'it says that what happened before cannot count',
        /cannot count/.test(said[0]?.text ?? ''),
        said[0]?.text,
      );
      await nothingInternalShown(play, ticket, 'requester');
      await provesItself(play, ticket, ['request.received', 'request.pinned']);
    }

    // A workflow that lets anybody move anything to "Approved", without an approval step.
    await bindProject(play, play.jira, 'BAD', {
      intake: 'New',
      waiting: 'Waiting for approval',
      approved: 'Approved',
      granted: 'Access granted',
      declined: 'Declined',
    });
    const bad = await play.file('requester', WISH, { project: 'BAD' });
    await bad.move('agent', 'Approved');
    await play.settle(bad);
    await play.pass('30m', bad);
    await nothingInternalShown(play, bad, 'requester');
    const { comments } = await bad.look();
    tale.check(
      'the requester is told what stands in the way, in plain words',
      comments.some((c) => c.public && c.byApp && /attention|again/i.test(c.headline)),
      comments.map((c) => c.headline),
    );

    await isNoMember(play, play.okta, GROUPS, 'requester');
    const changes = await play.changes(before);
    tale.check('no directory was changed', changes.length === 0, changes.length);

    const [first] = tickets;
    await first?.approve('manager');
    await play.settle(first);
    await isMember(play, play.okta, GROUPS, 'requester');
    if (first)
      await standsAt(play, first, {
        status: 'Access granted',
        resolution: 'Done',
        state: 'active',
      });
  },
};
