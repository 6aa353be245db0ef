import { appSaid, isMember, nothingInternalShown, provesItself, standsAt } from './kit/promises';
import { asked } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const commentAnswerLost: Story = {
  name: 'comment-answer-lost',
  promise:
    'When Jira takes a comment and its answer is lost, the access stands and the comment is there once.',
  async run(play) {
    const { tale } = play;
    const ticket = await asked(play);
    tale.step('Jira', 'will take one comment and lose the answer, then be down for some minutes');
    await play.control.post('faults', {
      add: {
        name: 'answer lost',
        server: 'jira',
        method: 'POST',
        path: `/rest/api/3/issue/${ticket.id}/comment$`,
        kind: 'cut',
        applied: true,
        times: 1,
      },
    });
    await play.control.post('faults', {
      add: {
        name: 'Jira down',
        server: 'jira',
        method: 'POST',
        path: `/rest/api/3/issue/${ticket.id}/(comment|transitions)$`,
        status: 503,
        times: 2,
      },
    });
    await ticket.approve('manager');
    await play.settle();
    await isMember(play, play.okta, GROUPS, 'requester');
    await play.pass('45m', ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await appSaid(play, ticket, 'public', [/^Waiting for approval$/, /^Access granted: /]);
    await appSaid(play, ticket, 'internal', [/^Pinned, round 1$/, /^Granted/]);
    await nothingInternalShown(play, ticket, 'requester');
    await provesItself(play, ticket, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
    ]);
  },
};
