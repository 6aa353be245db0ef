import { beforeEach, describe, expect, test } from 'vitest';
import { quickRevoke } from '../../src/grants/quick-revoke';
import { reviewGrant } from '../../src/grants/review-verdict';
import { DAY, HOUR } from '../../src/shared/instant';
import { PERSON, SmallSite } from '../builders/small-site';

/** As many as a role may have. */
const GROUPS = Array.from({ length: 15 }, (_, i) => ({ id: `g-${i}`, name: `Group ${i}` }));
const REASON = 'The account was taken over by somebody else and must not go on.';

let site: SmallSite;
/** How many writes each transaction had, by the event that it records or the state that it keeps. */
let written: Map<string, number>;
beforeEach(() => {
  site = new SmallSite();
  for (const { id, name } of GROUPS)
    site.directory.groups.set(id, { id, name, writable: true, privileged: false });
  written = new Map();
  site.store.beforeTransact = (writes) => {
    for (const write of writes) {
      const event = write.op === 'put' && write.entity === 'evidence' ? eventOf(write.row) : '';
      if (event) written.set(event, Math.max(written.get(event) ?? 0, writes.length));
    }
  };
});

const eventOf = ({ body }: { readonly body: unknown }): string => (body as { event: string }).event;

// The store takes 25 writes in one transaction and refuses the whole when there are more: an access of
// the largest role could then neither begin nor end. Whoever adds a write to one of these sees it here.
describe('with the largest role every transaction fits', () => {
  test('from its beginning to its revocation by a person', async () => {
    await site.seed({ role: { groups: GROUPS } });
    const grant = await site.active();
    const done = await quickRevoke(
      site.deps(),
      { issueId: grant.issueId, reason: REASON },
      'owner',
    );
    expect(done).toMatchObject({ ok: true });
    await site.run(600);
    expect((await site.grant(grant.id)).state).toBe('revoked');
    expect(Object.fromEntries(written)).toMatchObject({ 'grant.ending': 25 });
    expect([...written].filter(([, n]) => n > 25)).toEqual([]);
    expect(site.chainFault(grant.issueId)).toBeUndefined();
  });

  test('by break-glass, from its beginning to the verdict that ends it', async () => {
    await site.seed({
      role: {
        risk: 'break-glass',
        durations: [HOUR],
        groups: GROUPS,
        rules: {
          breakGlass: {
            eligible: [{ kind: 'department', is: ['Operations'] }],
            incident: false,
            reviewWithin: DAY,
          },
        },
      },
    });
    const person = site.directory.people.get(PERSON);
    if (person) site.directory.people.set(PERSON, { ...person, department: 'Operations' });
    const issue = site.jira.add({
      panel: { app: 'figma', role: 'figma.editor', duration: HOUR, reason: REASON },
    });
    await site.queues.push('intake', [{ body: { kind: 'intake', issueId: issue.id, attempt: 9 } }]);
    await site.run(60);
    const grantId = `g-${issue.id}-1`;
    expect((await site.grant(grantId)).state).toBe('active');
    const ask = { grantId, verdict: 'not-justified' as const, words: REASON };
    expect(await reviewGrant(site.deps(), ask, 'owner')).toMatchObject({ ok: true });
    await site.run(600);
    expect((await site.grant(grantId)).state).toBe('revoked');
    expect([...written.keys()]).toEqual(
      expect.arrayContaining([
        'grant.provisioning',
        'grant.active',
        'grant.ending',
        'review.given',
      ]),
    );
    expect([...written].filter(([, n]) => n > 25)).toEqual([]);
  });

  test('by break-glass that is rolled back', async () => {
    await site.seed({ role: { groups: GROUPS } });
    const held = await site.approved({ breakGlass: { reviewBy: site.clock.now() } });
    site.directory.trouble = (call, of) =>
      call === 'ensureMember' && of.includes('g-14')
        ? { class: 'needs-human', code: 'forbidden', detail: 'Not allowed.' }
        : undefined;
    await site.run(900);
    expect((await site.grant(held.value.id)).state).toBe('blocked');
    expect([...written].filter(([, n]) => n > 25)).toEqual([]);
    expect(site.store.all('config').filter(({ key }) => key.startsWith('use:'))).toEqual([]);
  });
});
