import {
  appSaid,
  isMember,
  isNoMember,
  nothingInternalShown,
  provesItself,
  standsAt,
} from './kit/promises';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const directoryDownAtExpiry: Story = {
  name: 'directory-down-at-expiry',
  promise:
    'When the directory is down at the end, the delay is shown, the app keeps trying, and the access goes as soon as the directory is back.',
  async run(play) {
    const { tale } = play;
    const ticket = await play.file('requester', {
      app: 'Figma',
      role: 'Editor',
      duration: '1 hour',
      reason: 'Prototype for the spring launch',
    });
    await ticket.approve('manager');
    await play.settle(ticket);
    const active = await standsAt(play, ticket, { status: 'Access granted', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');

    await play.pass('50m');
    tale.step('Okta', 'goes down for two hours');
    await play.control.post('faults', { add: { name: 'outage', server: 'okta', status: 503 } });
    await play.pass('25m', ticket);
    await isMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Access granted', state: 'stuck' });
    await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: /,
      /^The end of Editor in Figma is delayed$/,
    ]);
    const mid = await play.mark();
    await play.pass('1h35m', ticket);
    await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: /,
      /^The end of Editor in Figma is delayed$/,
    ]);
    const tried = (await play.since(mid)).calls.filter((c) => c.fault === 'outage');
    tale.check(
      'it kept trying, at most a few times per five minutes',
      tried.length >= 10 && tried.length <= 95,
      tried.length,
    );

    tale.step('Okta', 'is back');
    await play.control.post('faults', { clear: true });
    const back = await play.mark();
    await play.pass('6m', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const removals = await play.changes(back);
    tale.check(
      'one call took it away, within the next sweep',
      removals.length === 1 && removals[0]?.method === 'DELETE',
      removals.map((c) => `${c.at} ${c.method}`),
    );
    tale.check(
      'nothing was taken before the end',
      Date.parse(removals[0]?.at ?? '') >= Date.parse(String(active.property?.['until'])),
    );
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: /,
      /^The end of Editor in Figma is delayed$/,
      /^Access ended: Editor in Figma$/,
    ]);
    await nothingInternalShown(play, ticket, 'requester');
    const view = await provesItself(play, ticket, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
      'grant.ending',
      'grant.stuck',
      'grant.revoked',
    ]);
    const revoked = JSON.stringify(view?.evidence.at(-1));
    tale.check(
      'the record says how late it was',
      /"latenessSeconds":7\d{3}/.test(revoked) || /"latenessSeconds":6[5-9]\d\d/.test(revoked),
      revoked,
    );
  },
};
