/** From the question on an issue to the grant, over the ledger, a project and a directory in memory. */
import { describe, expect, test } from 'vitest';
import { resumeRequest } from '../../src/approvals/by-hand';
import type { Role } from '../../src/catalog/model/catalog';
import { intake } from '../../src/requests/intake';
import { reconcile } from '../../src/requests/reconcile';
import { DAY, HOUR, MINUTE } from '../../src/shared/instant';
import { aRole, STATUS } from '../builders/catalog';
import { PERSON, SmallSite } from '../builders/small-site';
import type { MemoryIssue } from '../fakes/memory-jira';

const WISH = { app: 'figma', role: 'figma.editor', duration: HOUR };

async function seeded(role: Partial<Role> = {}): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed({ role });
  return site;
}
async function raised(site: SmallSite, over: Partial<MemoryIssue> = {}): Promise<MemoryIssue> {
  const issue = site.jira.add({ panel: WISH, ...over });
  await read(site, issue);
  return issue;
}
async function read(site: SmallSite, issue: MemoryIssue): Promise<void> {
  await site.queues.push('intake', [{ body: { kind: 'intake', issueId: issue.id, attempt: 9 } }]);
  await site.run(MINUTE);
}
async function deleted(site: SmallSite, issue: MemoryIssue): Promise<void> {
  site.jira.issues.delete(issue.id);
  const body = { kind: 'intake', issueId: issue.id, attempt: 0, deleted: true };
  await site.queues.push('intake', [{ body }]);
  await site.run(MINUTE);
}
/** What Jira does when the last permitted answer comes, on whoever's word. */
async function answered(
  site: SmallSite,
  issue: MemoryIssue,
  by = 'approver',
  decision: 'approved' | 'declined' = 'approved',
): Promise<void> {
  const now = site.clock.advance(30);
  issue.approvals.push({
    id: `a-${issue.approvals.length + 1}`,
    name: 'Approval',
    finalDecision: decision,
    created: now,
    completed: now,
    answers: [{ accountId: by, decision }],
  });
  issue.statusId = decision === 'approved' ? STATUS.approved : STATUS.declined;
}
async function consent(site: SmallSite, issue: MemoryIssue): Promise<void> {
  await site.queues.push('grant', [{ body: { kind: 'consent', issueId: issue.id } }]);
  await site.run(MINUTE);
}
const state = async (site: SmallSite, issue: MemoryIssue) => (await site.request(issue.id)).state;
const said = (site: SmallSite, audience: string) =>
  site.jira.posted.filter((p) => p.audience === audience).map((p) => p.text);

describe('a request', () => {
  test('is written out, approved, granted, and ends', async () => {
    const site = await seeded();
    const issue = await raised(site);
    expect(issue).toMatchObject({
      statusId: STATUS.waiting,
      fields: { 'f-approvers': [{ accountId: 'approver' }] },
    });
    for (const words of [
      'Who:',
      'What: Editor in Figma',
      'Until when: 1 hour',
      'Who may decide: Name of approver',
      'What changes: Figma users, Figma editors',
      'Why: Drawing the new logo',
    ])
      expect(issue.own).toContain(words);
    await answered(site, issue);
    await consent(site, issue);
    expect(await state(site, issue)).toBe('granted');
    expect(site.isMember()).toBe(true);
    await site.run(HOUR + 10 * MINUTE);
    expect(await state(site, issue)).toBe('ended');
    site.expectOver({ id: `g-${issue.id}-1`, issueId: issue.id });
    expect(site.events(issue.id).slice(0, 4)).toEqual([
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
    ]);
  });

  test('of a routine role with a published rule approves itself by that rule only', {
    tags: ['auto-approval-tricked'],
  }, async () => {
    const approver = {
      kind: 'auto',
      rule: 'routine viewers',
      signedOffBy: 'owner',
      signedOffAt: '2026-03-01T00:00:00.000Z',
    } as const;
    const site = await seeded({ risk: 'routine', approver });
    const issue = await raised(site);
    await site.run(5 * MINUTE);
    expect(await state(site, issue)).toBe('granted');
    const words = await seeded();
    const asking = await raised(words, {
      words: 'auto-approved by rule "routine viewers". approved: yes',
      summary: 'AUTO APPROVED',
    });
    expect(await state(words, asking)).toBe('waiting');
  });

  test('seen five times and out of order is one request and one grant', {
    tags: ['event-repeated', 'events-out-of-order', 'event-older-than-issue'],
  }, async () => {
    const site = await seeded();
    const issue = site.jira.add({ panel: WISH });
    await consent(site, issue);
    for (let n = 0; n < 5; n++) await read(site, issue);
    await answered(site, issue);
    for (let n = 0; n < 5; n++) {
      await read(site, issue);
      await consent(site, issue);
    }
    expect(await state(site, issue)).toBe('granted');
    expect(site.directory.changes()).toHaveLength(2);
    expect(site.store.all('grant')).toHaveLength(1);
    expect(said(site, 'public').filter((t) => t.includes('Access granted'))).toHaveLength(1);
  });

  test('whose event never came is found by the schedule', { tags: ['event-lost'] }, async () => {
    const site = await seeded();
    const issue = site.jira.add({ panel: WISH });
    await reconcile(site.deps());
    await site.run(MINUTE);
    expect(await state(site, issue)).toBe('waiting');
    await answered(site, issue);
    await reconcile(site.deps());
    await site.run(MINUTE);
    expect(await state(site, issue)).toBe('granted');
  });
});

describe('nothing is granted', () => {
  const refusals: [
    string,
    (site: SmallSite, issue: MemoryIssue) => Promise<void> | void,
    string,
  ][] = [
    [
      'when an issue is moved to approved without anybody’s answer',
      (_, issue) => {
        issue.statusId = STATUS.approved;
      },
      'decision-exists',
    ],
    ['on a friend’s answer', (site, issue) => answered(site, issue, 'friend'), 'decider-permitted'],
    [
      'when the friend was added to the approvers',
      (site, issue) => {
        issue.fields['f-approvers'] = [{ accountId: 'approver' }, { accountId: 'friend' }];
        return answered(site, issue, 'friend');
      },
      'decider-permitted',
    ],
    [
      'when the requester answers',
      (site, issue) => answered(site, issue, 'requester'),
      'decider-permitted',
    ],
    [
      'when the description was edited after the approval',
      async (site, issue) => {
        await answered(site, issue);
        issue.words = 'Something else';
      },
      'digest-unchanged',
    ],
    [
      'when the app’s own words were edited',
      async (site, issue) => {
        issue.own = issue.own.replace('1 hour', '5 minutes');
        await answered(site, issue);
      },
      'text-unchanged',
    ],
    [
      'when the wished role was changed',
      async (site, issue) => {
        await answered(site, issue);
        issue.panel = { ...WISH, duration: DAY };
      },
      'digest-unchanged',
    ],
    [
      'when the request type was changed',
      async (site, issue) => {
        await answered(site, issue);
        issue.requestTypeId = '99';
      },
      'digest-unchanged',
    ],
    [
      'when the issue was moved to another project',
      async (site, issue) => {
        await answered(site, issue);
        issue.projectId = '10001';
      },
      'digest-unchanged',
    ],
    [
      'when the groups of the role were swapped',
      async (site, issue) => {
        await answered(site, issue);
        const groups = [{ id: 'g-other', name: 'Other group' }];
        await site.saveRole(aRole({ groups, accessVersion: 2, version: 2 }));
      },
      'access-unchanged',
    ],
  ];
  test.each(refusals)(
    '%s',
    {
      tags: [
        'status-without-consent',
        'bulk-transition',
        'approver-field-tampered',
        'self-approval',
        'edited-after-approval',
        'edited-while-deciding',
        'moved-to-other-type',
        'groups-swapped',
      ],
    },
    async (_, spoil, check) => {
      const site = await seeded();
      const issue = await raised(site);
      await spoil(site, issue);
      await consent(site, issue);
      expect(site.directory.changes()).toEqual([]);
      expect(site.store.all('grant')).toEqual([]);
      const refused = site.evidence(issue.id).find((e) => e.event === 'gate.refused');
      expect(refused?.facts).toMatchObject({ check });
      expect(said(site, 'internal').join('\n')).toContain(check);
      expect(said(site, 'public').join('\n')).not.toContain(check);
    },
  );

  test('because of a status: the fourth round goes to people', {
    tags: ['status-without-consent'],
  }, async () => {
    const site = await seeded();
    const issue = await raised(site);
    for (let round = 1; round <= 3; round++) {
      expect(await site.request(issue.id)).toMatchObject({ state: 'waiting', round });
      issue.statusId = STATUS.approved;
      await consent(site, issue);
    }
    expect(await state(site, issue)).toBe('attention');
    expect(issue.statusId).toBe(STATUS.attention);
    expect(said(site, 'public').at(-1)).toContain('This was round 3, the last one.');
  });

  test('and a new round forgets nothing: an old answer counts for nothing', {
    tags: ['answered-before-pin'],
  }, async () => {
    const site = await seeded();
    const issue = await raised(site);
    await answered(site, issue);
    issue.words = 'Something else';
    await consent(site, issue);
    expect(await site.request(issue.id)).toMatchObject({ state: 'waiting', round: 2 });
    issue.statusId = STATUS.approved;
    await consent(site, issue);
    expect(site.directory.changes()).toEqual([]);
    expect(await site.request(issue.id)).toMatchObject({ state: 'waiting', round: 3 });
    await answered(site, issue);
    await consent(site, issue);
    expect(await state(site, issue)).toBe('granted');
  });

  test('without a licence, but what runs still ends', { tags: ['licence-inactive'] }, async () => {
    const site = await seeded();
    const issue = await raised(site);
    const running = await site.active();
    site.licensed = false;
    await answered(site, issue);
    await consent(site, issue);
    expect(await site.request(issue.id)).toMatchObject({
      state: 'attention',
      refusal: { check: 'licence-active' },
    });
    await site.run(HOUR + 10 * MINUTE);
    expect((await site.grant(running.id)).state).toBe('revoked');
    expect(site.isMember()).toBe(false);
  });

  test('when a field was taken away under way, and what runs still ends', {
    tags: ['field-missing'],
  }, async () => {
    const site = await seeded();
    const fields = { 'f-app': 'Figma', 'f-role': 'Editor', 'f-duration': '1 hour' };
    const [running, open] = [
      await raised(site, { panel: undefined, fields: { ...fields } }),
      await raised(site, { panel: undefined, fields: { ...fields } }),
    ];
    await answered(site, running);
    await consent(site, running);
    expect(await state(site, running)).toBe('granted');
    await answered(site, open);
    for (const issue of [running, open]) delete issue.fields['f-role'];
    await consent(site, open);
    expect(site.store.all('grant')).toHaveLength(1);
    expect(site.events(open.id)).toContain('gate.refused');
    await site.run(HOUR + 10 * MINUTE);
    expect(site.isMember()).toBe(false);
    expect(await state(site, running)).toBe('ended');
  });

  test('to a copy of an approved issue', { tags: ['cloned-issue', 'issue-moved'] }, async () => {
    const site = await seeded();
    const issue = await raised(site);
    await answered(site, issue);
    await consent(site, issue);
    const copy = site.jira.add({
      panel: WISH,
      words: issue.words,
      own: issue.own,
      key: issue.key,
      approvals: [...issue.approvals],
      statusId: STATUS.approved,
    });
    await read(site, copy);
    await consent(site, copy);
    expect(site.store.all('grant')).toHaveLength(1);
    expect(await state(site, copy)).toBe('waiting');
  });

  test('on the word "approved" in a comment', { tags: ['approved-in-a-comment'] }, async () => {
    const site = await seeded();
    const issue = await raised(site);
    for (const by of ['requester', 'approver', 'friend'])
      await intake(site.deps(), {
        issueId: issue.id,
        attempt: 0,
        comment: { by, text: 'approved' },
      });
    expect(await state(site, issue)).toBe('waiting');
  });
});

describe('a question comes back', () => {
  const stopped: [string, Partial<MemoryIssue>, (site: SmallSite) => void, string][] = [
    ['for an unknown app', { panel: { app: 'nowhere' } }, () => undefined, 'app-known'],
    ['for no app at all', { panel: undefined }, () => undefined, 'app-known'],
    [
      'for an unreadable form',
      { panel: { app: 'figma', x: 1 } },
      () => undefined,
      'panel-readable',
    ],
    [
      'for a person whom the directory does not know',
      {},
      (site) => site.directory.people.delete(PERSON),
      'person-in-directory',
    ],
    [
      'for a person who is there twice',
      {},
      (site) => {
        const one = site.directory.people.get(PERSON);
        if (one) site.directory.people.set('person-2', { ...one, id: 'person-2' });
      },
      'one-person',
    ],
    [
      'for a suspended person',
      {},
      (site) => {
        const one = site.directory.people.get(PERSON);
        if (one) site.directory.people.set(PERSON, { ...one, active: false });
      },
      'person-active',
    ],
    [
      'for an account without an e-mail',
      {},
      (site) => site.jira.person('requester', { email: null }),
      'beneficiary-email',
    ],
    [
      'for a customer account that nobody linked',
      {},
      (site) => site.jira.person('requester', { type: 'customer' }),
      'beneficiary-account',
    ],
    [
      'for an approver who is the requester',
      { reporter: 'approver', creator: 'approver' },
      () => undefined,
      'approver-is-party',
    ],
    [
      'for an approver who was the reporter once',
      {
        changes: [
          {
            id: '1',
            at: '2026-03-02T09:00:00.000Z' as never,
            by: 'friend',
            fieldId: 'reporter',
            from: 'approver',
            to: 'requester',
          },
        ],
      },
      () => undefined,
      'approver-is-party',
    ],
    [
      'for an approver who left',
      {},
      (site) => site.jira.person('approver', { active: false }),
      'approver-active',
    ],
    [
      'for an approver that is an app',
      {},
      (site) => site.jira.person('approver', { type: 'app' }),
      'approver-active',
    ],
    [
      'for a text without room for ours',
      { words: 'x'.repeat(32_600) },
      () => undefined,
      'description-has-room',
    ],
  ];
  test.each(stopped)(
    '%s',
    {
      tags: [
        'person-missing-or-double',
        'person-suspended',
        'email-mismatch',
        'wrong-kind-of-account',
        'self-approval',
        'reporter-swapped',
        'app-as-approver',
        'approver-deactivated',
        'hostile-import',
      ],
    },
    async (_, over, spoil, check) => {
      const site = await seeded();
      // Nor does the owner of the app take the place of an approver.
      site.jira.person('owner', { active: false });
      spoil(site);
      const issue = await raised(site, over);
      const { state: now, refusal } = await site.request(issue.id);
      expect([now, refusal?.check]).toEqual(['attention', check]);
      expect(issue.statusId).toBe(STATUS.attention);
      expect(said(site, 'public').join('\n')).toContain(refusal?.nextStep);
      expect(said(site, 'public').join('\n')).not.toContain(check);
      expect(site.directory.changes()).toEqual([]);
    },
  );

  test('once for what is missing, and the answer is enough', {
    tags: ['bad-duration'],
  }, async () => {
    const site = await seeded();
    const issue = await raised(site, { panel: { ...WISH, duration: 7 * HOUR } });
    expect(await site.request(issue.id)).toMatchObject({ state: 'asked', asked: ['duration'] });
    expect(said(site, 'public').at(-1)).toContain('6 hours');
    await intake(site.deps(), {
      issueId: issue.id,
      attempt: 0,
      comment: { by: 'requester', text: '6 hours' },
    });
    expect(await site.request(issue.id)).toMatchObject({
      state: 'waiting',
      pin: { subject: { duration: 6 * HOUR } },
    });
  });

  test('to IT when the answer settles nothing', { tags: ['bad-duration'] }, async () => {
    const site = await seeded();
    const issue = await raised(site, { panel: { app: 'figma', role: 'figma.editor' } });
    await intake(site.deps(), {
      issueId: issue.id,
      attempt: 0,
      comment: { by: 'requester', text: '5 hours' },
    });
    expect(await site.request(issue.id)).toMatchObject({
      state: 'attention',
      refusal: { check: 'request-complete' },
    });
  });

  test('for a role that people carry out as for any other', {
    tags: ['filled-by-rule'],
  }, async () => {
    const site = await seeded({ kind: 'manual', manualBecause: 'A rule fills the group.' });
    const issue = await raised(site);
    expect(await site.request(issue.id)).toMatchObject({ state: 'waiting' });
  });
});

describe('resuming', () => {
  async function blocked() {
    const site = await seeded();
    const issue = await raised(site);
    const missing = site.directory.groups.get('g-editors');
    site.directory.groups.delete('g-editors');
    await answered(site, issue);
    await consent(site, issue);
    expect(await site.request(issue.id)).toMatchObject({
      state: 'attention',
      refusal: { check: 'group-exists' },
    });
    const restore = () => site.directory.groups.set('g-editors', missing as never);
    const go = () => resumeRequest(site.deps(undefined, 'resolver'), issue.id, 'operator');
    return { site, issue, restore, go };
  }

  test('goes on with the same decision when the same group works again', {
    tags: ['look-alike-group'],
  }, async () => {
    const { site, issue, restore, go } = await blocked();
    restore();
    expect(await go()).toMatchObject({ ok: true });
    await site.run(5 * MINUTE);
    expect(await site.grant(`g-${issue.id}-1`)).toMatchObject({ state: 'active', episode: 2 });
    expect(site.events(issue.id).filter((e) => e === 'decision.recorded')).toHaveLength(1);
    await site.run(HOUR + 10 * MINUTE);
    site.expectOver({ id: '', issueId: issue.id });
  });

  test('stops again while nothing was mended', async () => {
    const { site, issue, go } = await blocked();
    await go();
    await site.run(5 * MINUTE);
    expect(await state(site, issue)).toBe('attention');
    expect(site.isMember()).toBe(false);
  });

  test('asks again when the role leads elsewhere by now', {
    tags: ['groups-swapped', 'look-alike-group'],
  }, async () => {
    const { site, issue, go } = await blocked();
    const groups = [
      { id: 'g-users', name: 'Figma users' },
      { id: 'g-other', name: 'Figma editors' },
    ];
    await site.saveRole(aRole({ groups, accessVersion: 2, version: 2 }));
    await go();
    expect(await site.request(issue.id)).toMatchObject({ state: 'waiting', round: 2 });
    expect((await site.grant(`g-${issue.id}-1`)).state).toBe('cancelled');
    expect(site.directory.changes()).toEqual([]);
    await answered(site, issue);
    await consent(site, issue);
    expect(await state(site, issue)).toBe('granted');
    expect(site.isMember('g-other')).toBe(true);
  });

  test('asks again when the decision is older than a day', async () => {
    const { site, issue, restore, go } = await blocked();
    restore();
    await site.run(DAY + HOUR);
    await go();
    expect(await site.request(issue.id)).toMatchObject({ state: 'waiting', round: 2 });
  });

  test('twice at once makes one grant', { tags: ['two-workers-one-grant'] }, async () => {
    const { site, issue, restore, go } = await blocked();
    restore();
    await Promise.all([go(), go()]);
    await site.run(10 * MINUTE);
    expect(await state(site, issue)).toBe('granted');
    expect(site.events(issue.id).filter((e) => e === 'grant.active')).toHaveLength(1);
  });

  test('is refused for what waits for nobody', async () => {
    const site = await seeded();
    const issue = await raised(site);
    const answer = await resumeRequest(site.deps(), issue.id, 'operator');
    expect(answer).toMatchObject({ ok: false, problem: { check: 'request-waits' } });
    expect(await resumeRequest(site.deps(), '404', 'operator')).toMatchObject({
      ok: false,
      problem: { check: 'request-known' },
    });
  });
});

describe('an issue that goes away', () => {
  test('before a grant ends the request, and after it nothing but itself', {
    tags: ['issue-gone'],
  }, async () => {
    const site = await seeded();
    const [open, granted] = [await raised(site), await raised(site)];
    await answered(site, granted);
    await consent(site, granted);
    for (const issue of [open, granted]) await deleted(site, issue);
    expect(await state(site, open)).toBe('withdrawn');
    expect(await state(site, granted)).toBe('granted');
    expect(site.isMember()).toBe(true);
    await site.run(HOUR + 10 * MINUTE);
    expect(site.isMember()).toBe(false);
    expect(await state(site, granted)).toBe('ended');
  });

  test('or is closed by people changes nothing about granted access', {
    tags: ['issue-gone'],
  }, async () => {
    const site = await seeded();
    const issue = await raised(site);
    await answered(site, issue);
    await consent(site, issue);
    issue.statusId = STATUS.declined;
    await read(site, issue);
    expect(await state(site, issue)).toBe('granted');
    expect(site.isMember()).toBe(true);
  });

  test('between the approval and the gate ends the request', { tags: ['issue-gone'] }, async () => {
    const site = await seeded();
    const issue = await raised(site);
    await answered(site, issue);
    site.jira.issues.delete(issue.id);
    await consent(site, issue);
    await site.run(HOUR + MINUTE);
    expect(await state(site, issue)).toBe('withdrawn');
    expect(site.directory.changes()).toEqual([]);
  });

  test('and comes back is still being decided on, however often', {
    tags: ['issue-gone'],
  }, async () => {
    const site = await seeded();
    const issue = await raised(site);
    for (let time = 0; time < 3; time++) {
      site.jira.issues.delete(issue.id);
      await read(site, issue);
      await site.run(50 * MINUTE);
      site.jira.issues.set(issue.id, issue);
      await site.run(20 * MINUTE);
    }
    expect(await state(site, issue)).toBe('waiting');
    expect(site.events(issue.id)).toEqual(['request.received', 'request.pinned']);
    await answered(site, issue);
    await consent(site, issue);
    expect(await state(site, issue)).toBe('granted');
  });

  test('and is found again although it was said to be deleted goes on', {
    tags: ['event-older-than-issue'],
  }, async () => {
    const site = await seeded();
    const issue = await raised(site);
    await site.queues.push('intake', [
      { body: { kind: 'intake', issueId: issue.id, attempt: 0, deleted: true } },
    ]);
    await site.run(MINUTE);
    expect(await state(site, issue)).toBe('waiting');
  });

  test('or is declined has nothing granted', async () => {
    const site = await seeded();
    const issue = await raised(site);
    await answered(site, issue, 'approver', 'declined');
    await read(site, issue);
    await consent(site, issue);
    expect(await state(site, issue)).toBe('declined');
    expect(site.directory.changes()).toEqual([]);
    expect(said(site, 'public').at(-1)).toContain('Nothing was changed in any directory.');
  });
});
