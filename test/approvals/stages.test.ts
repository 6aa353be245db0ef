/** Several people decide one after the other, in whatever way the workflow asks them. */
import { describe, expect, test } from 'vitest';
import type { Binding } from '../../src/catalog/model/settings';
import { loadSettings } from '../../src/catalog/settings';
import { DAY, HOUR, MINUTE } from '../../src/shared/instant';
import { aBinding, aRole, STATUS } from '../builders/catalog';
import { Desk, SECOND, stagesOf, WISH } from '../builders/desks';

const two = { rules: { stages: stagesOf('approver', 'owner') } };
const outcome = async (desk: Desk, issue: Parameters<Desk['request']>[0]) => {
  const { state, round, stage, refusal } = await desk.request(issue);
  return { state, round, stage, ...(refusal && { check: refusal.check }) };
};

describe('two stages on one approval step', () => {
  test('ask one after the other, and give access when the last has decided', async () => {
    const desk = await Desk.open(two);
    const issue = await desk.raised();
    expect(desk.approvers(issue)).toEqual(['approver']);
    expect(desk.openTasks()).toEqual([`${issue.id}:1:approver:approver`]);
    await desk.answered(issue, 'approver');
    expect(await outcome(desk, issue)).toEqual({ state: 'waiting', round: 1, stage: 1 });
    expect(issue.statusId).toBe(STATUS.waiting);
    expect(desk.approvers(issue)).toEqual(['owner']);
    expect(desk.openTasks()).toEqual([`${issue.id}:1:owner:owner`]);
    expect(desk.site.isMember()).toBe(false);
    await desk.answered(issue, 'owner');
    expect(desk.site.isMember()).toBe(true);
    const { decisions, state } = await desk.request(issue);
    expect(state).toBe('granted');
    expect(decisions.map((d) => [d.stage, d.by, d.approvalId])).toEqual([
      ['approver', 'approver', '900'],
      ['owner', 'owner', '901'],
    ]);
    expect(desk.openTasks()).toEqual([]);
    await desk.site.run(2 * HOUR);
    desk.site.expectOver({ id: `g-${issue.id}-1`, issueId: issue.id });
  });

  test('take no second answer of the first for the second', {
    tags: ['one-person-two-stages'],
  }, async () => {
    const desk = await Desk.open(two);
    const issue = await desk.raised();
    await desk.answered(issue, 'approver');
    await desk.answered(issue, 'approver');
    // What was decided stays; those whose turn it is are asked once more.
    expect(await outcome(desk, issue)).toEqual({ state: 'waiting', round: 1, stage: 1 });
    expect(desk.approvers(issue)).toEqual(['owner']);
    expect(desk.said()).toContain('Somebody who may not decide');
    expect(desk.site.directory.changes()).toEqual([]);
    await desk.answered(issue, 'approver');
    await desk.answered(issue, 'approver');
    expect(await outcome(desk, issue)).toEqual({ state: 'waiting', round: 2, stage: 0 });
    expect(desk.site.directory.changes()).toEqual([]);
  });

  test('take no answer of the second that was given beside the first', {
    tags: ['approver-field-tampered'],
  }, async () => {
    const desk = await Desk.open(two);
    const issue = await desk.raised();
    await desk.answered(issue, ['approver', 'owner']);
    expect(await outcome(desk, issue)).toMatchObject({ state: 'waiting', round: 1, stage: 1 });
    desk.moved(issue, STATUS.approved);
    await desk.looked(issue);
    expect(desk.site.directory.changes()).toEqual([]);
    expect(await outcome(desk, issue)).toEqual({ state: 'waiting', round: 1, stage: 1 });
    await desk.answered(issue, 'owner');
    expect(desk.site.isMember()).toBe(true);
  });

  test('judge the same answers once while the way back is not delivered', async () => {
    const desk = await Desk.open(two);
    const issue = await desk.raised();
    desk.site.jira.trouble = (call) =>
      call === 'transition'
        ? { class: 'retryable', code: 'unreachable', detail: 'down' }
        : undefined;
    await desk.answered(issue, 'approver');
    await desk.looked(issue);
    await desk.looked(issue);
    expect(await outcome(desk, issue)).toEqual({ state: 'waiting', round: 1, stage: 1 });
    desk.site.jira.trouble = () => undefined;
    await desk.site.run(10 * MINUTE);
    expect(issue.statusId).toBe(STATUS.waiting);
    await desk.answered(issue, 'owner');
    expect(desk.site.isMember()).toBe(true);
  });

  test('ask everybody again when the request was edited between them', {
    tags: ['edited-after-approval'],
  }, async () => {
    const desk = await Desk.open(two);
    const issue = await desk.raised();
    await desk.answered(issue, 'approver');
    issue.summary = 'Something else';
    await desk.answered(issue, 'owner');
    expect(await outcome(desk, issue)).toMatchObject({ state: 'waiting', round: 2, stage: 0 });
    expect(desk.site.directory.changes()).toEqual([]);
  });

  test('need the last decision to be fresh, and the first may be older', async () => {
    const desk = await Desk.open(two);
    const issue = await desk.raised();
    await desk.answered(issue, 'approver');
    await desk.site.run(2 * DAY);
    await desk.answered(issue, 'owner');
    expect(desk.site.isMember()).toBe(true);
  });

  test('without a way back name the transition to add, and give nothing', async () => {
    const desk = await Desk.open(two);
    desk.site.jira.workflow.set(STATUS.approved, [STATUS.granted, STATUS.attention]);
    const issue = await desk.raised();
    await desk.answered(issue, 'approver');
    expect(await outcome(desk, issue)).toMatchObject({
      state: 'attention',
      check: 'workflow-way-back',
    });
    expect(desk.said()).toContain('adds a transition');
    expect((await loadSettings(desk.site.store)).value.bindings[0]?.wayBack).toBe(false);
    expect(desk.site.directory.changes()).toEqual([]);
  });
});

describe('a stage that wants more answers than the step asks for', () => {
  const pair = {
    rules: {
      stages: [
        {
          id: 'pair',
          from: [{ kind: 'people' as const, accounts: ['approver', 'owner', 'operator'] }],
          needs: 2,
        },
      ],
    },
  };

  test('asks the others for the rest and keeps who said yes', async () => {
    const desk = await Desk.open(pair);
    const issue = await desk.raised();
    await desk.answered(issue, 'approver');
    expect(await outcome(desk, issue)).toEqual({ state: 'waiting', round: 1, stage: 0 });
    expect(desk.approvers(issue)).toEqual(['owner', 'operator']);
    await desk.answered(issue, 'operator');
    expect(desk.site.isMember()).toBe(true);
    expect((await desk.request(issue)).decisions.map((d) => d.by)).toEqual([
      'approver',
      'operator',
    ]);
  });

  test('does not count the same person twice', { tags: ['one-person-two-stages'] }, async () => {
    const desk = await Desk.open(pair);
    const issue = await desk.raised();
    await desk.answered(issue, 'approver');
    await desk.answered(issue, 'approver');
    expect(desk.site.directory.changes()).toEqual([]);
  });
});

test('stages of many people fit into the ledger’s transactions', async () => {
  const named = (letter: string) => Array.from({ length: 9 }, (_, n) => `${letter}${n}`);
  const all = (id: string, accounts: string[]) => ({
    id,
    from: [{ kind: 'people' as const, accounts }],
    needs: 'all' as const,
  });
  const [first, second] = [named('a'), named('b')];
  const desk = await Desk.open({ rules: { stages: [all('first', first), all('second', second)] } });
  for (const one of [...first, ...second]) desk.site.jira.person(one);
  const issue = await desk.raised();
  await desk.answered(issue, first.slice(0, 7));
  await desk.answered(issue, first.slice(7));
  expect(await outcome(desk, issue)).toEqual({ state: 'waiting', round: 1, stage: 1 });
  await desk.answered(issue, second);
  expect(desk.site.isMember()).toBe(true);
  expect((await desk.request(issue)).decisions).toHaveLength(18);
});

// One transaction holds the decisions, whom it lets off and whom it asks: as many of each as there can be.
test.each([
  [3, 3],
  [3, 7],
  [4, 7],
  [6, 6],
])('%d answers of %d people at once fit as well', async (needs, asked) => {
  const named = (letter: string, n: number) => Array.from({ length: n }, (_, i) => `${letter}${i}`);
  const [first, second] = [named('a', asked), named('b', 9)];
  const of = (accounts: string[]) => [{ kind: 'people' as const, accounts }];
  const stages = [
    { id: 'first', from: of(first), needs },
    { id: 'second', from: of(second), needs: 'any' as const },
  ];
  const desk = await Desk.open({ rules: { stages } });
  for (const one of [...first, ...second]) desk.site.jira.person(one);
  const issue = await desk.raised();
  await desk.answered(issue, first.slice(0, needs));
  expect(await outcome(desk, issue)).toEqual({ state: 'waiting', round: 1, stage: 1 });
  expect(desk.approvers(issue)).toEqual(second);
});

// A group that is left in Jira's field goes on being asked: its yes would spend a round each time.
test('a group that decides no longer is not asked in the next round either', async () => {
  const group = { kind: 'jira-group' as const, group: 'g-1', name: 'security' };
  const desk = await Desk.open({
    rules: { stages: [{ id: 's', from: [group], needs: 'any' }] },
    binding: { fields: { ...aBinding().fields, approverGroups: 'f-groups' } },
  });
  const issue = await desk.raised();
  expect(issue.fields['f-groups']).toEqual([{ name: 'security' }]);
  const rules = { stages: stagesOf('approver') };
  await desk.site.saveRole(aRole({ rules, version: 2 }));
  await desk.answered(issue, 'friend');
  expect(await outcome(desk, issue)).toMatchObject({ state: 'waiting', round: 2 });
  expect(desk.approvers(issue)).toEqual(['approver']);
  expect(issue.fields['f-groups']).toEqual([]);
});

describe('two stages on two approval steps', () => {
  const steps = (field?: string): Partial<Binding> => ({
    steps: [{ status: SECOND, ...(field && { approvers: field }) }],
  });
  const opened = async (field?: string) => {
    const desk = await Desk.open({ ...two, binding: steps(field) });
    desk.site.jira.workflow.set(SECOND, [STATUS.attention]);
    return { desk, issue: await desk.raised() };
  };

  test('set the people of the second where Jira asks them, and move nothing', async () => {
    const { desk, issue } = await opened();
    await desk.answered(issue, 'approver', SECOND);
    expect(issue.statusId).toBe(SECOND);
    expect(desk.approvers(issue)).toEqual(['owner']);
    expect(await outcome(desk, issue)).toEqual({ state: 'waiting', round: 1, stage: 1 });
    await desk.answered(issue, 'owner');
    expect(desk.site.isMember()).toBe(true);
  });

  test('have a field each where the workflow has one', async () => {
    const { desk, issue } = await opened('f-second');
    expect(issue.fields['f-second']).toEqual([{ accountId: 'owner' }]);
    desk.answeredUnseen(issue, ['approver'], SECOND);
    desk.answeredUnseen(issue, ['owner']);
    await desk.looked(issue);
    expect(desk.site.isMember()).toBe(true);
    expect((await desk.request(issue)).decisions.map((d) => d.approvalId)).toEqual(['900', '901']);
  });

  test('go back for the second when the first answered both', {
    tags: ['one-person-two-stages'],
  }, async () => {
    const { desk, issue } = await opened();
    desk.site.jira.workflow.set(STATUS.approved, [STATUS.granted, STATUS.attention, SECOND]);
    desk.answeredUnseen(issue, ['approver'], SECOND);
    desk.answeredUnseen(issue, ['approver']);
    await desk.looked(issue);
    expect(desk.site.directory.changes()).toEqual([]);
    expect(issue.statusId).toBe(SECOND);
    expect(desk.approvers(issue)).toEqual(['owner']);
    expect(await outcome(desk, issue)).toEqual({ state: 'waiting', round: 1, stage: 1 });
    await desk.answered(issue, 'owner');
    expect(desk.site.isMember()).toBe(true);
  });

  test('ask once more where the policy has fewer stages than the workflow steps', async () => {
    const desk = await Desk.open({ binding: steps() });
    const issue = await desk.raised();
    await desk.answered(issue, 'approver', SECOND);
    expect(desk.site.directory.changes()).toEqual([]);
    await desk.answered(issue, 'approver');
    expect(desk.site.isMember()).toBe(true);
  });
});

describe('a workflow without approval steps', () => {
  const opened = async () => {
    const desk = await Desk.open({ ...two, binding: { approval: 'app' } });
    desk.site.jira.workflow.set(STATUS.waiting, [
      STATUS.approved,
      STATUS.attention,
      STATUS.declined,
    ]);
    return { desk, issue: await desk.raised() };
  };

  test('is decided by card, stage by stage, and the app moves the issue on', async () => {
    const { desk, issue } = await opened();
    await desk.card(issue, 'approver');
    await desk.looked(issue);
    expect(await outcome(desk, issue)).toEqual({ state: 'waiting', round: 1, stage: 1 });
    expect(issue.statusId).toBe(STATUS.waiting);
    // Jira shows a request to those who decide only where it asks them itself.
    expect(issue.participants).toEqual(['approver', 'owner']);
    await desk.card(issue, 'owner');
    await desk.looked(issue);
    expect(desk.site.isMember()).toBe(true);
    expect(issue.statusId).toBe(STATUS.granted);
    expect((await desk.request(issue)).decisions.map((d) => d.channel)).toEqual(['card', 'card']);
  });

  test.each<[string, string, object]>([
    ['of somebody who is not asked', 'friend', {}],
    ['of the next stage before its turn', 'owner', {}],
    ['to another question', 'approver', { digest: 'shown before an edit' }],
    ['from an earlier round', 'approver', { round: 0 }],
  ])('takes no answer %s', { tags: ['approver-field-tampered'] }, async (_, by, over) => {
    const { desk, issue } = await opened();
    await desk.card(issue, by, over);
    await desk.looked(issue);
    expect(await outcome(desk, issue)).toEqual({ state: 'waiting', round: 1, stage: 0 });
  });

  test('takes the approved status for nothing', { tags: ['status-without-consent'] }, async () => {
    const { desk, issue } = await opened();
    desk.moved(issue, STATUS.approved);
    await desk.looked(issue);
    expect(desk.site.directory.changes()).toEqual([]);
    expect(await outcome(desk, issue)).toMatchObject({ state: 'waiting', round: 2 });
  });

  test('ends with the first no', async () => {
    const { desk, issue } = await opened();
    await desk.card(issue, 'approver', { decision: 'declined', reason: 'Not needed' });
    await desk.looked(issue);
    expect(await outcome(desk, issue)).toMatchObject({ state: 'declined' });
    expect(issue.statusId).toBe(STATUS.declined);
    expect(desk.openTasks()).toEqual([]);
  });
});

describe('an answer by card beside the one in Jira', () => {
  test('allows less than was asked for, and the shortest of all counts', async () => {
    const desk = await Desk.open(two);
    const issue = await desk.raised({ panel: { ...WISH, duration: 6 * HOUR } });
    await desk.card(issue, 'approver', { shortened: HOUR });
    await desk.answered(issue, 'approver');
    await desk.card(issue, 'owner', { shortened: 2 * HOUR });
    await desk.answered(issue, 'owner');
    expect(await desk.site.grant(`g-${issue.id}-1`)).toMatchObject({ duration: HOUR });
  });

  test('alone decides nothing', { tags: ['status-without-consent'] }, async () => {
    const desk = await Desk.open();
    const issue = await desk.raised();
    await desk.card(issue, 'approver');
    desk.moved(issue, STATUS.approved);
    await desk.looked(issue);
    expect(desk.site.directory.changes()).toEqual([]);
  });
});
