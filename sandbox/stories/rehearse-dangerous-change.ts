import { policyOf, rehearsed, withTier } from './kit/policy';
import { isNoMember } from './kit/promises';
import { granted, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

export const rehearseDangerousChange: Story = {
  name: 'rehearse-dangerous-change',
  promise:
    'Before a changed policy counts it is rehearsed on the requests that were really made: how many would skip a person, what would be refused, what nobody can tell, and what takes a second administrator.',
  async run(play) {
    const { tale } = play;
    const ticket = await granted(play);
    await play.pass('7h', ticket);
    await isNoMember(play, play.okta, ['figma-editors'], 'requester');
    const before = await policyOf(play);
    const mark = await play.mark();

    tale.step('admin', 'drafts that sensitive roles ask for a ticket, and rehearses it');
    const projects = { policy: { ticketProjects: ['10000'] } };
    const stricter = await withTier(play, 'sensitive', { ticket: 'required' });
    await play.demandAdmin('policy.draft.save', {
      ...stricter,
      policy: { ...stricter.policy, ...projects.policy },
    });
    const strict = await rehearsed(play, { last: 100 });
    tale.check(
      'the request that named no ticket would be refused, and the line says why',
      strict.totals.newlyRefused === 1 &&
        strict.lines.some(
          (line) => line.issueKey === ticket.key && /No ticket is named/.test(line.isWords),
        ),
      strict,
    );

    tale.step('admin', 'rehearses that the role is routine and a rule decides');
    const owner = await play.jira.accountId('owner');
    const auto = {
      rule: 'anybody',
      when: [],
      signedOffBy: owner,
      signedOffAt: '2026-01-01T00:00:00.000Z',
    };
    const risky = await rehearsed(play, {
      last: 100,
      role: { id: 'figma.editor', risk: 'routine', rules: { auto, ticket: 'none' } },
    });
    tale.check(
      `it says: ${risky.words}`,
      risky.totals.skipPerson === 1 && /1 of 1 would skip a person/.test(risky.words),
      risky,
    );

    tale.step('admin', 'rehearses a rule on a fact that nobody looked at then');
    const department = { kind: 'directory-group', connection: 'okta', group: 'any-group' };
    const unknown = await rehearsed(play, {
      last: 100,
      role: { id: 'figma.editor', rules: { visibleTo: [department], ticket: 'none' } },
    });
    tale.check('it is not guessed: it cannot be told', unknown.totals.untold === 1, unknown);

    tale.check(
      'the policy that counts is the one from before',
      JSON.stringify(await policyOf(play)) === JSON.stringify(before),
    );
    await nothingChanged(play, mark);
  },
};
