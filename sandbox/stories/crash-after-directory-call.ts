import {
  appSaid,
  endedOnTime,
  isMember,
  isNoMember,
  nothingInternalShown,
  provesItself,
  standsAt,
} from './kit/promises';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const crashAfterDirectoryCall: Story = {
  name: 'crash-after-directory-call',
  promise:
    'A function that dies right after the directory was changed leaves a change that is known as ours: given once, told once, taken away at the end.',
  async run(play) {
    const { tale } = play;
    const ticket = await play.file('requester', {
      app: 'Figma',
      role: 'Editor',
      duration: '1 hour',
      reason: 'Prototype for the spring launch',
    });
    const starts = (await play.control.state()).workerStarts;
    tale.step('the platform', 'will kill the function right after Okta added the member');
    await play.control.post('kill', {
      at: 1,
      host: 'latchkey-demo.okta.com',
      path: '^PUT /api/v1/groups/',
      when: 'after',
    });
    const before = await play.mark();
    await ticket.approve('manager');
    await play.settle(ticket);
    await play.pass('10m', ticket);
    const { workerStarts } = await play.control.state();
    tale.check('the function was killed', workerStarts > starts, workerStarts);
    await isMember(play, play.okta, GROUPS, 'requester');
    const active = await standsAt(play, ticket, {
      status: 'Access granted',
      resolution: 'Done',
      state: 'active',
    });
    const first = (await play.changes(before))[0];
    const until = active.property?.['until'];
    const long = (Date.parse(String(until)) - Date.parse(first?.at ?? '')) / 1000;
    tale.check(
      'the hour counts from the change, not from the repair',
      Math.abs(long - 3600) <= 5,
      `${long} s`,
    );
    const granted = await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: /,
    ]);
    tale.check(
      'it does not take its own change for a membership that was there before',
      !/existed already/.test(granted[1]?.text ?? ''),
      granted[1]?.text,
    );

    const end = await play.mark();
    await play.pass('1h', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const removals = await play.changes(end);
    tale.check('one call took it away', removals.length === 1, removals.length);
    endedOnTime(play, removals[0], until);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: /,
      /^Access ended: /,
    ]);
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
