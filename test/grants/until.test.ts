/** Access that ends with a ticket: when it closes, when it vanishes, when nobody said so. */
import { beforeEach, describe, expect, test } from 'vitest';
import { checkConsent } from '../../src/approvals/consent';
import { putSettings } from '../../src/catalog/settings';
import { headType } from '../../src/evidence/record';
import { provision } from '../../src/grants/provision';
import { grants } from '../../src/grants/store';
import { checkTickets, ticketChanged } from '../../src/grants/until';
import { untilTickets } from '../../src/grants/until-record';
import { intake } from '../../src/requests/intake';
import { readTicket } from '../../src/requests/ticket';
import { HOUR, MINUTE } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { STATUS, someSettings } from '../builders/catalog';
import { SmallSite } from '../builders/small-site';
import type { MemoryIssue } from '../fakes/memory-jira';

const INCIDENTS = '20000';
const OPEN = '2';
const CLOSED = '5';
let site: SmallSite;
let incident: MemoryIssue;

beforeEach(async () => {
  site = new SmallSite();
  await site.seed();
  await site.store.transact([putSettings(someSettings({ ticketProjects: [INCIDENTS] }), 1)]);
  incident = site.jira.add({
    projectId: INCIDENTS,
    requestTypeId: undefined,
    statusId: OPEN,
    key: 'INC-1',
  });
});

/** Approved; with the key taken from the panel, which is all that the fake knows of keys. */
async function asked() {
  const issue = site.jira.add({
    panel: {
      app: 'figma',
      role: 'figma.editor',
      duration: 6 * HOUR,
      ticket: incident.id,
      untilTicket: true,
    },
  });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  const now = site.clock.now();
  issue.approvals.push({
    id: '900',
    name: 'Approval',
    finalDecision: 'approved',
    created: now,
    completed: now,
    answers: [{ accountId: 'approver', decision: 'approved' }],
  });
  issue.statusId = STATUS.approved;
  return issue;
}

async function given() {
  const issue = await asked();
  const checked = await checkConsent(site.deps(), issue.id);
  if (checked.kind !== 'provision') throw new Error(`no grant: ${JSON.stringify(checked)}`);
  await provision(site.deps(), checked.grant, checked);
  const grant = await site.grant(checked.grant.value.id);
  expect(grant).toMatchObject({ state: 'active', untilTicket: { issueId: incident.id } });
  await site.run(20 * MINUTE);
  return grant;
}
const ended = () => site.jira.posted.filter((p) => p.text.startsWith('Access ended'));

describe('access until a ticket closes', () => {
  test('ends when it closes, and the request names the ticket', async () => {
    const grant = await given();
    incident.statusId = CLOSED;
    await site.queues.push('revoke', [{ body: { kind: 'ticket', issueId: incident.id } }]);
    await site.run(MINUTE);
    expect(site.isMember()).toBe(false);
    expect(await site.grant(grant.id)).toMatchObject({
      state: 'revoked',
      because: 'ticket-closed',
    });
    expect(ended().map((p) => p.text)).toEqual([
      expect.stringMatching(/The ticket INC-1 that it was for was closed/),
    ]);
    expect(site.store.all('config').map(({ key }) => key)).not.toContain(`until:${incident.id}`);
    site.expectOver(grant);
  });

  test('does not come back when it is opened again', async () => {
    const grant = await given();
    incident.statusId = CLOSED;
    await ticketChanged(site.deps(), incident.id);
    await site.run(MINUTE);
    incident.statusId = OPEN;
    await ticketChanged(site.deps(), incident.id);
    await site.run(HOUR);
    expect(site.isMember()).toBe(false);
    expect((await site.grant(grant.id)).state).toBe('revoked');
  });

  test('ends at its own time although the ticket stays open', async () => {
    const grant = await given();
    await site.run(6 * HOUR);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked', because: 'expired' });
    expect(await checkTickets(site.deps())).toBe(0);
  });

  test('ends within the hour when the event was lost', async () => {
    const grant = await given();
    expect(await checkTickets(site.deps())).toBe(0);
    incident.statusId = CLOSED;
    expect(await checkTickets(site.deps())).toBe(1);
    await site.run(MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({
      state: 'revoked',
      because: 'ticket-closed',
    });
  });

  test('ends when the ticket was not to be found for an hour, and says so', async () => {
    const grant = await given();
    site.jira.issues.delete(incident.id);
    await checkTickets(site.deps());
    await site.run(HOUR - MINUTE);
    await checkTickets(site.deps());
    await site.run(MINUTE);
    expect(site.isMember(), 'before the hour is over').toBe(true);
    await checkTickets(site.deps());
    await site.run(MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({
      state: 'revoked',
      because: 'ticket-closed',
    });
    expect(ended()[0]?.text).toMatch(/INC-1 that it was for is not to be found any more/);
  });

  test('goes on when the ticket was out of sight for a while', async () => {
    const grant = await given();
    site.jira.issues.delete(incident.id);
    await checkTickets(site.deps());
    await site.run(1);
    site.jira.issues.set(incident.id, incident);
    await ticketChanged(site.deps(), incident.id);
    site.jira.issues.delete(incident.id);
    await site.run(2 * HOUR);
    await checkTickets(site.deps());
    await site.run(MINUTE);
    expect((await site.grant(grant.id)).state).toBe('active');
  });

  test('goes on while Jira does not answer', async () => {
    const grant = await given();
    site.jira.trouble = (call, about) =>
      call === 'search' || (call === 'issue' && about === incident.id) ? 'lost' : undefined;
    await checkTickets(site.deps());
    await site.run(3 * HOUR);
    await checkTickets(site.deps());
    expect((await site.grant(grant.id)).state).toBe('active');
  });

  test('is not given when the ticket was closed before, and nothing is left behind', async () => {
    const issue = await asked();
    const checked = await checkConsent(site.deps(), issue.id);
    incident.statusId = CLOSED;
    if (checked.kind !== 'provision') throw new Error('no grant');
    await site.queues.push('grant', [{ body: { kind: 'consent', issueId: issue.id } }]);
    await site.run(5 * MINUTE);
    expect(site.directory.changes()).toEqual([]);
    expect((await site.request(issue.id)).state).not.toBe('granted');
    expect(site.isMember()).toBe(false);
  });

  /** An announced deletion that Jira confirms needs no hour of patience: nothing comes back from it. */
  test('ends at once when Jira said that the ticket was deleted', async () => {
    const grant = await given();
    const told = { kind: 'ticket', issueId: incident.id, deleted: true };
    await site.queues.push('revoke', [{ body: told }]);
    await site.run(1);
    expect((await site.grant(grant.id)).state, 'while Jira still finds it').toBe('active');
    site.jira.issues.delete(incident.id);
    await site.queues.push('revoke', [{ body: told }]);
    await site.run(MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({
      state: 'revoked',
      because: 'ticket-closed',
    });
    expect(ended()[0]?.text).toMatch(/INC-1 that it was for is not to be found any more/);
  });

  /** The message is spent only when all is ended that it speaks of; the hourly look is for lost events. */
  test('ends by its event although others write at the same moment', async () => {
    const grant = await given();
    incident.statusId = CLOSED;
    let left = 1;
    site.store.beforeTransact = async (writes) => {
      if (left <= 0 || !writes.some((w) => w.entity === 'grant' && w.key === grant.id)) return;
      left--;
      const head = await load(site.store, headType, grant.issueId);
      if (head) await site.store.transact([put(headType, head.value, head.rev)]);
    };
    await site.queues.push('revoke', [{ body: { kind: 'ticket', issueId: incident.id } }]);
    await site.run(MINUTE);
    expect((await site.grant(grant.id)).state).toBe('revoked');
  });

  /** Whatever the moment in which it closes: between the last look at the ticket and the giving, too. */
  test('is ended when the ticket closes in the very moment in which it is given', async () => {
    const issue = await asked();
    const checked = await checkConsent(site.deps(), issue.id);
    if (checked.kind !== 'provision') throw new Error('no grant');
    const real = site.jira.issue.bind(site.jira);
    site.jira.issue = async (id, wants) => {
      const read = await real(id, wants);
      if (id === incident.id && incident.statusId === OPEN) {
        incident.statusId = CLOSED;
        const next = await ticketChanged(site.deps(), incident.id);
        expect(next).toMatchObject({ kind: 'later' });
        await site.queues.push('revoke', [
          { body: { kind: 'ticket', issueId: incident.id }, delay: 60 },
        ]);
      }
      return read;
    };
    await provision(site.deps(), checked.grant, checked);
    expect(site.isMember()).toBe(true);
    await site.run(5 * MINUTE);
    expect(site.isMember()).toBe(false);
  });

  /** One record that nobody can read keeps neither its own access nor that of others. */
  test('ends also where the record of one access cannot be read', {
    tags: ['poison-record'],
  }, async () => {
    const first = await given();
    const second = await given();
    const held = await load(site.store, grants, first.id);
    if (!held) throw new Error('no grant');
    const write = put(grants, held.value, held.rev);
    if (write.op !== 'put') throw new Error('unreachable');
    const body = { ...(write.row.body as object), v: 99 };
    await site.store.transact([{ ...write, row: { ...write.row, body } }]);
    incident.statusId = CLOSED;
    await ticketChanged(site.deps(), incident.id);
    await site.run(10 * MINUTE);
    expect((await site.grant(second.id)).state).toBe('revoked');
    expect(site.isMember()).toBe(false);
  });

  /** One ticket that fails must not keep the others from being asked about. */
  test('ends within the hour although another ticket cannot be worked on', {
    tags: ['poison-record'],
  }, async () => {
    const grant = await given();
    const missingSince = '2020-01-01T00:00:00.000Z';
    const until = { v: 1, issueId: '0', key: 'INC-0', grants: ['g-poison'], missingSince } as const;
    const poison = put(grants, { ...grant, id: 'g-poison' }, 0);
    if (poison.op !== 'put') throw new Error('unreachable');
    await site.store.transact([
      put(untilTickets, { ...until, grants: [...until.grants] }, 0),
      { ...poison, row: { ...poison.row, body: { v: 99, from: 'the future' } } },
    ]);
    incident.statusId = CLOSED;
    await checkTickets(site.deps());
    await site.run(MINUTE);
    expect((await site.grant(grant.id)).state).toBe('revoked');
  });

  test('several are ended by one ticket', async () => {
    const first = await given();
    const second = await given();
    incident.statusId = CLOSED;
    await ticketChanged(site.deps(), incident.id);
    await site.run(10 * MINUTE);
    for (const { id } of [first, second])
      expect(await site.grant(id)).toMatchObject({ state: 'revoked', because: 'ticket-closed' });
    site.expectOver(second);
  });
});

describe('the ticket that a request names', () => {
  test.each([
    ['open, of a ticket project', {}, { counts: true, open: true }],
    ['closed', { statusId: CLOSED }, { counts: true, open: false }],
    ['of another project', { projectId: '30000' }, { counts: false, open: true }],
  ])('%s', async (_, over, wanted) => {
    Object.assign(incident, over);
    expect(await readTicket(site.deps(), incident.id)).toMatchObject(wanted);
  });

  test('that does not exist is none; one that Jira does not tell of is unknown', async () => {
    expect(await readTicket(site.deps(), '999999')).toBeNull();
    expect(await readTicket(site.deps(), '../../project')).toBeNull();
    site.jira.trouble = () => 'lost';
    expect(await readTicket(site.deps(), incident.id)).toBeUndefined();
  });
});
