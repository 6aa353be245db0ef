import {
  answersFive,
  appSaid,
  isListed,
  isMember,
  isNoMember,
  nothingInternalShown,
  provesItself,
  standsAt,
} from './kit/promises';
import { granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['salesforce-users'];

export const entraPermanent: Story = {
  name: 'entra-permanent',
  promise:
    'A permanent role in Entra, approved by the person named for it, stays without an end, until it is given back.',
  async run(play) {
    await isNoMember(play, play.entra, GROUPS, 'requester');
    const before = await play.mark();
    const ticket = await granted(play, {
      wish: { app: 'Salesforce', role: 'Sales user', reason: 'Cover for the Nordics team' },
      approver: 'named',
    });
    await isMember(play, play.entra, GROUPS, 'requester');
    const seen = await ticket.look();
    answersFive(play, seen, [
      /Who: Rosalind Okoye/,
      /What: Sales user in Salesforce/,
      /Until when: no end/,
      /Who may decide: Nora Falkenberg/,
      /What changes: Salesforce Users in Microsoft Entra ID/,
    ]);
    play.tale.check('it has no end', seen.property?.['until'] === undefined, seen.property);
    await play.pass('2d', ticket);
    await isListed(play, play.entra, 'salesforce-users', 'requester', true);
    await isMember(play, play.entra, GROUPS, 'requester');
    const changes = await play.changes(before);
    play.tale.check(
      'the directory was changed by one call',
      changes.length === 1 && changes[0]?.method === 'POST',
      changes.map((c) => `${c.method} ${c.path}`),
    );
    const said = await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: Sales user in Salesforce$/,
    ]);
    play.tale.check(
      'it says that it has no end date',
      /no end date/.test(said[1]?.text ?? ''),
      said[1]?.text,
    );
    await nothingInternalShown(play, ticket, 'requester');
    await provesItself(play, ticket, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
    ]);

    const end = await play.mark();
    play.tale.step('requester', 'gives the access back');
    const back = await play.app({
      as: 'requester',
      module: 'request-access',
      function: 'request.withdraw',
      payload: { issueId: ticket.id },
      issue: ticket.key,
    });
    play.tale.check('it is taken', back.ok, back);
    await play.settle(ticket);
    await play.pass('10m', ticket);
    await isNoMember(play, play.entra, GROUPS, 'requester');
    const removals = await play.changes(end);
    play.tale.check(
      'only the membership was deleted, never the person',
      removals.length > 0 && removals.every(({ path }) => path.endsWith('/$ref')),
      removals.map((c) => `${c.method} ${c.path}`),
    );
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
  },
};
