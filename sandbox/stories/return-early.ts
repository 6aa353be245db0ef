import { filedBy, press, renewal } from './kit/my-access';
import { isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const returnEarly: Story = {
  name: 'return-early',
  promise:
    'Whoever no longer needs their access returns it with one click, and it is gone at once; with another click it is asked for again.',
  async run(play) {
    const { tale } = play;
    const ticket = await granted(play);
    const extra = await renewal(play, ticket, 3600);
    const stranger = await press(play, 'friend', 'grants.give-back', ticket);
    tale.check('nobody else can return it', !stranger.ok, stranger);
    await isMember(play, play.okta, GROUPS, 'requester');
    await play.pass('30m');
    const mark = await play.mark();
    const returned = await press(play, 'requester', 'grants.give-back', ticket);
    tale.check('it is returned', returned.ok, returned);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    const removals = await play.changes(mark);
    tale.check('by one call', removals.length === 1, removals.length);
    const last = (await ticket.look()).comments.filter((c) => c.byApp && c.public).at(-1);
    tale.check(
      'the request says that it was returned early',
      /given back early/.test(last?.text ?? ''),
      last?.text,
    );
    await standsAt(play, extra, { status: 'Withdrawn', state: 'withdrawn' });
    const ledger = await play.ledger(ticket);
    tale.check(
      'the record says who returned it',
      JSON.stringify(ledger?.evidence.find((e) => e.event === 'grant.ending')).includes(
        await play.jira.accountId('requester'),
      ),
      ledger?.evidence.map((e) => e.event),
    );
    const again = filedBy(play, await press(play, 'requester', 'requests.again', ticket));
    await play.settle(again);
    const seen = await standsAt(play, again, { status: 'Waiting for approval', state: 'waiting' });
    tale.check(
      'the new request asks for the same, with the same reason',
      /Editor in Figma/.test(seen.description) && /spring launch/.test(seen.description),
      seen.description,
    );
    await nothingInternalShown(play, ticket, 'requester');
  },
};
