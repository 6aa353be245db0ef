import { describe, expect, test } from 'vitest';
import { apps, putVersioned } from '../../src/catalog/store';
import { startingPolicy } from '../../src/policy/model/tiers';
import { choose, durationFor, type Lengths } from '../../src/requests/choose';
import { fiveAnswers } from '../../src/requests/five-answers';
import type { Wish } from '../../src/requests/model/wish';
import { DAY, HOUR, type Instant } from '../../src/shared/instant';
import { anApp, anOffer, aRole } from '../builders/catalog';
import { anApprover } from '../builders/requests';
import { SmallSite } from '../builders/small-site';

const wish = (over: Partial<Wish> = {}): Wish => ({
  reason: 'Drawing the logo',
  from: 'fields',
  ...over,
});

async function catalog(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  const viewer = { id: 'figma.viewer', name: 'Viewer', durations: [HOUR] };
  await site.saveRole(aRole(viewer));
  await site.saveRole(aRole({ id: 'figma.old', name: 'Old', status: 'withdrawn' }));
  const twins = ['miro-a', 'miro-b'].flatMap((id) =>
    putVersioned(apps, anApp({ id, name: 'Miro' }), 0),
  );
  await site.store.transact(twins);
  return site;
}

describe('a wish', () => {
  test.each<[string, Partial<Wish>, string]>([
    ['app and role by id', { app: 'figma', role: 'figma.editor', duration: HOUR }, 'figma.editor'],
    ['app and role by name', { app: ' FIGMA ', role: 'editor', duration: HOUR }, 'figma.editor'],
    ['a role id alone', { role: 'figma.editor', duration: HOUR }, 'figma.editor'],
    ['the only length of time', { app: 'figma', role: 'Viewer' }, 'figma.viewer'],
  ])('with %s leads to one role', async (_, over, id) => {
    const site = await catalog();
    expect(await choose(site.store, wish(over))).toMatchObject({
      kind: 'chosen',
      offer: { role: { id } },
      duration: HOUR,
    });
  });

  test.each<[string, Partial<Wish>, object]>([
    ['no app', {}, { kind: 'unknown-app', said: undefined }],
    ['an unknown app', { app: 'figm' }, { kind: 'unknown-app', said: 'figm' }],
    ['a name that two apps have', { app: 'Miro' }, { kind: 'unknown-app' }],
    ['an app without roles', { app: 'miro-a' }, { kind: 'withdrawn', what: 'miro-a' }],
    ['a key that reads as a path', { app: 'role:figma' }, { kind: 'unknown-app' }],
    [
      'a role of another app',
      { app: 'figma', role: 'github.developer' },
      { kind: 'ask', questions: [{ about: 'role' }, { about: 'duration' }] },
    ],
    [
      'a withdrawn role',
      { app: 'figma', role: 'Old', duration: HOUR },
      { kind: 'ask', questions: [{ about: 'role', choices: ['Editor', 'Viewer'] }] },
    ],
    [
      'no length of time where there is a choice',
      { app: 'figma', role: 'Editor' },
      {
        kind: 'ask',
        questions: [{ about: 'duration', choices: ['1 hour', '6 hours', '24 hours'] }],
      },
    ],
    [
      'no reason',
      { app: 'figma', role: 'Viewer', reason: '' },
      { kind: 'ask', questions: [{ about: 'reason' }] },
    ],
    [
      'a reason shorter than the role asks for',
      { app: 'figma', role: 'Viewer', reason: 'Drawing i' },
      {
        kind: 'ask',
        questions: [{ about: 'reason', sentence: expect.stringContaining('10 characters') }],
      },
    ],
  ])('with %s leads to none', { tags: ['look-alike-group'] }, async (_, over, choice) => {
    const site = await catalog();
    expect(await choose(site.store, wish(over))).toMatchObject(choice);
  });
});

describe('a length of time', () => {
  const lengths: Lengths = { durations: [HOUR, DAY], permanent: false };
  test.each<[string, Partial<Wish>, Partial<typeof lengths>, number | null | undefined]>([
    ['that is offered', { duration: DAY }, {}, DAY],
    ['that is not offered', { duration: 2 * HOUR }, {}, undefined],
    ['just below one offered', { duration: HOUR - 1 }, {}, undefined],
    ['nobody could read', { durationText: 'PT1H' }, {}, undefined],
    ['without end, not offered', { duration: null }, {}, undefined],
    ['without end, offered', { duration: null }, { permanent: true }, null],
    ['not said, one offered', {}, { durations: [DAY] }, DAY],
    ['not said, only permanent', {}, { durations: [], permanent: true }, null],
    ['not said, a choice', {}, {}, undefined],
    ['not said, one and permanent', {}, { durations: [DAY], permanent: true }, undefined],
    [
      'unreadable, only permanent',
      { durationText: '-1' },
      { durations: [], permanent: true },
      undefined,
    ],
  ])('%s', { tags: ['bad-duration', 'end-tampered'] }, (_, over, offered, expected) => {
    expect(durationFor(wish(over), { ...lengths, ...offered })).toBe(expected);
  });
});

describe('the five answers', () => {
  const answers = (over: Partial<Parameters<typeof fiveAnswers>[0]> = {}) =>
    fiveAnswers({
      beneficiary: 'requester',
      requester: 'requester',
      offer: anOffer(),
      duration: 6 * HOUR,
      reason: 'Logo',
      stages: [{ id: 'person', needs: 1, approvers: [anApprover()] }],
      accounts: ['requester', 'approver', 'colleague', 'owner'].map((accountId) => ({
        accountId,
        type: 'atlassian',
        active: true,
        displayName: `Name of ${accountId}`,
      })),
      issueKey: 'IT-1',
      timeZone: 'UTC',
      digest: '0123456789abcdef',
      by: 'people',
      wish: {},
      judged: {
        start: null,
        ticket: undefined,
        verdict: { considered: [], outcome: 'satisfied', by: 'people', stages: [], warnings: [] },
      },
      ...over,
    });
  const items = (text: ReturnType<typeof answers>) =>
    text.blocks.flatMap((b) => (b.kind === 'list' ? b.items : []));

  test('say who, what, until when, who decides and what changes', () => {
    expect(items(answers())).toEqual([
      'Who: Name of requester',
      'What: Editor in Figma',
      'Until when: 6 hours, counted from the moment access is given',
      'Who may decide: Name of approver (named for this role in the catalog, read 09:00 UTC)',
      'What changes: Figma users, Figma editors in Okta (Main directory)',
    ]);
  });

  test('name who asks when it is for somebody else', () => {
    expect(items(answers({ beneficiary: 'colleague' }))[0]).toBe(
      'Who: Name of colleague, asked for by Name of requester',
    );
  });

  test('say that there is no end, and that a rule decides', () => {
    const approver = {
      kind: 'auto',
      rule: 'routine viewers',
      signedOffBy: 'owner',
      signedOffAt: '2026-03-01T00:00:00.000Z',
    } as const;
    const offer = anOffer({ role: aRole({ approver }) });
    expect(items(answers({ duration: null, stages: [], offer, by: 'auto' }))).toMatchObject(
      [
        /Who/,
        /What/,
        'Until when: no end: until it is revoked',
        'Who may decide: no person: the rule "routine viewers", signed off by Name of owner',
        /What changes/,
      ].map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))),
    );
  });

  test('say when it begins, which ticket ends it, and what it must not be held with', () => {
    const judged = {
      start: '2026-03-09T08:00:00.000Z' as Instant,
      ticket: { issueId: '9', key: 'INC-9', counts: true, open: true },
      verdict: {
        considered: [
          { rule: 'sod:pay', said: 'fails' as const, because: 'The person holds payer.' },
        ],
        outcome: 'satisfied' as const,
        by: 'people' as const,
        stages: [],
        warnings: ['pay'],
      },
    };
    const roles = ['figma.editor', 'figma.viewer'];
    const sod = [{ id: 'pay', name: 'Pay and approve', roles, mode: 'warn' as const }];
    const offer = anOffer({ site: { ...startingPolicy, sod } });
    const text = answers({ judged, offer, wish: { untilTicket: true } });
    expect(items(text)[2]).toBe(
      'Until when: 6 hours, counted from the moment access is given; or when INC-9 is closed, if that is earlier; it begins on 2026-03-09 08:00 UTC at the earliest',
    );
    const said = JSON.stringify(text);
    for (const words of ['For: INC-9', 'Mind \\"Pay and approve\\"', 'Reference: 0123456789ab'])
      expect(said).toContain(words);
  });

  test('list every stage in order, and who is asked if nobody answers', () => {
    const other = (accountId: string) => anApprover({ accountId, because: 'owner of the app' });
    const stages = [
      { id: 'person', needs: 1, approvers: [anApprover()], fallbacks: [other('colleague')] },
      { id: 'owner', needs: 2, approvers: [other('owner'), other('colleague')] },
    ];
    expect(items(answers({ stages }))[3]).toBe(
      'Who may decide: Name of approver (named for this role in the catalog, read 09:00 UTC); if nobody answers: Name of colleague (owner of the app); then 2 of: Name of owner (owner of the app, read 09:00 UTC), Name of colleague (owner of the app, read 09:00 UTC)',
    );
  });

  test('hold no account, group or person id', () => {
    const text = JSON.stringify(answers({ accounts: [] }));
    expect(text).toContain('an account without a name');
    expect(text).not.toMatch(/g-users|g-editors|person-9|"requester"/);
  });
});
