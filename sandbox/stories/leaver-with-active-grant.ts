import { personIn } from './kit/connections';
import { findingsOf, says } from './kit/findings';
import { demand } from './kit/http';
import {
  appSaid,
  isMember,
  isNoMember,
  nothingInternalShown,
  provesItself,
  standsAt,
} from './kit/promises';
import { asked, granted } from './kit/steps';
import type { Story } from './kit/story';

const DEVELOPER = {
  app: 'GitHub',
  role: 'Developer',
  duration: '24 hours',
  reason: 'Hot fix of the checkout page',
};
const STATUS = {
  app: 'Statuspage',
  role: 'Editor',
  duration: '7 days',
  reason: 'Texts for running incidents',
};

export const leaverWithActiveGrant: Story = {
  name: 'leaver-with-active-grant',
  promise:
    'Whoever is disabled in the directory loses all access within the hour, each on its own issue, and what still waits for approvers stops.',
  async run(play) {
    const { tale } = play;
    const design = await granted(play);
    const code = await granted(play, { wish: DEVELOPER, approver: 'owner' });
    const waiting = await asked(play, { wish: STATUS });
    const colleague = await granted(play, { who: 'friend' });
    await play.pass('1h');
    await isMember(play, play.okta, ['figma-editors', 'github-developers'], 'requester');

    tale.step("Okta's administrator", 'suspends the requester');
    const path = `/api/v1/users/${await personIn(play, 'requester', 'okta')}/lifecycle/suspend`;
    demand(await play.okta.call('POST', path), 200, 'the suspension');
    const before = await play.mark();
    await play.pass('1h5m', design);
    await code.tell();
    await waiting.tell();
    const groups = ['figma-editors', 'github-users', 'github-developers'];
    await isNoMember(play, play.okta, groups, 'requester');
    const removals = await play.changes(before);
    tale.check(
      'each membership was removed by one call, and nobody was added',
      removals.length === 3 && removals.every(({ method }) => method === 'DELETE'),
      removals.map(({ method, path: at }) => `${method} ${at}`),
    );
    for (const ticket of [design, code]) {
      await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
      await appSaid(play, ticket, 'public', [
        /^Waiting for approval$/,
        /^Access granted: /,
        /^Access ended: /,
      ]);
      await says(play, ticket, /account in the directory was disabled/);
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
    }
    await standsAt(play, waiting, { status: 'Needs attention', resolution: null });
    await says(play, waiting, /was disabled, so this request has stopped/);
    await standsAt(play, colleague, { status: 'Access granted', state: 'active' });
    await isMember(play, play.okta, ['figma-editors'], 'friend');
    tale.check('nobody is listed as a mover', (await findingsOf(play, 'mover')).length === 0);
  },
};
