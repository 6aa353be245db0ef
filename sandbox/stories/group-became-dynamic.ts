import {
  findingsOf,
  isFound,
  isRed,
  lastSaid,
  neverGranted,
  overnight,
  says,
} from './kit/findings';
import { demand } from './kit/http';
import { isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { granted, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['salesforce-users'];
const SALES = { app: 'Salesforce', role: 'Sales user', reason: 'Cover for the Nordics team' };

export const groupBecameDynamic: Story = {
  name: 'group-became-dynamic',
  promise:
    'A group of Entra that begins to fill itself is noticed in the night: its role is given to nobody any more, and what cannot be removed is said and tried until it can.',
  async run(play) {
    const { tale } = play;
    const running = await granted(play, { wish: SALES, approver: 'named' });
    const path = `/v1.0/groups/${await play.entra.groupId('salesforce-users')}`;
    tale.step("Entra's administrator", 'makes salesforce-users a dynamic group');
    const rule = { groupTypes: ['DynamicMembership'], membershipRule: '(user.city -eq "Oslo")' };
    demand(await play.entra.call('PATCH', path, rule), 204, 'the change');
    await overnight(play);
    await isFound(play, 'group-unwritable', /"Salesforce Users" can no longer be changed.*rule/i);
    await isRed(play, 'salesforce.sales-user', 'group-writable');

    const before = await play.mark();
    const refused = await play.file('friend', SALES);
    await standsAt(play, refused, { status: 'Needs attention', state: 'attention' });
    await says(play, refused, /IT has to look at this role first/);
    tale.check('nobody is asked', (await refused.approvals()).length === 0);
    await says(play, refused, /check "role-sound"/, 'internal');
    const red = await findingsOf(play, 'role-red');
    tale.check(
      'an administrator reads which group it is and what to do',
      /may not change the members of Salesforce Users/.test(red[0]?.sentence ?? '') &&
        /by hand|another group/.test(red[0]?.nextStep ?? ''),
      red,
    );
    await nothingChanged(play, before);

    tale.step('requester', 'gives the access back');
    await play.app({
      as: 'requester',
      module: 'request-access',
      function: 'request.withdraw',
      payload: { issueId: running.id },
      issue: running.key,
    });
    await play.settle();
    await play.pass('20m', running);
    await isMember(play, play.entra, GROUPS, 'requester');
    const tried = await play.changes(before);
    tale.check(
      'the removal was refused and tried again',
      tried.length > 2 &&
        tried.every(({ method, status }) => method === 'DELETE' && status === 403),
      tried.map(({ method, status }) => `${method} ${status}`),
    );
    await standsAt(play, running, { status: 'Access granted', state: 'stuck' });
    const told = await lastSaid(running);
    tale.check(
      'the issue says that the end is delayed',
      /^The end of Sales user in Salesforce is delayed$/.test(told?.headline ?? ''),
      told?.text,
    );
    await nothingInternalShown(play, running, 'requester');

    tale.step("Entra's administrator", 'makes it an ordinary group again');
    demand(await play.entra.call('PATCH', path, { groupTypes: [] }), 204, 'the change');
    await play.pass('10m', running);
    await isNoMember(play, play.entra, GROUPS, 'requester');
    await standsAt(play, running, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await neverGranted(play, refused);
  },
};
