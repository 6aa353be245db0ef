import { z } from 'zod';
import { mailsTo } from './kit/card';
import { answersFive, isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { EDITOR } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];
const ownSchema = z.looseObject({ values: z.array(z.looseObject({ issueKey: z.string() })) });

export const askedForSomebodyElse: Story = {
  name: 'asked-for-somebody-else',
  promise:
    'Whoever asks for a colleague gives it to the colleague, whose own manager decides and who sees the request.',
  async run(play) {
    const { tale } = play;
    const ticket = await play.file('friend', { ...EDITOR, beneficiary: 'requester' });
    const seen = await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    answersFive(play, seen, [
      /Who: Rosalind Okoye, asked for by Felix Marchetti/,
      /Who may decide: Marta Ridgewell/,
    ]);
    const base = '/rest/servicedeskapi/request';
    const shared = await play.jira.as('friend', 'GET', `${base}/${ticket.id}/participant`);
    tale.check(
      'the colleague is a participant of the request',
      shared.text.includes(await play.jira.accountId('requester')),
      shared.text.slice(0, 300),
    );
    const path = `${base}?requestOwnership=PARTICIPATED_REQUESTS`;
    const own = ownSchema.parse((await play.jira.as('requester', 'GET', path)).body);
    tale.check(
      'and finds it among the requests shared with them',
      own.values.some(({ issueKey }) => issueKey === ticket.key),
      own.values.map(({ issueKey }) => issueKey),
    );
    const told = await mailsTo(play, 'requester', ticket);
    tale.check(
      'and is told by mail that it was asked for on their behalf',
      told.length === 1 && /on your behalf/.test(told[0]?.subject ?? ''),
      told,
    );
    await ticket.approve('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
    await isNoMember(play, play.okta, GROUPS, 'friend');
    await nothingInternalShown(play, ticket, 'friend');
    await nothingInternalShown(play, ticket, 'requester');
  },
};
