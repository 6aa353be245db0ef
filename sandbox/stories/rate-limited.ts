import { useUpTheLimit } from './kit/okta-client';
import { appSaid, isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { asked } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const rateLimited: Story = {
  name: 'rate-limited',
  promise:
    'A directory that is asked too much is left alone until it says, and then the change is made, once.',
  async run(play) {
    const { tale } = play;
    const ticket = await asked(play, {
      wish: {
        app: 'Figma',
        role: 'Editor',
        duration: '1 hour',
        reason: 'Prototype for the spring launch',
      },
    });
    const limitedCalls = async (mark: number) =>
      (await play.since(mark)).calls.filter((c) => c.invocation && c.status === 429);
    await ticket.approve('manager');
    const used = await useUpTheLimit(play.control, play.addresses.okta);
    tale.step('another program', `uses up the app's share of Okta's limit (${used} calls)`);
    const before = await play.mark();
    await play.settle(ticket);
    await play.pass('5m', ticket);
    const refused = await limitedCalls(before);
    tale.check('Okta refused the app with 429', refused.length > 0, refused.length);
    tale.check('the app did not insist', refused.length <= 3, refused.length);
    await isMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    const adds = (await play.changes(before)).filter(({ status }) => status === 204);
    tale.check('one call made the change', adds.length === 1, adds.length);

    await play.control.advanceOnly('52m');
    const until = Date.parse(String((await ticket.look()).property?.['until']));
    const left = until - Date.parse((await play.control.state()).now);
    await play.control.advanceOnly(`${Math.max(1, Math.round(left / 1000) - 5)}s`);
    const again = await useUpTheLimit(play.control, play.addresses.okta);
    tale.step('another program', `does it again, seconds before the end (${again} calls)`);
    const end = await play.mark();
    await play.pass('10m', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const late = await limitedCalls(end);
    tale.check('the removal was refused with 429 as well', late.length > 0, late.length);
    tale.check('the app did not insist', late.length <= 4, late.length);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    const removal = (await play.changes(end)).find(({ status }) => status === 204);
    const seconds = (Date.parse(removal?.at ?? '') - until) / 1000;
    tale.check(
      'it was made within three minutes, never early',
      seconds >= 0 && seconds <= 180,
      `${seconds} s`,
    );
    await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: /,
      /^Access ended: /,
    ]);
    await nothingInternalShown(play, ticket, 'requester');
  },
};
