import {
  answersFive,
  appSaid,
  costsAtMost,
  endedOnTime,
  GRANT_BUDGET,
  isListed,
  isMember,
  isNoMember,
  nothingInternalShown,
  provesItself,
  REVOCATION_BUDGET,
  standsAt,
} from './kit/promises';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const oktaTimeBound: Story = {
  name: 'okta-time-bound',
  promise:
    'What the manager approves is given in Okta within the minute and taken away when its six hours are over.',
  async run(play) {
    const { tale } = play;
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const ticket = await play.file(
      'requester',
      { reason: 'Prototype for the spring launch' },
      { panel: { app: 'figma', role: 'figma.editor', duration: 21_600 } },
    );
    const waiting = await standsAt(play, ticket, {
      status: 'Waiting for approval',
      resolution: null,
      state: 'waiting',
    });
    answersFive(play, waiting, [
      /Who: Rosalind Okoye/,
      /What: Editor in Figma/,
      /Until when: 6 hours/,
      /Who may decide: Marta Ridgewell/,
      /What changes: Figma Editors in Okta/,
      /Why: Prototype for the spring launch/,
      /What happens next: /,
    ]);
    const manager = await play.jira.accountId('manager');
    const asked = await ticket.deciders();
    tale.check('Jira asks the manager and nobody else', asked.join() === manager, asked);
    await isNoMember(play, play.okta, GROUPS, 'requester');

    const desk = `/rest/servicedeskapi/request/${ticket.id}`;
    const answered = await play.mark();
    await ticket.approve('manager');
    await play.settle(ticket);
    const active = await standsAt(play, ticket, {
      status: 'Access granted',
      resolution: 'Done',
      state: 'active',
    });
    await isMember(play, play.okta, GROUPS, 'requester');
    const [add, ...more] = await play.changes(answered);
    tale.check(
      'the directory was changed by one call',
      add?.method === 'PUT' && more.length === 0,
      [add, ...more].map((c) => `${c?.method} ${c?.path}`),
    );
    const until = active.property?.['until'];
    const long = (Date.parse(String(until)) - Date.parse(add?.at ?? '')) / 1000;
    tale.check(
      'its end is six hours after the change',
      Math.abs(long - 21_600) <= 5,
      `${long} s: ${until}`,
    );
    await costsAtMost(play, 'the grant', add, GRANT_BUDGET);
    const waitsSince = (await play.since(answered)).calls.find((c) =>
      c.path.includes('/approval/'),
    );
    const minutes = (Date.parse(add?.at ?? '') - Date.parse(waitsSince?.at ?? '')) / 60_000;
    tale.check('it was given within a minute of the answer', minutes <= 1, `${minutes} min`);

    await isListed(play, play.okta, 'figma-editors', 'requester', true);
    const sla = await play.jira.as('agent', 'GET', `${desk}/sla`);
    tale.check(
      'the clock of the service desk is stopped',
      /"stopTime"/.test(sla.text) && !/ongoingCycle/.test(sla.text),
      sla.text.slice(0, 300),
    );

    await play.pass('5h55m');
    await isMember(play, play.okta, GROUPS, 'requester');
    const before = await play.mark();
    await play.pass('10m', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    const [removal, ...others] = await play.changes(before);
    tale.check(
      'one call took it away',
      removal?.method === 'DELETE' && others.length === 0,
      [removal, ...others].map((c) => `${c?.method} ${c?.path}`),
    );
    endedOnTime(play, removal, until);
    await costsAtMost(play, 'the end', removal, REVOCATION_BUDGET);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await isListed(play, play.okta, 'figma-editors', 'requester', false);
    const history = await play.jira.as('requester', 'GET', `${desk}/status`);
    const passed = [...history.text.matchAll(/"status":"([^"]+)"/g)].map(([, name]) => name);
    tale.check(
      'it went its way once and was never reopened',
      passed.join() === 'Access ended,Access granted,Approved,Waiting for approval,New',
      passed,
    );
    await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: Editor in Figma$/,
      /^Access ended: Editor in Figma$/,
    ]);
    await appSaid(play, ticket, 'internal', [/^Pinned, round 1$/, /^Granted in connection okta$/]);
    await nothingInternalShown(play, ticket, 'requester');
    await provesItself(play, ticket, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
      'grant.ending',
      'grant.revoked',
    ]);
  },
};
