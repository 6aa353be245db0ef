import { personIn } from './kit/connections';
import { editInOkta, findingsOf, hireInOkta, holdsId, resumed, says } from './kit/findings';
import { nothingInternalShown, standsAt } from './kit/promises';
import { asked, granted, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const STATUS = { app: 'Statuspage', role: 'Editor', duration: '1 hour', reason: 'Incident texts' };

export const personRenamedEMail: Story = {
  name: 'person-renamed-e-mail',
  promise:
    'Who is renamed keeps what they have until its end and nothing goes to whoever inherits the address: the id counts, and a link says who is meant.',
  async run(play) {
    const { tale } = play;
    const groupId = await play.okta.groupId('figma-editors');
    const mine = await personIn(play, 'requester', 'okta');
    const old = (await play.person('requester')).email;
    const running = await granted(play);
    const pending = await asked(play, { wish: STATUS });

    const email = old.replace(/^.*@/, 'rosalind.marchetti@');
    await editInOkta(
      play,
      'requester',
      { email, login: email, lastName: 'Marchetti' },
      'renames the requester and gives them another address',
    );
    const heir = await hireInOkta(play, {
      firstName: 'Rosa',
      lastName: 'Okoye',
      email: old,
      department: 'Design',
    });
    const before = await play.mark();
    await pending.approve('manager');
    await play.settle(pending);
    await standsAt(play, pending, { status: 'Needs attention', state: 'blocked' });
    await says(play, pending, /leads to another person in the directory/);
    await nothingChanged(play, before);
    await holdsId(play, 'okta', groupId, heir, false, 'whoever has the address now');
    await nothingInternalShown(play, pending, 'requester');

    tale.step('admin', 'links the account to the person it was all the time');
    await play.demandAdmin('links.save', {
      accountId: await play.jira.accountId('requester'),
      connection: 'okta',
      personId: mine,
    });
    await resumed(play, pending);
    await standsAt(play, pending, { status: 'Waiting for approval', state: 'waiting' });
    await pending.approve('manager');
    await play.settle(pending);
    await standsAt(play, pending, {
      status: 'Access granted',
      resolution: 'Done',
      state: 'active',
    });
    await holdsId(play, 'okta', groupId, mine, true, 'the requester');

    await play.pass('6h10m', running);
    await pending.tell();
    for (const ticket of [running, pending])
      await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await holdsId(play, 'okta', groupId, mine, false, 'the requester');
    const touched = (await play.changes(before)).filter(({ path }) => path.includes(heir));
    tale.check('no change was ever about whoever has the address now', touched.length === 0);
    const listed = await findingsOf(play, 'person-mismatch');
    tale.check('nobody is left on the list of unknown people', listed.length === 0, listed);
  },
};
