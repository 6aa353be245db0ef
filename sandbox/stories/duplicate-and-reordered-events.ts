import {
  appSaid,
  isMember,
  isNoMember,
  nothingInternalShown,
  provesItself,
  standsAt,
} from './kit/promises';
import { EDITOR } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const duplicateAndReorderedEvents: Story = {
  name: 'duplicate-and-reordered-events',
  promise:
    'Events that come twice, late and in the wrong order make one grant and one comment per step.',
  async run(play) {
    const { tale } = play;
    tale.step('Jira', 'sends every event twice, and what was created long after what changed');
    await play.control.post('faults', { events: { do: 'duplicate' } });
    await play.control.post('faults', {
      events: { do: 'delay', ms: 170_000, eventType: 'avi:jira:created:issue' },
    });
    const before = await play.mark();
    const ticket = await play.fileOnly('requester', EDITOR);
    // Something else changes first, and its event overtakes the one of the creation.
    await ticket.edit('agent', { summary: 'Access to Figma please' }, 'the summary');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await play.control.post('faults', {
      events: { do: 'delay', ms: 120_000, eventType: 'avi:jira:updated:issue', times: 1 },
    });
    await ticket.approve('manager');
    await play.settle(ticket);
    await play.pass('10m', ticket);
    await isMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    const adds = await play.changes(before);
    tale.check('one call made the change', adds.length === 1, adds.length);
    await play.pass('6h', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const all = await play.changes(before);
    tale.check(
      'and one undid it',
      all.length === 2,
      all.map((c) => c.method),
    );
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: /,
      /^Access ended: /,
    ]);
    await appSaid(play, ticket, 'internal', [/^Pinned, round 1$/, /^Granted/]);
    await nothingInternalShown(play, ticket, 'requester');
    await provesItself(play, ticket, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
      'grant.ending',
      'grant.revoked',
    ]);
  },
};
