import { personIn } from './kit/connections';
import { editInOkta, findingsOf, holdsId, resumed, says } from './kit/findings';
import { isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { EDITOR, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const eMailOfSomeoneElse: Story = {
  name: 'e-mail-of-someone-else',
  promise:
    "A portal account with an executive's address gets nothing and approves nothing, and an address outside the company's domains proves nothing: only an administrator's link says who somebody is.",
  async run(play) {
    const { tale } = play;
    const groupId = await play.okta.groupId('figma-editors');
    const executive = await personIn(play, 'portal-only', 'okta');
    await editInOkta(
      play,
      'portal-only',
      { title: 'Chief Financial Officer', department: 'Management' },
      'makes the person behind the portal account’s address the finance director',
    );
    const before = await play.mark();
    const posing = await play.file('portal-only', EDITOR);
    await standsAt(play, posing, { status: 'Needs attention', state: 'attention' });
    await says(play, posing, /not one that the app can verify/);
    tale.check('nobody is asked', (await posing.approvals()).length === 0);
    const forThem = await play.file('manager', { ...EDITOR, beneficiary: 'portal-only' });
    await standsAt(play, forThem, { status: 'Needs attention', state: 'attention' });

    const outside = await play.file('contractor', EDITOR);
    await standsAt(play, outside, { status: 'Needs attention', state: 'attention' });
    await says(play, outside, /cannot verify this account's e-mail address/);

    const boss = (await play.person('portal-only')).directories.find(
      (d) => d.directory === 'okta',
    )?.login;
    await editInOkta(
      play,
      'friend',
      { managerId: boss ?? '' },
      'makes the finance director the manager of the friend',
    );
    const decided = await play.file('friend', EDITOR);
    await standsAt(play, decided, { status: 'Waiting for approval', state: 'waiting' });
    const deciders = await decided.deciders();
    tale.check(
      'the owner of the app is asked, and the portal account is not',
      deciders.join() === (await play.jira.accountId('owner')),
      deciders,
    );
    const wrongHands = await play.jira.accountId('portal-only');
    tale.check(
      'and is no approver in the field either',
      !JSON.stringify((await decided.look()).fields).includes(wrongHands),
    );
    await nothingChanged(play, before);
    await isNoMember(play, play.okta, GROUPS, 'portal-only');
    await isNoMember(play, play.okta, GROUPS, 'contractor');

    const listed = await findingsOf(play, 'person-mismatch');
    const contractor = await play.jira.accountId('contractor');
    tale.check(
      'an administrator finds all of them listed, by ids alone',
      listed.length === 3 &&
        listed.some(({ accountId }) => accountId === wrongHands) &&
        listed.some(({ accountId }) => accountId === contractor) &&
        listed.some(({ personId }) => personId === executive) &&
        !/Moss|Petra|Kofi|Brandt|@/.test(JSON.stringify(listed)),
      listed,
    );

    tale.step('admin', 'links the contractor, whom they know, and nobody else');
    await play.demandAdmin('links.save', {
      accountId: contractor,
      connection: 'okta',
      personId: await personIn(play, 'contractor', 'okta'),
    });
    await resumed(play, outside);
    await standsAt(play, outside, { status: 'Waiting for approval', state: 'waiting' });
    await outside.approve('manager');
    await play.settle(outside);
    await standsAt(play, outside, {
      status: 'Access granted',
      resolution: 'Done',
      state: 'active',
    });
    await resumed(play, posing);
    await standsAt(play, posing, { status: 'Needs attention', state: 'attention' });
    await holdsId(play, 'okta', groupId, executive, false, 'the executive');
    const left = await findingsOf(play, 'person-mismatch');
    tale.check(
      'the contractor is off the list, the others stay on it',
      left.length === 2 && left.every(({ accountId }) => accountId !== contractor),
      left,
    );
    await nothingInternalShown(play, posing, 'portal-only');
    await nothingInternalShown(play, outside, 'contractor');
  },
};
