/** What stood against nobody when the request was pinned may stand against it when it is approved. */
import { describe, expect, test } from 'vitest';
import { stops } from '../../src/grants/stop-record';
import { intake } from '../../src/requests/intake';
import { DAY, HOUR, MINUTE } from '../../src/shared/instant';
import { put } from '../../src/shared/record';
import { anApp, aRole, STATUS } from '../builders/catalog';
import { Desk, stagesOf, WISH } from '../builders/desks';
import { at } from '../builders/instants';
import { PERSON } from '../builders/small-site';

const payer = aRole({
  id: 'figma.payer',
  name: 'Payer',
  groups: [{ id: 'g-other', name: 'Other' }],
});
const apart = (mode: 'block' | 'warn' | 'extra-approver') => ({
  sod: [
    {
      id: 'pay',
      name: 'Pay and approve',
      roles: ['figma.editor', 'figma.payer'],
      mode,
      ...(mode === 'extra-approver' && {
        approver: { kind: 'people' as const, accounts: ['operator'] },
        longest: DAY,
      }),
    },
  ],
});
const joinsOther = (desk: Desk) => {
  desk.site.directory.put({ group: 'g-other', person: PERSON }, true);
};
const opened = async (mode: 'block' | 'warn' | 'extra-approver') => {
  const desk = await Desk.open({ policy: apart(mode) });
  await desk.site.saveRole(payer);
  return desk;
};
const state = async (desk: Desk, issue: Parameters<Desk['request']>[0]) => {
  const { state, round, refusal } = await desk.request(issue);
  return { state, round, check: refusal?.check };
};

describe('access that is kept apart from another', () => {
  test('is refused before anybody is asked when the other is held', async () => {
    const desk = await opened('block');
    joinsOther(desk);
    const issue = await desk.raised();
    expect(await state(desk, issue)).toMatchObject({ state: 'attention', check: 'sod:pay' });
    expect(desk.openTasks()).toEqual([]);
    expect(issue.statusId).not.toBe(STATUS.waiting);
  });

  test('is refused when the other came between approval and grant', async () => {
    const desk = await opened('block');
    const issue = await desk.raised();
    joinsOther(desk);
    await desk.answered(issue, 'approver');
    expect(await state(desk, issue)).toMatchObject({ state: 'attention', check: 'sod:pay' });
    expect(desk.site.directory.changes()).toEqual([]);
  });

  test('asks who decides on the exception, once somebody has to', async () => {
    const desk = await opened('extra-approver');
    const issue = await desk.raised();
    joinsOther(desk);
    await desk.answered(issue, 'approver');
    expect(await state(desk, issue)).toMatchObject({ state: 'waiting', round: 2 });
    expect((await desk.request(issue)).pin?.stages.map((s) => s.sod ?? s.id)).toEqual([
      'person',
      'pay',
    ]);
    await desk.answered(issue, 'approver');
    await desk.answered(issue, 'operator');
    expect(desk.site.isMember()).toBe(true);
  });

  test('only warns where the policy says so, and whoever decides reads it', async () => {
    const desk = await opened('warn');
    joinsOther(desk);
    const issue = await desk.raised();
    expect(issue.own).toContain('Mind "Pay and approve"');
    await desk.answered(issue, 'approver');
    expect(desk.site.isMember()).toBe(true);
  });

  test('by a policy that came after the pin holds as well', async () => {
    const desk = await Desk.open();
    await desk.site.saveRole(payer);
    const issue = await desk.raised();
    joinsOther(desk);
    await desk.policy({ ...apart('block'), version: 1 });
    await desk.answered(issue, 'approver');
    expect(await state(desk, issue)).toMatchObject({ state: 'attention', check: 'sod:pay' });
    expect(desk.site.directory.changes()).toEqual([]);
  });
});

test('nothing new is given while the kill switch is on', async () => {
  const desk = await Desk.open();
  const issue = await desk.raised();
  const stop = {
    v: 1 as const,
    kind: 'app' as const,
    about: anApp().id,
    state: 'on' as const,
    by: 'operator',
    at: at(0),
    reason: 'Incident',
    run: 'run-1',
  };
  await desk.site.store.transact([put(stops, stop, 0)]);
  await desk.answered(issue, 'approver');
  expect(await state(desk, issue)).toMatchObject({ state: 'attention', check: 'not-stopped' });
  expect(desk.site.directory.changes()).toEqual([]);
});

describe('a published rule', () => {
  const auto = (department: string) => ({
    role: { risk: 'routine' as const },
    rules: {
      stages: stagesOf('approver'),
      auto: {
        rule: 'designers',
        when: [{ kind: 'department' as const, is: [department] }],
        signedOffBy: 'owner',
        signedOffAt: at(-DAY),
      },
    },
  });
  const inDepartment = (desk: Desk, department: string) => {
    const person = desk.site.directory.people.get(PERSON);
    if (person) desk.site.directory.people.set(PERSON, { ...person, department });
  };
  const opened = async () => {
    return Desk.open(auto('Design'));
  };

  test('decides where what it asks for is true', { tags: ['auto-approval-tricked'] }, async () => {
    const desk = await opened();
    inDepartment(desk, 'Design');
    const issue = await desk.raised();
    await desk.site.run(5 * MINUTE);
    expect((await desk.request(issue)).decisions).toMatchObject([
      { by: 'rule', rule: 'designers' },
    ]);
    expect(desk.site.isMember()).toBe(true);
  });

  test('leaves it to people where it is not', { tags: ['auto-approval-tricked'] }, async () => {
    const desk = await opened();
    inDepartment(desk, 'Sales');
    const issue = await desk.raised();
    expect(await state(desk, issue)).toMatchObject({ state: 'waiting' });
    expect(desk.approvers(issue)).toEqual(['approver']);
  });

  test('leaves it to people for whoever is asked for by somebody else', async () => {
    const desk = await opened();
    inDepartment(desk, 'Design');
    const rules = { ...auto('Design').rules };
    const { approver: _, ...plain } = aRole({ risk: 'routine', version: 2 });
    const when = [{ kind: 'asks-for-self' as const }];
    await desk.site.saveRole({ ...plain, rules: { ...rules, auto: { ...rules.auto, when } } });
    const issue = await desk.raised({ creator: 'friend' });
    expect(await state(desk, issue)).toMatchObject({ state: 'waiting' });
  });
});

// What is published for others spares nobody a stage that today's rules ask of this person.
describe('stages that were added while it waited', { tags: ['auto-approval-tricked'] }, () => {
  const rule = (department: string) => ({
    rule: 'by department',
    when: [{ kind: 'department' as const, is: [department] }],
    signedOffBy: 'owner',
    signedOffAt: at(-DAY),
  });
  const { approver: _, ...plain } = aRole({ risk: 'routine', version: 2 });
  test.each([
    ['are asked of whom the new rule does not hold for', 'Finance', 'waiting'],
    ['are not asked of whom it holds for', 'Design', 'granted'],
  ])('%s', async (_, department, expected) => {
    const desk = await Desk.open({
      role: { risk: 'routine' },
      rules: { stages: stagesOf('approver') },
    });
    const person = desk.site.directory.people.get(PERSON);
    if (person) desk.site.directory.people.set(PERSON, { ...person, department: 'Design' });
    const issue = await desk.raised();
    const rules = { stages: stagesOf('approver', 'owner'), auto: rule(department) };
    await desk.site.saveRole({ ...plain, rules });
    await desk.answered(issue, 'approver');
    expect((await desk.request(issue)).state).toBe(expected);
    expect(desk.site.isMember()).toBe(expected === 'granted');
  });
});

test('two stages that different people have to decide by now are asked anew', {
  tags: ['one-person-two-stages'],
}, async () => {
  const one = stagesOf('approver')[0];
  if (!one) throw new Error('no stage');
  const stages = [one, { ...one, id: 'again' }];
  const desk = await Desk.open({ rules: { stages, distinct: false } });
  const issue = await desk.raised();
  await desk.answered(issue, 'approver');
  const { approver: _, ...plain } = aRole({ version: 2 });
  await desk.site.saveRole({ ...plain, rules: { stages, distinct: true } });
  await desk.answered(issue, 'approver');
  expect(await state(desk, issue)).toMatchObject({ state: 'waiting', round: 2 });
  expect(desk.site.directory.changes()).toEqual([]);
});

// Jira would ask nobody, and so nobody would be reminded either.
test.each([
  ['is refused where Jira has no field to ask it in', {}, 'attention', 'groups-askable'],
  [
    'is asked by card where the workflow has no step',
    { approval: 'app' as const },
    'waiting',
    undefined,
  ],
])('a Jira group that decides alone %s', async (_, binding, expected, check) => {
  const from = [{ kind: 'jira-group' as const, group: 'g-1', name: 'Security' }];
  const desk = await Desk.open({
    binding,
    rules: { stages: [{ id: 'group', from, needs: 'any' }] },
  });
  const issue = await desk.raised();
  expect(await state(desk, issue)).toMatchObject({ state: expected, check });
});

// The request is the question it was; only the answer to "for how long" has to be another by now.
test('a length of time that is not offered any more is asked about, once, and nothing is given for it', async () => {
  const desk = await Desk.open();
  const issue = await desk.raised();
  await desk.site.saveRole(aRole({ version: 2, durations: [6 * HOUR] }));
  await desk.answered(issue, 'approver');
  const { state, asked } = await desk.request(issue);
  expect({ state, asked }).toEqual({ state: 'asked', asked: ['duration'] });
  expect(desk.said()).toContain('not offered for this role');
  expect(desk.said()).not.toContain('the request changed');
  expect(issue.statusId).toBe(STATUS.attention);
  expect(desk.openTasks()).toEqual([]);
  const comment = { by: 'requester', text: '6 hours' };
  await intake(desk.site.deps(), { issueId: issue.id, attempt: 9, comment });
  expect(await desk.request(issue)).toMatchObject({
    state: 'waiting',
    round: 2,
    pin: { subject: { duration: 6 * HOUR } },
  });
  expect(desk.site.directory.changes()).toEqual([]);
  await desk.answered(issue, 'approver');
  expect(desk.site.isMember()).toBe(true);
});

// Somebody who shortens it to what may be does not have to be asked twice.
describe('an exception that may last a day', { tags: ['end-tampered'] }, () => {
  test.each([
    ['is refused when it would last longer', undefined, 'attention'],
    ['is refused when it was shortened too little', 2 * DAY - 1, 'attention'],
    ['is given when whoever decides shortened it', DAY, 'granted'],
  ])('%s', async (_, shortened, expected) => {
    const { sod } = apart('extra-approver');
    const loose = sod.map((set) => ({ ...set, longest: 3 * DAY }));
    const desk = await Desk.open({ policy: { sod: loose }, role: { durations: [HOUR, 2 * DAY] } });
    await desk.site.saveRole(payer);
    joinsOther(desk);
    const issue = await desk.raised({ panel: { ...WISH, duration: 2 * DAY } });
    await desk.policy({ sod, version: 1 });
    await desk.card(issue, 'approver', { ...(shortened !== undefined && { shortened }) });
    await desk.answered(issue, 'approver');
    if (expected === 'granted') await desk.answered(issue, 'operator');
    expect((await desk.request(issue)).state).toBe(expected);
    expect(desk.site.isMember()).toBe(expected === 'granted');
  });
});

describe('a start to come', () => {
  const START = at(3 * DAY);
  test('is waited for after the approval, and the time counts from the grant', async () => {
    const desk = await Desk.open();
    const issue = await desk.raised({ panel: { ...WISH, start: START } });
    await desk.answered(issue, 'approver');
    expect((await desk.request(issue)).state).toBe('approved');
    await desk.site.run(2 * DAY);
    expect(desk.site.directory.changes()).toEqual([]);
    await desk.site.run(DAY);
    expect(desk.site.isMember()).toBe(true);
    const grant = await desk.site.grant(`g-${issue.id}-1`);
    expect(grant.startedAt && grant.startedAt >= START).toBe(true);
    await desk.site.run(2 * HOUR);
    expect(desk.site.isMember()).toBe(false);
  });

  test('is judged again when it comes', { tags: ['edited-after-approval'] }, async () => {
    const desk = await Desk.open();
    const issue = await desk.raised({ panel: { ...WISH, start: START } });
    await desk.answered(issue, 'approver');
    await desk.site.run(DAY);
    await desk.site.saveRole(aRole({ version: 2, status: 'withdrawn' }));
    await desk.site.run(3 * DAY);
    expect(desk.site.directory.changes()).toEqual([]);
  });
});

test('emergency access needs nobody’s yes, and is told and asked of nobody beforehand', async () => {
  const { approver: _, ...plain } = aRole({ risk: 'break-glass', version: 2 });
  const desk = await Desk.open();
  const rules = {
    stages: stagesOf('approver', 'owner'),
    reasonLength: 5,
    breakGlass: {
      eligible: [{ kind: 'directory-group' as const, connection: 'main', group: 'g-other' }],
      incident: false,
      reviewWithin: DAY,
    },
  };
  await desk.site.saveRole({ ...plain, durations: [HOUR], permanent: false, rules });
  const stranger = await desk.raised();
  expect((await desk.request(stranger)).state).toBe('attention');
  joinsOther(desk);
  const issue = await desk.raised();
  await desk.site.run(5 * MINUTE);
  expect(desk.site.isMember()).toBe(true);
  expect(desk.approvers(issue)).toEqual([]);
  const request = await desk.request(issue);
  expect(request.decisions).toMatchObject([{ by: 'rule', rule: 'break-glass' }]);
  expect(request.pin?.stages.map((s) => s.id)).toEqual(['approver', 'owner']);
  expect(issue.own).toContain('EMERGENCY ACCESS');
});
