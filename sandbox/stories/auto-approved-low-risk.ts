import {
  answersFive,
  appSaid,
  costsAtMost,
  endedOnTime,
  GRANT_BUDGET,
  isMember,
  isNoMember,
  nothingInternalShown,
  provesItself,
  standsAt,
} from './kit/promises';
import type { Story } from './kit/story';

const GROUPS = ['figma-viewers'];

export const autoApprovedLowRisk: Story = {
  name: 'auto-approved-low-risk',
  promise:
    'A low-risk role is given at once by a published rule, without an approval that anybody has to answer.',
  async run(play) {
    const { tale } = play;
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const before = await play.mark();
    const ticket = await play.file('requester', {
      app: 'Figma',
      role: 'Viewer',
      duration: '8 hours',
      reason: 'Review the new icons',
    });
    const active = await standsAt(play, ticket, {
      status: 'Access granted',
      resolution: 'Done',
      state: 'active',
    });
    answersFive(play, active, [
      /Who: Rosalind Okoye/,
      /What: Viewer in Figma/,
      /Until when: 8 hours/,
      /Who may decide: no person: the rule "low risk", signed off by Omar Castellan/,
      /What changes: Figma Viewers in Okta/,
      /Why: Review the new icons/,
    ]);
    await isMember(play, play.okta, GROUPS, 'requester');
    tale.check('Jira never opened an approval', (await ticket.approvals()).length === 0);
    const [add] = await play.changes(before);
    await costsAtMost(play, 'the grant', add, GRANT_BUDGET);

    await play.pass('7h50m');
    await isMember(play, play.okta, GROUPS, 'requester');
    const end = await play.mark();
    await play.pass('15m', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const removals = await play.changes(end);
    tale.check('one call took it away', removals.length === 1, removals.length);
    endedOnTime(play, removals[0], active.property?.['until']);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await appSaid(play, ticket, 'public', [
      /^Approved by a published rule$/,
      /^Access granted: Viewer in Figma$/,
      /^Access ended: Viewer in Figma$/,
    ]);
    await nothingInternalShown(play, ticket, 'requester');
    const view = await provesItself(play, ticket, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
      'grant.ending',
      'grant.revoked',
    ]);
    const decision = view?.evidence.find(({ event }) => event === 'decision.recorded');
    tale.check(
      'the record names the rule and who signed it off',
      JSON.stringify(decision).includes('"low risk"') &&
        JSON.stringify(decision).includes(await play.jira.accountId('owner')),
      decision,
    );
  },
};
