import { personIn } from './kit/connections';
import { hireInOkta, holdsId, idsIn } from './kit/findings';
import { answersFive, nothingInternalShown, standsAt } from './kit/promises';
import { asked } from './kit/steps';
import type { Story } from './kit/story';

export const nameTwins: Story = {
  name: 'name-twins',
  promise:
    'Of two people with the same name exactly the one who asked gets the access, and exactly that one loses it.',
  async run(play) {
    const { tale } = play;
    const groupId = await play.okta.groupId('figma-editors');
    const { email } = await play.person('requester');
    const mine = await personIn(play, 'requester', 'okta');
    const managerId = (await play.person('owner')).directories.find(
      (d) => d.directory === 'okta',
    )?.login;
    // Found by every search by name, and by every search for how the address begins.
    const twin = await hireInOkta(play, {
      firstName: 'Rosalind',
      lastName: 'Okoye',
      email: email.replace('@', '2@'),
      department: 'Design',
      managerId: managerId ?? '',
    });
    const before = await idsIn(play, 'okta', groupId);
    const ticket = await asked(play);
    const manager = await play.jira.accountId('manager');
    const deciders = await ticket.deciders();
    tale.check(
      "Jira asks the requester's own manager, not the twin's",
      deciders.join() === manager,
      deciders,
    );
    answersFive(play, await ticket.look(), [/Who: Rosalind Okoye/]);
    await ticket.approve('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await holdsId(play, 'okta', groupId, mine, true, 'the requester');
    await holdsId(play, 'okta', groupId, twin, false, 'the twin');

    tale.step("Okta's administrator", 'puts the twin into the group by hand');
    const byHand = await play.okta.call('PUT', `/api/v1/groups/${groupId}/users/${twin}`);
    tale.check('Okta did it', byHand.status === 204, byHand.text);
    await play.pass('6h10m', ticket);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await holdsId(play, 'okta', groupId, mine, false, 'the requester');
    await holdsId(play, 'okta', groupId, twin, true, 'the twin');
    const after = await idsIn(play, 'okta', groupId);
    tale.check(
      'nobody else came or went',
      after.filter((id) => id !== twin).join() === before.join(),
      after,
    );
    await nothingInternalShown(play, ticket, 'requester');
  },
};
