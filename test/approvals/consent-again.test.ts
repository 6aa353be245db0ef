import { describe, expect, test } from 'vitest';
import { resumeRequest, takeBack } from '../../src/approvals/by-hand';
import { intake } from '../../src/requests/intake';
import { DAY, HOUR, MINUTE } from '../../src/shared/instant';
import { STATUS } from '../builders/catalog';
import { SmallSite } from '../builders/small-site';

const down = { class: 'retryable', code: 'unreachable', detail: 'down', retryAfter: 60 } as const;

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  return site;
}

/** Consent passed while the directory was down: a grant in the ledger that has changed nothing. */
async function waitingForDirectory() {
  const site = await seeded();
  const held = await site.approved();
  site.directory.trouble = () => down;
  const issue = site.jira.issues.get(held.value.issueId);
  if (!issue) throw new Error('no issue');
  await site.run(10 * MINUTE);
  expect(site.directory.changes()).toEqual([]);
  const back = () => {
    site.directory.trouble = () => undefined;
  };
  return { site, issue, grant: held.value, back };
}

// Consent is for the first change in the directory, not for the moment of the approval: a directory
// that was down for days must not carry out what nobody would approve today.
describe('a grant that could not begin', () => {
  test('is carried out once the directory is back', async () => {
    const { site, back } = await waitingForDirectory();
    back();
    await site.run(10 * MINUTE);
    expect(site.isMember()).toBe(true);
  });

  test('asks again when the request was edited meanwhile', {
    tags: ['edited-after-approval'],
  }, async () => {
    const { site, issue, back } = await waitingForDirectory();
    issue.summary = 'Something else';
    back();
    await site.run(15 * MINUTE);
    expect(site.isMember()).toBe(false);
    expect((await site.request(issue.id)).state).toBe('waiting');
    expect((await site.request(issue.id)).round).toBe(2);
  });

  test('asks again when the approval is more than a day old', async () => {
    const { site, issue, back } = await waitingForDirectory();
    await site.run(DAY + HOUR);
    back();
    await site.run(15 * MINUTE);
    expect(site.isMember()).toBe(false);
    expect((await site.request(issue.id)).state).toBe('waiting');
  });

  test('does not multiply while it waits', { tags: ['directory-down'] }, async () => {
    const { site } = await waitingForDirectory();
    const early = await site.run(2 * HOUR);
    const late = await site.run(2 * HOUR);
    expect(late.length).toBeLessThanOrEqual(early.length + 5);
  });

  test('ends when people decline or close the issue', {
    tags: ['withdrawn-in-a-race'],
  }, async () => {
    const { site, issue, back } = await waitingForDirectory();
    issue.statusId = STATUS.declined;
    await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    back();
    await site.run(HOUR);
    expect(site.isMember()).toBe(false);
  });
});

// Without its issue nobody could be told, and the gate could read nothing.
test('a grant that could not begin is over when its issue was deleted', {
  tags: ['issue-gone'],
}, async () => {
  const { site, issue, grant, back } = await waitingForDirectory();
  site.jira.issues.delete(issue.id);
  await site.queues.push('intake', [
    { body: { kind: 'intake', issueId: issue.id, attempt: 0, deleted: true } },
  ]);
  await site.run(15 * MINUTE);
  back();
  await site.run(HOUR);
  expect((await site.grant(grant.id)).state).toBe('cancelled');
  expect(site.isMember()).toBe(false);
});

describe('a blocked grant', () => {
  async function blocked() {
    const site = await seeded();
    const gone = site.directory.groups.get('g-editors');
    site.directory.groups.delete('g-editors');
    const held = await site.approved();
    await site.run(10 * MINUTE);
    expect((await site.grant(held.value.id)).state).toBe('blocked');
    const mend = () => gone && site.directory.groups.set('g-editors', gone);
    const issue = site.jira.issues.get(held.value.issueId);
    if (!issue) throw new Error('no issue');
    return { site, issue, mend, grant: held.value };
  }

  test('is not carried out by Resume when the request was edited meanwhile', {
    tags: ['edited-after-approval'],
  }, async () => {
    const { site, issue, mend } = await blocked();
    mend();
    issue.summary = 'Something else';
    await resumeRequest(site.deps(), issue.id, 'admin');
    await site.run(10 * MINUTE);
    expect(site.isMember()).toBe(false);
    expect((await site.request(issue.id)).state).toBe('waiting');
  });

  // An edit is not a decision: it must neither open a round nor lose the grant that waits for Resume.
  test('stays what it is when somebody edits the issue', async () => {
    const { site, issue, mend, grant } = await blocked();
    issue.summary = 'Something else';
    await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    issue.summary = 'Access to Figma';
    expect((await site.request(issue.id)).state).toBe('attention');
    mend();
    expect((await site.grant(grant.id)).state).toBe('blocked');
  });

  test('is over when its issue is declined', async () => {
    const { site, issue, mend } = await blocked();
    issue.statusId = STATUS.declined;
    await site.queues.push('intake', [{ body: { kind: 'intake', issueId: issue.id, attempt: 0 } }]);
    await site.run(5 * MINUTE);
    mend();
    expect((await site.request(issue.id)).state).toBe('declined');
    expect(await resumeRequest(site.deps(), issue.id, 'admin')).toMatchObject({ ok: false });
    expect(site.isMember()).toBe(false);
  });
});

// Whoever presses Withdraw is told the truth: it is done, or it is not and why.
test('a withdrawal that meets another writer is carried out all the same', {
  tags: ['withdrawn-in-a-race'],
}, async () => {
  const site = await seeded();
  const held = await site.approved();
  const key = held.value.issueId;
  let others = 2;
  site.store.beforeTransact = async () => {
    if (others-- <= 0) return;
    const row = await site.store.get('request', key);
    if (!row) throw new Error('no request');
    const next = { ...row, rev: row.rev + 1 };
    const turn = others;
    others = 0;
    await site.store.transact([{ op: 'put', entity: 'request', key, row: next, ifRev: row.rev }]);
    others = turn;
  };
  expect(await takeBack(site.deps(), held.value.issueId, 'requester')).toMatchObject({ ok: true });
  site.store.beforeTransact = () => undefined;
  await site.run(HOUR);
  expect(site.isMember()).toBe(false);
  expect((await site.request(held.value.issueId)).state).toBe('withdrawn');
});
