/** The weekly report of stored accounts to Atlassian, and what is forgotten of those that were closed. */
import { beforeEach, describe, expect, test } from 'vitest';
import { resumeRequest } from '../../src/approvals/by-hand';
import { findings } from '../../src/findings/findings';
import { readJob, startJob } from '../../src/jobs/job';
import { accountsIn } from '../../src/people/model/accounts';
import { intake } from '../../src/requests/intake';
import { removeLink, saveLink } from '../../src/requests/link';
import { requests } from '../../src/requests/store';
import { DAY, HOUR } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { PERSON, SmallSite } from '../builders/small-site';
import type { MemoryPerson } from '../fakes/memory-directory';

let site: SmallSite;
const LINK = { accountId: 'requester', connection: 'main', personId: PERSON };
const WEEK = 7 * DAY;

beforeEach(async () => {
  site = new SmallSite();
  await site.seed();
});

async function report(): Promise<unknown> {
  await startJob(site.deps(), 'personal-data-report', 'site');
  await site.run(120);
  return (await readJob(site.deps(), 'personal-data-report:site'))?.result;
}
const reported = () => site.privacy.reports.flat().map(({ accountId }) => accountId);

describe('what is reported', () => {
  test('is every account that the ledger names, once', async () => {
    const grant = await site.active();
    await site.run(2 * HOUR);
    expect(await report()).toEqual({ reported: 3, closed: 0, updated: 0 });
    // The owner of the app would be asked if the approver did not answer.
    expect(reported()).toEqual(['approver', 'owner', 'requester']);
    const kept = new Set<string>();
    for (const entity of ['request', 'grant', 'evidence', 'link', 'finding'] as const)
      for (const { row } of site.store.all(entity)) accountsIn(row.body, kept);
    expect([...kept].sort()).toEqual(reported());
    expect((await site.grant(grant.id)).state).toBe('revoked');
  });

  test('names also who only linked, resumed or was asked', async () => {
    const person = site.directory.people.get(PERSON);
    site.directory.people.delete(PERSON);
    const other = { email: 'other@latchkey-demo.example', addresses: [], id: 'person-3' };
    if (person) site.directory.people.set('person-3', { ...person, ...other });
    const issue = site.jira.add({
      panel: { app: 'figma', role: 'figma.editor', duration: HOUR },
      creator: 'friend',
    });
    await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    await saveLink(site.deps(), { ...LINK, personId: 'person-3' }, 'operator');
    await resumeRequest(site.deps(), issue.id, 'owner');
    await report();
    expect(reported()).toEqual(['approver', 'friend', 'operator', 'owner', 'requester']);
  });

  test('goes out in batches of ninety', async () => {
    for (let n = 0; n < 200; n++) {
      const issue = site.jira.add({ reporter: `person-${n}`, creator: `person-${n}` });
      site.jira.person(`person-${n}`);
      await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    }
    await report();
    expect(site.privacy.reports.map((batch) => batch.length)).toEqual([90, 90, 20]);
  });

  test('is remembered: a week later the same accounts are reported, with new ones', async () => {
    await site.active();
    await report();
    await site.run(2 * HOUR);
    site.clock.advance(WEEK);
    site.privacy.reports.length = 0;
    const issue = site.jira.add({ reporter: 'friend', creator: 'friend' });
    await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    await report();
    expect(reported()).toEqual(['approver', 'friend', 'owner', 'requester']);
  });

  test('waits as long as Atlassian says, and reports nobody twice', {
    tags: ['rate-limited'],
  }, async () => {
    for (let n = 0; n < 100; n++) {
      const issue = site.jira.add({ reporter: `person-${n}`, creator: `person-${n}` });
      await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    }
    let calls = 0;
    site.privacy.trouble = () =>
      ++calls === 2
        ? { class: 'retryable', code: 'rate-limited', detail: 'Later.', retryAfter: 30 }
        : undefined;
    expect(await report()).toMatchObject({ reported: 100 });
    expect(new Set(reported()).size).toBe(reported().length);
  });

  test('without the permission it says which one is missing', async () => {
    site.privacy.trouble = () => ({
      class: 'needs-human',
      code: 'scope-missing',
      detail: 'The app may not report stored accounts: report:personal-data was not granted.',
    });
    await site.active();
    await report();
    expect(await readJob(site.deps(), 'personal-data-report:site')).toMatchObject({
      state: 'failed',
      problem: { check: 'personal-data-scope-missing' },
    });
  });
});

describe('an account that was closed', () => {
  test('loses its links and is not reported again', async () => {
    await saveLink(site.deps(), LINK, 'admin');
    site.clock.advance(HOUR);
    site.privacy.closed.add('requester');
    expect(await report()).toMatchObject({ closed: 1 });
    expect(site.store.all('link')).toEqual([]);
    const last = site.evidence('config').at(-1);
    expect(last).toMatchObject({
      actor: { type: 'app' },
      facts: { what: 'link:requester', because: 'account-closed' },
    });
    site.clock.advance(WEEK);
    site.privacy.reports.length = 0;
    await report();
    expect(reported()).toEqual(['admin']);
  });

  test('loses the link of a connection that was removed, too', async () => {
    await saveLink(site.deps(), LINK, 'admin');
    await site.store.transact([
      { op: 'remove', entity: 'config', key: 'connection:main', ifRev: 'any' },
    ]);
    site.clock.advance(HOUR);
    site.privacy.closed.add('requester');
    await report();
    expect(site.store.all('link')).toEqual([]);
  });

  test('loses what was answered in requests that are over, and its listing', async () => {
    const issue = site.jira.add({ panel: { app: 'figma', role: 'figma.editor', duration: HOUR } });
    await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    const held = await load(site.store, requests, issue.id);
    if (!held) throw new Error('no request');
    const over = { ...held.value, state: 'declined' as const, answers: { reason: 'my own words' } };
    await site.store.transact([put(requests, over, held.rev)]);
    site.privacy.closed.add('requester');
    await report();
    expect((await site.request(issue.id)).answers).toEqual({});
    expect(site.chainFault(issue.id)).toBeUndefined();
  });

  test('keeps nobody’s access from ending', async () => {
    const grant = await site.active();
    site.privacy.closed.add('requester');
    await report();
    await site.run(2 * HOUR);
    site.expectOver(grant);
  });
});

describe('an account that changed', () => {
  const finding = async () =>
    (await load(site.store, findings, 'person-mismatch:main:requester'))?.value;

  test('has its link looked at again, and is listed when the person is gone', async () => {
    await saveLink(site.deps(), LINK, 'admin');
    const person = site.directory.people.get(PERSON) as MemoryPerson;
    site.directory.people.set(PERSON, { ...person, active: false, status: 'deactivated' });
    site.clock.advance(DAY);
    site.privacy.changed.set('requester', site.clock.now());
    expect(await report()).toMatchObject({ updated: 1 });
    expect(await finding()).toMatchObject({ status: 'open', facts: { personIds: [PERSON] } });
    await removeLink(site.deps(), { accountId: 'requester', connection: 'main' }, 'admin');
  });

  test('is told as changed once, not every week', async () => {
    await saveLink(site.deps(), LINK, 'admin');
    site.clock.advance(DAY);
    site.privacy.changed.set('requester', site.clock.now());
    await report();
    site.clock.advance(WEEK);
    expect(await report()).toMatchObject({ updated: 0 });
    expect(await finding()).toBeUndefined();
  });
});
