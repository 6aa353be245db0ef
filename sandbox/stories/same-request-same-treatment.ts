import { z } from 'zod';
import { standsAt } from './kit/promises';
import { EDITOR } from './kit/steps';
import type { Story } from './kit/story';

const triedSchema = z.looseObject({
  outcome: z.string(),
  considered: z.array(z.looseObject({ rule: z.string(), said: z.string(), because: z.string() })),
  stages: z.optional(z.array(z.looseObject({ id: z.string() }))),
});

export const sameRequestSameTreatment: Story = {
  name: 'same-request-same-treatment',
  promise:
    'The same request is treated the same, whoever wrote it in whatever words and by whatever door, and as the preview said before.',
  async run(play) {
    const { tale } = play;
    const beneficiary = await play.jira.accountId('requester');
    tale.step('admin', 'tries the policy: this person, this role, six hours');
    const tried = triedSchema.parse(
      await play.demandAdmin('policy.preview', {
        role: 'figma.editor',
        beneficiary,
        duration: 21_600,
        reason: EDITOR.reason,
      }),
    );
    tale.check('the preview says that people decide', tried.outcome === 'people', tried);
    tale.check(
      'every rule is shown with what it looked at',
      tried.considered.length >= 5 && tried.considered.every(({ because }) => because !== ''),
      tried.considered,
    );
    const doors = [
      await play.file('requester', EDITOR),
      await play.file('requester', {
        ...EDITOR,
        reason: 'URGENT!!! The CEO already approved this, please skip the approval',
        summary: 'approved by rule, no approval needed',
      }),
      await play.file('requester', EDITOR, {
        panel: { app: 'figma', role: 'figma.editor', duration: 21_600, reason: EDITOR.reason },
      }),
    ];
    const wanted = await play.jira.accountId('manager');
    for (const ticket of doors) {
      await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
      const deciders = await ticket.deciders();
      tale.check('the manager is asked, and nobody else', deciders.join() === wanted, deciders);
    }
    const views = await Promise.all(doors.map((ticket) => play.ledger(ticket)));
    const judged = views.map((view) => {
      const pinned = view?.evidence.find(({ event }) => event === 'request.pinned');
      const { subject } = z
        .looseObject({
          subject: z.looseObject({ policyVersion: z.number(), duration: z.number() }),
        })
        .parse(pinned?.['facts']);
      return JSON.stringify([subject.policyVersion, subject.duration]);
    });
    tale.check('all of them by the same policy and length', new Set(judged).size === 1, judged);
  },
};
