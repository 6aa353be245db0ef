import { mailsTo } from './kit/card';
import { isAsked, setsCover } from './kit/covers';
import { isMember, nothingInternalShown, standsAt } from './kit/promises';
import { asked } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];
const STATUS = { app: 'Statuspage', role: 'Editor', duration: '1 hour', reason: 'Incident texts' };

export const approverAwayOpenRequestMoves: Story = {
  name: 'approver-away-open-request-moves',
  promise:
    'When an approver goes away, their cover decides on what is open and on what comes, under their own name; what nobody answered goes back afterwards.',
  async run(play) {
    const { tale } = play;
    const ticket = await asked(play);
    await isAsked(play, ticket, 'manager');
    const set = await setsCover(play, 'manager', 'named', 3);
    tale.check('the cover is set', set.ok, set);
    // What was put up a moment ago no index may show yet; it is looked for again with the sweep after
    // the next five minutes.
    await play.pass('12m', ticket);
    await isAsked(play, ticket, 'named');
    const told = await mailsTo(play, 'named', ticket);
    tale.check('the cover is told by mail', told.length === 1, told);
    const seen = await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    tale.check(
      'the requester reads that somebody else decides, without a reason that is nobody’s business',
      seen.comments.some((c) => c.public && /cover is asked instead/.test(c.text)),
      seen.comments.map((c) => c.text),
    );
    await ticket.approve('named');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
    const read = await play.ledger(ticket);
    const why = JSON.stringify(read?.evidence.filter((e) => e.event === 'decision.recorded'));
    tale.check('the record says why the cover could decide', /stands in until/.test(why), why);

    const next = await asked(play, { wish: STATUS });
    await isAsked(play, next, 'named');
    await play.pass('3d1h', next);
    const deciders = await next.deciders();
    const manager = await play.jira.accountId('manager');
    tale.check('afterwards the manager is asked again', deciders.includes(manager), deciders);
    await nothingInternalShown(play, ticket, 'requester');
    await nothingInternalShown(play, next, 'requester');
  },
};
