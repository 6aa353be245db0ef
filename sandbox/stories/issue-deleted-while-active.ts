import { z } from 'zod';
import { linesOf } from './kit/document';
import { endedOnTime, isMember, isNoMember } from './kit/promises';
import { granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];
const foundSchema = z.looseObject({
  issues: z.array(
    z.looseObject({ id: z.string(), fields: z.looseObject({ summary: z.string() }) }),
  ),
});
const commentsSchema = z.looseObject({
  comments: z.array(z.looseObject({ body: z.unknown(), jsdPublic: z.boolean() })),
});

export const issueDeletedWhileActive: Story = {
  name: 'issue-deleted-while-active',
  promise:
    'When the issue is deleted the access still ends on time, and the record of it goes to the audit issue.',
  async run(play) {
    const { tale } = play;
    const ticket = await granted(play);
    const until = (await ticket.look()).property?.['until'];
    tale.step('agent', `deletes ${ticket.key}`);
    await play.jira.as('agent', 'POST', `/browse/${ticket.key}/delete`, { form: {} });
    await play.settle();
    await play.pass('5h50m');
    await isMember(play, play.okta, GROUPS, 'requester');
    const end = await play.mark();
    await play.pass('15m');
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const removals = await play.changes(end);
    tale.check('one call took it away', removals.length === 1, removals.length);
    endedOnTime(play, removals[0], until);

    const path = `/rest/api/3/search/jql?jql=${encodeURIComponent('project = IT')}&fields=summary`;
    const { issues } = foundSchema.parse((await play.jira.as('admin', 'GET', path)).body);
    const audits = issues.filter(({ fields }) => /whose own issue is gone/.test(fields.summary));
    tale.check('there is one audit issue', audits.length === 1, audits.length);
    const audit = audits[0]?.id ?? '0';
    const { comments } = commentsSchema.parse(
      (await play.jira.as('admin', 'GET', `/rest/api/3/issue/${audit}/comment`)).body,
    );
    const texts = comments.map((c) => linesOf(c.body).join('\n'));
    for (const text of texts) tale.cameBack(text);
    tale.check(
      'it says once that the access ended, and of which issue',
      texts.filter((t) => /Access ended: Editor in Figma/.test(t) && t.includes(ticket.id))
        .length === 1,
      texts,
    );
    tale.check(
      'only the service team sees it',
      comments.every((c) => !c.jsdPublic),
    );
    const view = await play.ledger(ticket);
    tale.check('the evidence chain is whole', view?.chain === 'whole', view?.chain);
    const events = view?.evidence.map((r) => r.event) ?? [];
    tale.check(
      'it records that the issue is gone and that the access ended',
      events.includes('request.issue-gone') && events.at(-1) === 'grant.revoked',
      events,
    );
  },
};
