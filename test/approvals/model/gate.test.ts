import { describe, expect, test } from 'vitest';
import { FRESH_SECONDS, type GateFacts, gate } from '../../../src/approvals/model/gate';
import type { Role } from '../../../src/catalog/model/catalog';
import { policyFor } from '../../../src/policy/model/effective';
import { startingPolicy } from '../../../src/policy/model/tiers';
import { DAY, HOUR } from '../../../src/shared/instant';
import { aDecision, anApproval, answer, gateFacts } from '../../builders/approvals';
import { anApp, aRole } from '../../builders/catalog';
import { at } from '../../builders/instants';
import { anApprover, aPin, aSubject } from '../../builders/requests';

const check = (over: Partial<GateFacts>): string => {
  const judged = gate(gateFacts(over));
  if (!judged.ok) return judged.error.check;
  return judged.value.kind === 'consent' ? 'passes' : judged.value.kind;
};
const auto = {
  stages: [],
  auto: { rule: 'routine viewers', signedOffBy: 'owner', signedOffAt: at(-DAY) },
};
const byRule = aRole({ approver: { kind: 'auto', ...auto.auto } });
const group = {
  id: 'group',
  needs: 2,
  approvers: [anApprover(), anApprover({ accountId: 'second', personId: 'person-8' })],
};

test('consent stands when a permitted person approved exactly this after the pin', () => {
  expect(gate(gateFacts())).toEqual({
    ok: true,
    value: {
      kind: 'consent',
      decisions: [
        {
          stage: 'person',
          by: 'approver',
          decision: 'approved',
          at: at(60),
          seenAt: at(120),
          channel: 'jira-approval',
          personIds: ['person-9'],
          approvalId: '900',
          opened: at(10),
          closed: at(60),
        },
      ],
      decidedAt: at(60),
      duration: HOUR,
    },
  });
});

test('consent stands by a published rule, counted from the pin', () => {
  expect(gate(gateFacts({ pin: aPin(auto), roleNow: byRule, approvals: [] }))).toMatchObject({
    ok: true,
    value: { decisions: [{ by: 'rule', rule: 'routine viewers' }], decidedAt: at(0) },
  });
});

describe('consent is refused', () => {
  test.each<[string, Partial<GateFacts>, string]>([
    ['without a licence', { licensed: false }, 'licence-active'],
    ['while new access is paused', { paused: true }, 'grants-not-paused'],
    ['for another question', { digestNow: 'other' }, 'digest-unchanged'],
    ['after an edit', { sourceHashNow: 'other' }, 'text-unchanged'],
    ['after an edit that was undone', { laterChanges: ['description'] }, 'text-untouched'],
    ['after a field came and went', { laterChanges: ['status', 'f-role'] }, 'text-untouched'],
    ['after a move there and back', { laterChanges: ['project'] }, 'text-untouched'],
    ['after the reporter changed', { reporters: ['requester', 'friend'] }, 'parties-unchanged'],
    ['for a role that is gone', { roleNow: undefined }, 'role-offered'],
    ['for a withdrawn role', { roleNow: aRole({ status: 'withdrawn' }) }, 'role-offered'],
    ['for other groups', { roleNow: aRole({ accessVersion: 2 }) }, 'access-unchanged'],
    [
      'by a rule that is not published any more',
      { pin: aPin(auto), approvals: [] },
      'rule-still-published',
    ],
    [
      'for a length of time not offered any more',
      { roleNow: aRole({ durations: [6 * HOUR] }) },
      'duration-offered',
    ],
    [
      'for access without end that is not offered',
      { pin: aPin({ subject: aSubject({ duration: null }) }) },
      'duration-offered',
    ],
    ['after a no', { approvals: [anApproval(answer('approver', 'declined'))] }, 'nobody-declined'],
    ['without any approval', { approvals: [] }, 'decision-exists'],
    [
      'while nobody has answered',
      { approvals: [anApproval(answer('approver', 'pending'))] },
      'decision-exists',
    ],
    ['on a friend’s word', { approvals: [anApproval(answer('friend'))] }, 'decider-permitted'],
    [
      'on an answer from before the pin',
      { pin: aPin({ approvalsBefore: [{ id: '900', answered: ['approver'] }] }) },
      'decided-after-pin',
    ],
    [
      'on an approval that was used',
      { recorded: [aDecision({ approvalId: '900' })] },
      'decision-exists',
    ],
    ['a day and a second later', { now: at(60 + FRESH_SECONDS + 1) }, 'decision-fresh'],
    [
      'when the approver has left',
      { accountsNow: [{ accountId: 'approver', type: 'atlassian', active: false }] },
      'decider-active',
    ],
    [
      'when an automation approved',
      { accountsNow: [{ accountId: 'approver', type: 'app', active: true }] },
      'decider-active',
    ],
    [
      'when a customer account approved',
      { accountsNow: [{ accountId: 'approver', type: 'customer', active: true }] },
      'decider-active',
    ],
    ['when the approver is unknown by now', { accountsNow: [] }, 'decider-active'],
    // Whoever is away may answer; that they are the person who asks under another account is read then.
    [
      'when the covered account is the beneficiary’s own',
      {
        pin: aPin({
          stages: [{ id: 'person', needs: 1, approvers: [anApprover({ covers: ['second'] })] }],
        }),
        approvals: [anApproval(answer('second'))],
        personsNow: [{ accountId: 'second', personIds: ['person-5', 'person-1'] }],
      },
      'no-self-approval',
    ],
    ['as long as one of two has not answered', { pin: aPin({ stages: [group] }) }, 'more'],
    [
      'as long as one person answers twice for two',
      {
        pin: aPin({ stages: [group] }),
        approvals: [anApproval(), anApproval({ id: '901' })],
      },
      'more',
    ],
    [
      'when one person decides in two stages',
      {
        pin: aPin({
          stages: [
            { ...group, needs: 1 },
            { ...group, id: 'owner', needs: 1 },
          ],
        }),
        recorded: [aDecision({ stage: 'group', by: 'approver' })],
      },
      'deciders-distinct',
    ],
  ])(
    '%s',
    {
      tags: [
        'status-without-consent',
        'edited-after-approval',
        'edited-while-deciding',
        'groups-swapped',
        'licence-inactive',
        'answered-before-pin',
        'approver-field-tampered',
        'app-as-approver',
        'wrong-kind-of-account',
        'approver-deactivated',
        'one-person-two-stages',
        'auto-approval-tricked',
        'reporter-swapped',
        'bulk-transition',
      ],
    },
    (_, over, name) => {
      expect(check(over)).toBe(name);
    },
  );

  test('in words that say what stopped and what comes next, and by whose act', () => {
    const again = gate(gateFacts({ approvals: [] }));
    const person = gate(gateFacts({ licensed: false }));
    expect(again).toMatchObject({ ok: false, error: { way: 'again' } });
    expect(person).toMatchObject({ ok: false, error: { way: 'person' } });
    for (const judged of [again, person]) {
      if (judged.ok) throw new Error('passed');
      expect(judged.error.sentence).toMatch(/\.$/);
      expect(judged.error.nextStep).toMatch(/\.$/);
      expect(`${judged.error.sentence} ${judged.error.nextStep}`).not.toContain(judged.error.check);
    }
  });

  test('by the prohibitions first: a lapsed licence hides behind nothing', () => {
    expect(check({ licensed: false, digestNow: 'other', approvals: [] })).toBe('licence-active');
  });
});

describe('consent is not refused', () => {
  test.each<[string, Partial<GateFacts>]>([
    ['with a licence', { licensed: true }],
    ['where there is no licence to have', { licensed: undefined }],
    ['after changes that approvers do not decide on', { laterChanges: ['status', 'labels'] }],
    ['a day later to the second', { now: at(60 + FRESH_SECONDS) }],
    ['when another approver says nothing', { pin: aPin({ stages: [{ ...group, needs: 1 }] }) }],
    [
      'when a stranger answered beside the approver',
      { approvals: [anApproval(), anApproval({ id: '901', ...answer('friend') })] },
    ],
    [
      'when a stranger declined',
      { approvals: [anApproval(), anApproval({ id: '901', ...answer('friend', 'declined') })] },
    ],
    [
      'when an earlier approval was void and a new one was answered',
      {
        pin: aPin({ approvalsBefore: [{ id: '800', answered: ['approver'] }] }),
        approvals: [anApproval({ id: '800' }), anApproval()],
      },
    ],
    [
      'when both of two approved',
      {
        pin: aPin({ stages: [group] }),
        approvals: [
          anApproval({
            answers: [...answer('approver').answers, ...answer('second').answers],
          }),
        ],
      },
    ],
    [
      'when the approver is still active',
      {
        accountsNow: [{ accountId: 'approver', type: 'atlassian', active: true }],
      },
    ],
  ])('%s', (_, over) => {
    expect(check(over)).toBe('passes');
  });
});

describe('with several stages', () => {
  const people = ['manager', 'owner', 'security'];
  const stages = people.map((accountId, n) => ({
    id: accountId,
    needs: 1,
    approvers: [anApprover({ accountId, personId: `person-${10 + n}` })],
  }));
  const pin = aPin({ stages });
  const yes = (by: string, id: string, minutes: number) =>
    anApproval({ id, created: at(minutes), completed: at(minutes + 1), ...answer(by) });
  const recorded = [aDecision(), aDecision({ stage: 'owner', by: 'owner', approvalId: '801' })];
  const both = [
    aDecision({ by: 'security' }),
    aDecision({ stage: 'owner', by: 'owner', approvalId: '801' }),
  ];
  /** The policy lets one person decide in several stages; the last may decide on an exception. */
  const shared = (sod?: string) => {
    const { tier, ...rules } = policyFor(startingPolicy, anApp(), aRole());
    return aPin({
      stages: stages.map((s, n) => (n === 2 && sod !== undefined ? { ...s, sod } : s)),
      policy: { site: 1, app: 1, role: 1, tier, rules: { ...rules, distinct: false } },
    });
  };

  test.each<[string, Partial<GateFacts>, string]>([
    ['the last one decides', { recorded, approvals: [yes('security', '802', 60)] }, 'passes'],
    [
      'the first one only leads to the next',
      { stage: 0, approvals: [yes('manager', '800', 20)] },
      'next',
    ],
    [
      'an answer of the next one’s people before their turn counts for nothing',
      { stage: 0, approvals: [yes('owner', '800', 20)] },
      'decider-permitted',
    ],
    [
      'an approval that an earlier stage used is not used again',
      { recorded, approvals: [yes('security', '801', 60)] },
      'decision-exists',
    ],
    [
      'what stood there when the turn began counts for nothing',
      {
        recorded,
        turn: { at: at(50), approvalsBefore: [{ id: '802', answered: ['security'] }] },
        approvals: [yes('security', '802', 40)],
      },
      'decided-after-pin',
    ],
    [
      'steps that Jira left behind together are judged in their order',
      {
        stage: 0,
        steps: 3,
        approvals: [yes('manager', '800', 20), yes('owner', '801', 30), yes('security', '802', 40)],
      },
      'passes',
    ],
    [
      'a step that somebody else answered asks its own people, and keeps what was decided',
      { stage: 0, steps: 2, approvals: [yes('manager', '800', 20), yes('manager', '801', 30)] },
      'next',
    ],
    [
      'a no in a later step is a no',
      {
        stage: 0,
        steps: 2,
        approvals: [
          yes('manager', '800', 20),
          anApproval({ id: '801', ...answer('owner', 'declined') }),
        ],
      },
      'nobody-declined',
    ],
    [
      'who decided earlier and has left since is no decider',
      {
        recorded,
        approvals: [yes('security', '802', 60)],
        accountsNow: ['owner', 'security'].map((accountId) => ({
          accountId,
          type: 'atlassian',
          active: true,
        })),
      },
      'decider-active',
    ],
    [
      'the first decision may be old',
      { recorded, approvals: [yes('security', '802', DAY)], now: at(DAY + 120) },
      'passes',
    ],
    [
      'the last decision may not',
      { recorded, approvals: [yes('security', '802', 60)], now: at(2 * DAY) },
      'decision-fresh',
    ],
    [
      'a start to come keeps it fresh',
      {
        recorded,
        approvals: [yes('security', '802', 60)],
        now: at(5 * DAY),
        pin: aPin({ stages, subject: aSubject({ start: at(5 * DAY) }) }),
      },
      'passes',
    ],
    [
      'one person under two accounts decides in one stage only',
      {
        pin: aPin({
          stages: stages.map((s) => ({
            ...s,
            approvers: s.approvers.map((a) => ({ ...a, personId: 'person-10' })),
          })),
        }),
        recorded,
        approvals: [yes('security', '802', 60)],
      },
      'deciders-distinct',
    ],
    [
      'who is covered by now and said yes before is still whom the policy names',
      {
        recorded,
        pin: aPin({
          stages: [
            ...stages.slice(0, 2),
            {
              id: 'security',
              needs: 1,
              approvers: [anApprover({ accountId: 'cover', covers: ['security'] })],
            },
          ],
        }),
        approvals: [yes('security', '802', 60)],
      },
      'passes',
    ],
    [
      'who was another account of that person when it decided as a member of a group is one person still',
      {
        recorded: [
          aDecision({ by: 'member', personIds: ['person-12'] }),
          aDecision({ stage: 'owner', by: 'owner', approvalId: '801' }),
        ],
        approvals: [yes('security', '802', 60)],
      },
      'deciders-distinct',
    ],
    [
      'where one person may decide in several stages they do',
      { recorded: both, approvals: [yes('security', '802', 60)], pin: shared() },
      'passes',
    ],
    [
      'but never on the access and on its exception',
      { recorded: both, approvals: [yes('security', '802', 60)], pin: shared('pay') },
      'deciders-distinct',
    ],
  ])('%s', { tags: ['one-person-two-stages', 'answered-before-pin'] }, (_, over, expected) => {
    expect(check({ pin, ...over })).toBe(expected);
  });
});

describe('a group that decides', () => {
  const groups = [
    { kind: 'jira-group' as const, id: 'g-1', name: 'Security', because: 'the group' },
  ];
  const pin = aPin({ stages: [{ id: 'person', needs: 1, approvers: [], groups }] });
  const member = { stage: 'person', ...anApprover({ accountId: 'member', personId: 'person-7' }) };
  test.each<[string, Partial<GateFacts>, string]>([
    ['counts by its member', { members: [member] }, 'passes'],
    ['not by somebody who is not in it', { members: [] }, 'decider-permitted'],
    [
      'not by the beneficiary under another account',
      { members: [{ ...member, personId: 'person-1' }] },
      'no-self-approval',
    ],
    [
      'not by who was in it at the pin and has left it',
      {
        pin: aPin({
          stages: [
            { id: 'person', needs: 1, approvers: [anApprover({ accountId: 'member' })], groups },
          ],
        }),
        left: [{ stage: 'person', accountId: 'member' }],
      },
      'decider-permitted',
    ],
  ])('%s', { tags: ['self-approval'] }, (_, over, expected) => {
    const facts = { pin, approvals: [anApproval(answer('member'))] };
    expect(check({ ...facts, ...over })).toBe(expected);
  });
});

describe('an answer by card', () => {
  const pin = aPin();
  const card = {
    round: 1,
    stage: 'person',
    by: 'approver',
    decision: 'approved' as const,
    digest: pin.digest,
    at: at(50),
  };
  const duration = (over: Partial<GateFacts>) => {
    const judged = gate(gateFacts({ pin, ...over }));
    if (!judged.ok) return judged.error.check;
    return judged.value.kind === 'consent' ? judged.value.duration : judged.value.kind;
  };
  const shortened = { ...card, shortened: 600 };
  test.each<[string, Partial<GateFacts>, number | string]>([
    ['beside Jira’s says for how long', { cards: [shortened] }, 600],
    ['never makes it longer', { cards: [{ ...card, shortened: 9 * HOUR }] }, HOUR],
    ['to another question says nothing', { cards: [{ ...shortened, digest: 'other' }] }, HOUR],
    ['of somebody else says nothing', { cards: [{ ...shortened, by: 'friend' }] }, HOUR],
    ['without Jira’s decides nothing', { cards: [card], approvals: [] }, 'decision-exists'],
    ['alone decides where Jira has no step', { byCard: true, cards: [shortened] }, 600],
    [
      'to another question does not',
      { byCard: true, cards: [{ ...card, digest: 'other' }] },
      'wait',
    ],
    ['of an earlier round does not', { byCard: true, cards: [{ ...card, round: 0 }] }, 'wait'],
    ['of a stranger does not', { byCard: true, cards: [{ ...card, by: 'friend' }] }, 'wait'],
    [
      'that says no ends it',
      { byCard: true, cards: [{ ...card, decision: 'declined' as const }] },
      'declined',
    ],
  ])('%s', { tags: ['edited-while-deciding', 'end-tampered'] }, (_, over, expected) => {
    expect(duration(over)).toBe(expected);
  });
});

describe('nobody decides on their own access', () => {
  const accounts = ['requester', 'submitter', 'old reporter', 'beneficiary'];
  test.each(accounts)('as %s of the request', { tags: ['self-approval'] }, (accountId) => {
    const stages = [{ id: 'person', needs: 1, approvers: [anApprover({ accountId })] }];
    const pin = aPin({ parties: accounts, stages });
    expect(check({ pin, approvals: [anApproval(answer(accountId))] })).toBe('no-self-approval');
  });

  test.each(['person-1', 'person-2'])(
    'under another account of the same person (%s)',
    {
      tags: ['self-approval'],
    },
    (personId) => {
      const stages = [{ id: 'person', needs: 1, approvers: [anApprover({ personId })] }];
      const pin = aPin({ partyPersons: ['person-1', 'person-2'], stages });
      expect(check({ pin })).toBe('no-self-approval');
    },
  );

  test('and an approver whose directory person is unknown is judged by account', () => {
    const { personId: _, ...unknown } = anApprover();
    const stages = [{ id: 'person', needs: 1, approvers: [unknown] }];
    expect(check({ pin: aPin({ stages }) })).toBe('passes');
  });
});

test('the hour of a decision lies between the opening and the closing of its approval', () => {
  const decided = (over: Parameters<typeof anApproval>[0]) => {
    const judged = gate(gateFacts({ approvals: [anApproval(over)] }));
    if (!judged.ok) return judged.error.check;
    return judged.value.kind === 'consent' ? judged.value.decidedAt : judged.value.kind;
  };
  expect(decided({})).toBe(at(60));
  expect(decided({ completed: at(5) })).toBe(at(10));
  expect(decided({ created: at(300), completed: at(400) })).toBe(at(120));
});

test('an approval that was never closed is as old as its opening, and not older than the pin', () => {
  const open = (over: Partial<GateFacts>) => {
    const approvals = [anApproval({ completed: undefined })];
    const judged = gate(gateFacts({ approvals, ...over }));
    return judged.ok ? judged.value : judged.error.check;
  };
  expect(open({})).toMatchObject({
    decidedAt: at(10),
    decisions: [{ at: at(10), opened: at(10), closed: null }],
  });
  expect(
    open({ approvals: [anApproval({ created: at(-DAY), completed: undefined })] }),
  ).toMatchObject({ decidedAt: at(0) });
  const accountsNow = [{ accountId: 'approver', type: 'atlassian', active: true }];
  expect(open({ accountsNow, now: at(5 * DAY) })).toBe('decision-fresh');
});

describe('who had to decide was changed after the request was pinned: the new one is asked', () => {
  const changed = (over: Partial<Role>) => aRole({ ...over, policyVersion: 2 });
  const named = (accountId: string) => ({ kind: 'person', accountId }) as const;
  test.each<[string, Partial<GateFacts>, string]>([
    [
      'another person is named',
      { roleNow: changed({ approver: named('owner') }) },
      'approvers-unchanged',
    ],
    [
      'the manager decides',
      { roleNow: changed({ approver: { kind: 'manager' } }) },
      'approvers-unchanged',
    ],
    [
      'the owner decides',
      { roleNow: changed({ approver: { kind: 'owner' } }) },
      'approvers-unchanged',
    ],
    [
      'the app has another owner',
      {
        pin: aPin({ stages: [{ id: 'owner', needs: 1, approvers: [anApprover()] }] }),
        roleNow: aRole({ approver: { kind: 'owner' } }),
        ownerNow: 'second',
      },
      'approvers-unchanged',
    ],
    [
      'the risk is higher',
      { pin: aPin({ risk: 'routine' }), roleNow: changed({ risk: 'privileged' }) },
      'risk-unchanged',
    ],
    [
      'the risk is lower',
      { pin: aPin({ risk: 'privileged' }), roleNow: changed({ risk: 'routine' }) },
      'passes',
    ],
    ['a rule would approve it by now', { roleNow: changed(byRule) }, 'passes'],
    [
      'only the lengths of time are others',
      { roleNow: changed({ durations: [HOUR, 9 * HOUR] }) },
      'passes',
    ],
  ])('%s', { tags: ['approver-field-tampered'] }, (_, over, name) => {
    expect(check(over)).toBe(name);
  });
});
