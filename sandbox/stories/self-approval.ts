import { answersFive, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { askedAgain, EDITOR, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';
import type { Ticket } from './kit/ticket';

export const selfApproval: Story = {
  name: 'self-approval',
  promise: 'Nobody decides on their own access: not as owner, not for another, not by any field.',
  async run(play) {
    const { tale } = play;
    const before = await play.mark();
    const refusedAsParty = async (ticket: Ticket, who: string) => {
      const seen = await standsAt(play, ticket, { status: 'Needs attention', state: 'attention' });
      const said = seen.comments.find((c) => c.public && c.byApp);
      tale.check(
        'it says that nobody decides on their own access, and who can help',
        /nobody decides on their own access/.test(said?.text ?? '') && /IT/.test(said?.text ?? ''),
        said?.text,
      );
      tale.check('nobody is asked', (await ticket.approvals()).length === 0);
      await nothingInternalShown(play, ticket, who);
    };
    const forOwner = {
      app: 'GitHub',
      role: 'Developer',
      duration: '8 hours',
      reason: 'A hotfix for the checkout',
    };
    const own = await play.file('owner', forOwner);
    await refusedAsParty(own, 'owner');

    // Who asks for their own report does not decide on it either: the owner takes their place.
    const forOther = await play.file('manager', { ...EDITOR, beneficiary: 'requester' });
    const seen = await standsAt(play, forOther, { status: 'Waiting for approval' });
    answersFive(play, seen, [/owner of the app .*because nobody decides on their own access/]);
    const asked = await forOther.deciders();
    tale.check(
      'the owner of the app is asked, and the manager is not',
      asked.join() === (await play.jira.accountId('owner')),
      asked,
    );

    // Another reporter does not make the first one a stranger.
    const swapped = await play.file('owner', forOwner);
    const friend = await play.jira.accountId('friend');
    await swapped.edit('admin', { reporter: { accountId: friend } }, 'another reporter');
    await play.settle();
    tale.step('admin', 'presses Resume');
    await play.admin('requests.resume', { issueId: swapped.id });
    await play.settle(swapped);
    await refusedAsParty(swapped, 'friend');

    // A workflow that lets reporters approve: the answer is taken by Jira and refused by the app.
    const stock = await play.file('manager', EDITOR, { project: 'HELP' });
    await standsAt(play, stock, { status: 'Waiting for approval', state: 'waiting' });
    const owner = await play.jira.accountId('owner');
    const deciders = await stock.deciders();
    tale.check("the manager's own manager is asked", deciders.join() === owner, deciders);
    const { fields } = await stock.look();
    const approvers = Object.keys(fields).find((id) => JSON.stringify(fields[id]).includes(owner));
    const manager = await play.jira.accountId('manager');
    await stock.edit(
      'agent',
      { [approvers ?? '']: [{ accountId: manager }] },
      'the requester is the approver',
    );
    await stock.approve('manager');
    await play.settle(stock);
    await askedAgain(play, stock, /may not decide|own access/, 'owner');
    await isNoMember(play, play.okta, ['figma-editors', 'github-users'], 'manager');
    await isNoMember(play, play.okta, ['figma-editors'], 'requester');
    await nothingChanged(play, before);
  },
};
