/** Whoever the stand-in stands in for may answer too, and is judged as anybody who decides. */
import { expect, test } from 'vitest';
import { type Cover, covers } from '../../src/policy/cover-record';
import { type Link, links } from '../../src/requests/person';
import { DAY, plusSeconds } from '../../src/shared/instant';
import { put } from '../../src/shared/record';
import { Desk, stagesOf } from '../builders/desks';
import { PERSON } from '../builders/small-site';

/** An administrator says that the account is the beneficiary's as well. */
async function isTheirs(desk: Desk, accountId: string): Promise<void> {
  const { store, clock } = desk.site;
  const at = clock.now();
  const link: Link = {
    v: 1,
    accountId,
    connectionId: 'main',
    personId: PERSON,
    linkedBy: 'operator',
    at,
  };
  await store.transact([put(links, link, 0)]);
}

async function covered(desk: Desk, away: string, cover: string, setBy = away): Promise<void> {
  const now = desk.site.clock.now();
  const one: Cover = {
    v: 1,
    id: `${away}.${cover}`,
    away,
    cover,
    from: plusSeconds(now, -DAY),
    until: plusSeconds(now, 2 * DAY),
    setBy,
    setAt: now,
    status: 'set',
  };
  await desk.site.store.transact([put(covers, one, 0)]);
}

// Jira lets whoever may edit the issue add an approver to the field: only the gate stands in the way.
test('a second account of the beneficiary that the policy names decides nothing, whoever is asked instead', {
  tags: ['self-approval', 'approver-field-tampered'],
}, async () => {
  const desk = await Desk.open({ rules: { stages: stagesOf('second') } });
  desk.site.jira.person('second');
  await isTheirs(desk, 'second');
  const issue = await desk.raised();
  expect((await desk.request(issue)).pin?.stages[0]?.approvers).toMatchObject([
    { accountId: 'owner', because: expect.stringContaining('nobody decides on their own access') },
  ]);
  await desk.answered(issue, 'second');
  expect(desk.site.directory.changes()).toEqual([]);
  expect(desk.said()).toContain('Somebody who may not decide');
});

test('nor does one that stands in for somebody and is away itself', {
  tags: ['self-approval', 'approver-field-tampered'],
}, async () => {
  const desk = await Desk.open({ rules: { stages: stagesOf('approver') } });
  for (const name of ['second', 'third']) desk.site.jira.person(name);
  await isTheirs(desk, 'second');
  await covered(desk, 'approver', 'second');
  // Set by somebody else: a party's own would lead nowhere, under any of their accounts.
  await covered(desk, 'second', 'third', 'operator');
  const issue = await desk.raised();
  expect((await desk.request(issue)).pin?.stages[0]?.approvers).toMatchObject([
    { accountId: 'third', covers: ['second', 'approver'] },
  ]);
  await desk.answered(issue, 'second');
  expect(desk.site.directory.changes()).toEqual([]);
  expect(desk.said()).toContain('Nobody decides on their own access');
});

test('whoever is covered and has no active account decides nothing, in the first hour too', {
  tags: ['approver-deactivated'],
}, async () => {
  const desk = await Desk.open({ rules: { stages: stagesOf('approver') } });
  desk.site.jira.person('third');
  await covered(desk, 'approver', 'third');
  const issue = await desk.raised();
  desk.site.jira.person('approver', { active: false });
  await desk.answered(issue, 'approver');
  expect(desk.site.directory.changes()).toEqual([]);
  expect(desk.said()).toContain('no active account');
});

test('whoever is back and answers is whom the policy names', async () => {
  const desk = await Desk.open({ rules: { stages: stagesOf('approver') } });
  desk.site.jira.person('third');
  await covered(desk, 'approver', 'third');
  const issue = await desk.raised();
  await desk.answered(issue, 'approver');
  expect(desk.site.isMember()).toBe(true);
  const recorded = desk.site.evidence(issue.id).find((e) => e.event === 'decision.recorded');
  expect(recorded?.facts).toMatchObject({
    by: 'approver',
    because: 'somebody stands in for them, and they answered themselves',
  });
});
