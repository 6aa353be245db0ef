import { z } from 'zod';
import { standsAt } from './kit/promises';
import { nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const PANEL = {
  app: 'figma',
  role: 'figma.vendor-console',
  duration: 3600,
  reason: 'Licence count',
};

export const manualRoleAttestedAndRemoved: Story = {
  name: 'manual-role-attested-and-removed',
  promise:
    'A role without a group is done by people: it counts as given, and as gone, only when a named person says so, and an overdue removal is as loud as a stuck one.',
  async run(play) {
    const { tale } = play;
    tale.step('admin', 'offers a role of Figma that people carry out by hand');
    await play.demandAdmin('roles.save', {
      app: 'figma',
      key: 'vendor-console',
      name: 'Vendor console',
      risk: 'sensitive',
      connection: 'okta',
      groups: [],
      byHand: 'The vendor keeps its own accounts.',
      durations: [3600],
      permanent: false,
      approver: { kind: 'manager' },
    });
    const before = await play.mark();
    const ticket = await play.file('requester', {}, { panel: PANEL });
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await ticket.approve('manager');
    await play.settle(ticket);
    const waiting = await ticket.look();
    tale.check(
      'approved, and not shown as granted',
      waiting.status === 'Approved' && waiting.property?.['state'] === 'provisioning',
      [waiting.status, waiting.property],
    );
    const tasks = z
      .array(z.looseObject({ key: z.string(), fields: z.looseObject({ summary: z.string() }) }))
      .parse(waiting.fields['subtasks']);
    tale.check(
      'one sub-task asks for it',
      tasks.length === 1 && /give Vendor console in Figma/.test(tasks[0]?.fields.summary ?? ''),
      tasks.map((task) => task.fields.summary),
    );
    const say = (as: string, what: string) =>
      play.app({
        as,
        module: 'issue-access',
        function: 'grants.attest',
        payload: { issueId: ticket.id, what, note: 'Account made in the vendor console.' },
        issue: ticket.key,
      });
    const requester = await say('requester', 'given');
    tale.check('the requester cannot attest it', !requester.ok, requester);
    await play.pass('2h', ticket);
    const owner = await say('owner', 'given');
    tale.check('the owner of the app attests it', owner.ok, owner);
    await play.settle(ticket);
    const active = await standsAt(play, ticket, { status: 'Access granted', state: 'active' });
    const end = Date.parse(String(active.property?.['until']));
    const said = Date.parse((await play.control.state()).now);
    tale.check(
      'its hour counts from then',
      Math.abs(end - said - 3_600_000) < 60_000,
      active.property,
    );
    await play.pass('70m', ticket);
    tale.check(
      'its time is over, and it is not shown as ended',
      (await ticket.look()).property?.['state'] === 'revoking',
      (await ticket.look()).property,
    );
    await play.pass('5h', ticket);
    const late = await ticket.look();
    tale.check('an overdue removal is stuck', late.property?.['state'] === 'stuck', late.property);
    const open = await play.demandAdmin('findings.list', { status: 'open' });
    tale.check(
      'and stands in the list of what somebody must look at',
      JSON.stringify(open).includes('removal-overdue'),
    );
    const removed = await say('owner', 'removed');
    tale.check('the owner attests that it is gone', removed.ok, removed);
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access ended', state: 'ended' });
    const ledger = await play.ledger(ticket);
    tale.check(
      'the record says that it was done by hand, by whom',
      JSON.stringify(ledger?.evidence).includes('"manual":true'),
    );
    await nothingChanged(play, before);
  },
};
