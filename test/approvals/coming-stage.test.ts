/** Who decides in a later stage was read for the pin; who is there is read again when its turn comes. */
import { describe, expect, test } from 'vitest';
import { setCover } from '../../src/policy/covers';
import { HOUR, plusSeconds } from '../../src/shared/instant';
import { Desk, stagesOf } from '../builders/desks';

const rules = { stages: stagesOf('approver', 'owner') };
const opened = () => Desk.open({ rules, policy: { fallback: ['operator'] } });
const away = async (desk: Desk, hours: number) => {
  const until = plusSeconds(desk.site.clock.now(), hours * HOUR);
  const said = await setCover(desk.site.deps(), { away: 'owner', cover: 'friend', until }, 'owner');
  expect(said.ok).toBe(true);
  await desk.site.run(60);
};

describe('when a later stage is asked', () => {
  // A cover who stood in when the request was made has no say once it is over.
  test('somebody who is back by then is asked, and their cover is not', {
    tags: ['approver-field-tampered'],
  }, async () => {
    const desk = await opened();
    await away(desk, 2);
    const issue = await desk.raised();
    expect((await desk.request(issue)).pin?.stages[1]?.approvers).toMatchObject([
      { accountId: 'friend', covers: ['owner'] },
    ]);
    await desk.site.run(3 * HOUR);
    await desk.answered(issue, 'approver');
    expect(await desk.request(issue)).toMatchObject({ state: 'waiting', stage: 1 });
    expect(desk.approvers(issue)).toEqual(['owner']);
    await desk.answered(issue, 'friend');
    expect(desk.site.isMember()).toBe(false);
    await desk.answered(issue, 'owner');
    expect(desk.site.isMember()).toBe(true);
  });

  // The cover began while nobody was asked: its timer found nothing to move and does not come again.
  test('the cover of somebody who has gone away meanwhile is asked', async () => {
    const desk = await opened();
    const issue = await desk.raised();
    await away(desk, 24);
    await desk.site.run(HOUR);
    await desk.answered(issue, 'approver');
    expect(desk.approvers(issue)).toEqual(['friend']);
    expect(desk.openTasks()).toEqual([`${issue.id}:1:owner:friend`]);
    expect(desk.site.chainFault(issue.id)).toBeUndefined();
    await desk.answered(issue, 'friend');
    expect(desk.site.isMember()).toBe(true);
  });

  // Nobody waits for the nightly look when the person left an hour ago.
  test('the fallback of somebody who has left meanwhile is asked', {
    tags: ['approver-deactivated'],
  }, async () => {
    const desk = await opened();
    const issue = await desk.raised();
    desk.site.jira.person('owner', { active: false });
    await desk.answered(issue, 'approver');
    expect(await desk.request(issue)).toMatchObject({ state: 'waiting', stage: 1 });
    expect(desk.approvers(issue)).toEqual(['operator']);
  });

  test('whoever is named is asked all the same when nobody else may decide', {
    tags: ['approver-deactivated'],
  }, async () => {
    const desk = await Desk.open({ rules });
    const issue = await desk.raised();
    desk.site.jira.person('owner', { active: false });
    await desk.answered(issue, 'approver');
    expect(desk.approvers(issue)).toEqual(['owner']);
    expect(desk.site.store.all('finding').map(({ key }) => key)).toEqual([
      `approval-nobody:${issue.id}`,
    ]);
  });
});

test('nobody who is away is reminded: their cover is asked when no timer of the cover did it', async () => {
  const desk = await Desk.open();
  const issue = await desk.raised();
  desk.site.store.lag();
  const until = plusSeconds(desk.site.clock.now(), 72 * HOUR);
  await setCover(desk.site.deps(), { away: 'approver', cover: 'friend', until }, 'approver');
  desk.site.queues.take();
  for (const { key } of desk.site.store.all('timer').filter((t) => t.key.startsWith('cover:')))
    await desk.site.store.transact([{ op: 'remove', entity: 'timer', key, ifRev: 'any' }]);
  desk.site.store.catchUp();
  await desk.site.run(5 * HOUR);
  expect(desk.approvers(issue)).toEqual(['friend']);
});
