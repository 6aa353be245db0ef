import { press } from './kit/my-access';
import { isNoMember, standsAt } from './kit/promises';
import { figmaEditor } from './kit/roles';
import { EDITOR, granted } from './kit/steps';
import type { Story } from './kit/story';

export const renewPastCapRefused: Story = {
  name: 'renew-past-cap-refused',
  promise:
    'Renewals do not go round the longest time that a role allows: what would go beyond it is refused in words and nothing is filed.',
  async run(play) {
    const { tale } = play;
    tale.step('admin', 'caps Editor at an hour and a half, renewals included');
    await play.demandAdmin('roles.save', {
      ...(await figmaEditor(play)),
      durations: [1800, 3600],
      rules: { totalAge: 5400 },
    });
    const ticket = await granted(play, { wish: { ...EDITOR, duration: '1 hour' } });
    await play.pass('40m');
    const refused = await press(play, 'requester', 'grants.renew', ticket, { duration: 3600 });
    tale.check(
      'the refusal says how long it may last altogether, and what fits',
      !refused.ok &&
        refused.problem.check === 'total-age' &&
        /30 minutes/.test(refused.problem.nextStep),
      refused,
    );
    const stranger = await press(play, 'friend', 'grants.renew', ticket, { duration: 1800 });
    tale.check('nobody else can renew it', !stranger.ok, stranger);
    const own = await play.jira.as('requester', 'GET', '/rest/servicedeskapi/request');
    tale.check('nothing was filed', !/Renewal: /.test(own.text), own.text.slice(0, 300));
    await play.pass('25m', ticket);
    await standsAt(play, ticket, { status: 'Access ended', state: 'ended' });
    await isNoMember(play, play.okta, ['figma-editors'], 'requester');
    const over = await press(play, 'requester', 'grants.renew', ticket, { duration: 1800 });
    tale.check(
      'what is over cannot be renewed',
      !over.ok && over.problem.check === 'renewal-of-running',
      over,
    );
  },
};
