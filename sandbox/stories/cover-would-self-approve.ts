import { isAsked, setsCover } from './kit/covers';
import { answersFive, isMember, isNoMember, standsAt } from './kit/promises';
import { EDITOR, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const coverWouldSelfApprove: Story = {
  name: 'cover-would-self-approve',
  promise:
    'A cover never decides on their own request: the owner is asked instead; for others they decide, as was meant.',
  async run(play) {
    const { tale } = play;
    const round = await setsCover(play, 'manager', 'manager', 3);
    tale.check(
      'nobody covers themselves',
      !round.ok && round.problem.check === 'cover-other-person',
    );
    const set = await setsCover(play, 'manager', 'requester', 3);
    tale.check('the manager sets a report of theirs as cover', set.ok, set);
    const back = await setsCover(play, 'requester', 'manager', 2);
    tale.check('and it may not lead back', !back.ok && back.problem.check === 'cover-ring', back);
    const before = await play.mark();
    const own = await play.file('requester', EDITOR);
    const seen = await standsAt(play, own, { status: 'Waiting for approval', state: 'waiting' });
    await isAsked(play, own, 'owner');
    answersFive(play, seen, [/owner of the app/]);

    // For a colleague the same person decides, as was meant.
    const other = await play.file('friend', EDITOR);
    await isAsked(play, other, 'requester');

    const requester = await play.jira.accountId('requester');
    const { fields } = await own.look();
    const owner = await play.jira.accountId('owner');
    const field =
      Object.keys(fields).find((id) => JSON.stringify(fields[id]).includes(owner)) ?? '';
    await own.edit('agent', { [field]: [{ accountId: requester }] }, 'the requester approves');
    const deciders = await own.deciders();
    tale.check('Jira does not take them either', !deciders.includes(requester), deciders);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await nothingChanged(play, before);

    await other.approve('requester');
    await play.settle(other);
    await standsAt(play, other, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'friend');
    await isNoMember(play, play.okta, GROUPS, 'requester');
  },
};
