import { describe, expect, test } from 'vitest';
import { takeBackRequest } from '../../src/approvals/withdraw';
import { runDue } from '../../src/grants/due';
import { provision } from '../../src/grants/provision';
import { endGrant } from '../../src/grants/revoke';
import { grants } from '../../src/grants/store';
import { HOUR, MINUTE } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import type { Failure } from '../../src/shared/result';
import { aGrant, anEdge } from '../builders/grants';
import { PERSON, SmallSite } from '../builders/small-site';

const users = { group: 'g-users', person: PERSON };
const failure = (over: Partial<Failure>): Failure => ({
  class: 'retryable',
  code: 'server-error',
  detail: 'The directory answered 503.',
  ...over,
});
const busy = failure({ code: 'rate-limited', detail: 'Too many calls.', retryAfter: 37 });
const forbidden = failure({ class: 'needs-human', code: 'forbidden', detail: 'Not allowed.' });

async function seeded(options?: ConstructorParameters<typeof SmallSite>[0]): Promise<SmallSite> {
  const site = new SmallSite(options);
  await site.seed();
  return site;
}

/** The trouble, the first `times` times that the call is made. */
function times(
  site: SmallSite,
  count: number,
  call: string,
  trouble: 'lost' | 'cut' | 'lie' | Failure,
) {
  let left = count;
  site.directory.trouble = (name) => (name === call && left-- > 0 ? trouble : undefined);
}

describe('a directory that does not answer', () => {
  test.each([
    ['ensureMember', 'lost'],
    ['ensureMember', 'cut'],
    ['ensureNotMember', 'lost'],
    ['ensureNotMember', 'cut'],
    ['isMember', 'cut'],
    ['groupsOf', 'cut'],
  ] as const)(
    'to %s (%s) is asked again, and what we made is ours',
    {
      tags: ['answer-lost'],
    },
    async (call, trouble) => {
      const site = await seeded();
      times(site, 1, call, trouble);
      const { value: grant } = await site.approved();
      await site.run(10 * MINUTE);
      expect(await site.grant(grant.id)).toMatchObject({ state: 'active' });
      await site.run(HOUR + 10 * MINUTE);
      expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked' });
      site.expectOver(grant);
    },
  );

  test('for two hours gets the grant rolled back, and a person is asked', {
    tags: ['directory-down'],
  }, async () => {
    const site = await seeded();
    const { value: grant } = await site.approved();
    site.directory.trouble = (call, about) =>
      call === 'ensureMember' && about.startsWith('g-editors') ? failure({}) : undefined;
    await site.run(50 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({
      state: 'blocked',
      ask: { check: 'complete-in-time' },
    });
    expect(site.isMember()).toBe(false);
    site.expectOver(grant);
  });

  test('for as long before the first change says that it was given up, not undone', {
    tags: ['directory-down'],
  }, async () => {
    const site = await seeded();
    const { value: grant } = await site.approved();
    site.directory.trouble = (call) => (call === 'ensureMember' ? failure({}) : undefined);
    await site.run(50 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'blocked' });
    const said = site.jira.posted.map((p) => p.text).join('\n');
    expect(said).toContain('so it was given up');
    expect(said).not.toContain('undone');
  });

  test('for three days across an end has it carried out within minutes of its return', {
    tags: ['directory-down'],
  }, async () => {
    const site = await seeded();
    const grant = await site.active();
    site.directory.trouble = () => failure({});
    await site.run(72 * HOUR);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'stuck', because: 'expired' });
    expect(site.events(grant.issueId).filter((e) => e === 'grant.stuck')).toHaveLength(1);
    expect(site.isMember()).toBe(true);
    site.directory.trouble = () => undefined;
    await site.run(10 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked' });
    site.expectOver(grant);
  });
});

describe('a directory that says no', () => {
  test('to a removal keeps it shown and tried', {
    tags: ['group-turned-privileged', 'credential-refused'],
  }, async () => {
    const site = await seeded();
    const grant = await site.active();
    site.directory.trouble = (call) => (call === 'ensureNotMember' ? forbidden : undefined);
    await site.run(HOUR + 5 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({
      state: 'stuck',
      cause: { check: 'directory-forbidden' },
    });
    const before = site.directory.changes().length;
    await site.run(HOUR);
    expect(site.directory.changes().length - before).toBeGreaterThanOrEqual(12);
    site.directory.trouble = () => undefined;
    await site.run(10 * MINUTE);
    site.expectOver(grant);
  });

  test.each([
    [
      'the second group is gone',
      (site: SmallSite) => site.directory.groups.delete('g-editors'),
      'group-exists',
    ],
    [
      'the person was suspended',
      (site: SmallSite) => {
        const person = site.directory.people.get(PERSON);
        if (person) site.directory.people.set(PERSON, { ...person, active: false });
      },
      'person-active',
    ],
    [
      'the credential was refused',
      (site: SmallSite) => {
        site.directory.trouble = () =>
          failure({ class: 'needs-human', code: 'credential-refused' });
      },
      'directory-credential-refused',
    ],
  ])(
    'because %s changes nothing and asks a person',
    {
      tags: ['person-suspended', 'credential-refused'],
    },
    async (_, spoil, check) => {
      const site = await seeded();
      const held = await site.approved();
      spoil(site);
      await provision(site.deps(), held);
      expect(await site.grant(held.value.id)).toMatchObject({ state: 'blocked', ask: { check } });
      expect(site.directory.changes()).toEqual([]);
      expect(await site.request(held.value.issueId)).toMatchObject({
        state: 'attention',
        refusal: { check },
      });
    },
  );

  test('to the second group takes the first back', { tags: ['second-group-fails'] }, async () => {
    const site = await seeded();
    const { value: grant } = await site.approved();
    site.directory.trouble = (call, about) =>
      call === 'ensureMember' && about.startsWith('g-editors') ? forbidden : undefined;
    await site.run(20 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({
      state: 'blocked',
      ask: { check: 'directory-forbidden' },
    });
    await site.run(30 * MINUTE);
    site.expectOver(grant);
    expect(site.jira.posted.some((p) => p.text.includes('Access granted'))).toBe(false);
  });

  test('for now is not asked before it wished', { tags: ['rate-limited'] }, async () => {
    const site = await seeded();
    const held = await site.approved();
    times(site, 1, 'ensureMember', busy);
    const next = await provision(site.deps(), held);
    expect(next).toMatchObject({ kind: 'later', seconds: 37, why: 'rate-limited' });
    expect(site.directory.changes()).toHaveLength(1);
  });
});

describe('a directory that lies', () => {
  test('about an addition is caught by reading back', { tags: ['directory-lies'] }, async () => {
    const site = await seeded();
    const held = await site.approved();
    times(site, 1, 'ensureMember', 'lie');
    const next = await provision(site.deps(), held);
    expect(next).toMatchObject({ kind: 'later', why: 'bad-answer' });
    expect((await site.grant(held.value.id)).state).toBe('provisioning');
    await site.run(10 * MINUTE);
    expect((await site.grant(held.value.id)).state).toBe('active');
    expect(site.isMember()).toBe(true);
  });

  test('about a removal is caught by reading back, however often', {
    tags: ['directory-lies'],
  }, async () => {
    const site = await seeded();
    const grant = await site.active();
    times(site, 6, 'ensureNotMember', 'lie');
    await site.run(HOUR);
    expect(site.isMember()).toBe(true);
    expect((await site.grant(grant.id)).state).not.toBe('revoked');
    await site.run(40 * MINUTE);
    site.expectOver(grant);
  });

  test('for ever about an addition that cannot be read back says so to IT once', {
    tags: ['directory-lies'],
  }, async () => {
    const site = await seeded({ lag: 1 });
    times(site, 99, 'ensureMember', 'lie');
    const { value: grant } = await site.approved();
    await site.run(40 * MINUTE);
    expect(site.events(grant.issueId)).toContain('grant.unverified');
    const told = site.jira.posted.filter((p) => p.text.includes('does not show it after 15'));
    expect(told.map((p) => p.audience)).toEqual(['internal']);
    await site.run(HOUR);
    site.expectOver(grant);
  });
});

describe('what lags', () => {
  test('is verified by a later reading and told once', {
    tags: ['absent-or-lagging'],
  }, async () => {
    const site = await seeded({ lag: 90 });
    const grant = await site.active();
    expect(grant).toMatchObject({ state: 'active', verified: false });
    await site.run(8 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({ verified: true });
    expect(site.events(grant.issueId).filter((e) => e === 'grant.verified')).toHaveLength(1);
    await site.run(HOUR + 10 * MINUTE);
    site.expectOver(grant);
  });

  test('longer than a minute does not let a withdrawn access survive', {
    tags: ['absent-or-lagging'],
  }, async () => {
    const site = await seeded({ lag: 90 });
    const grant = await site.active();
    site.clock.advance(5);
    await takeBack(site, grant.issueId);
    await site.run(20 * MINUTE);
    expect((await site.grant(grant.id)).state).toBe('revoked');
    site.expectOver(grant);
  });
});

describe('memberships that are not only ours', () => {
  test('there before us are there after us', { tags: ['already-a-member'] }, async () => {
    const site = await seeded();
    site.directory.put(users, true);
    const grant = await site.active();
    await site.run(HOUR + 10 * MINUTE);
    expect(
      site.directory.calls.some(
        (c) => c.about === `g-users/${PERSON}` && c.call === 'ensureNotMember',
      ),
    ).toBe(false);
    site.expectOver(grant, ['g-users']);
  });

  test('made by somebody between our look and our change are left', {
    tags: ['already-a-member'],
  }, async () => {
    const site = await seeded();
    site.directory.trouble = (call, about) => {
      if (call === 'ensureMember' && about.startsWith('g-users')) site.directory.put(users, true);
      return undefined;
    };
    const grant = await site.active();
    await site.run(HOUR + 10 * MINUTE);
    site.expectOver(grant, ['g-users']);
  });

  test.each([
    ['for now', busy],
    ['for good', failure({ class: 'permanent', code: 'group-not-writable', detail: 'No.' })],
  ])(
    'made by somebody after the directory refused ours %s are left',
    { tags: ['already-a-member', 'rate-limited'] },
    async (_, no) => {
      const site = await seeded({ vague: true });
      times(site, 1, 'ensureMember', no);
      const held = await site.approved();
      await provision(site.deps(), held);
      for (const group of ['g-users', 'g-editors'])
        site.directory.put({ group, person: PERSON }, true);
      await site.run(HOUR + 30 * MINUTE);
      expect([site.isMember('g-users'), site.isMember('g-editors')]).toEqual([true, true]);
      site.expectOver(held.value, ['g-users', 'g-editors']);
    },
  );

  test('made by somebody after the answer to ours was lost go with ours: nobody can tell them apart', {
    tags: ['answer-lost'],
  }, async () => {
    const site = await seeded({ vague: true });
    times(site, 1, 'ensureMember', 'cut');
    const held = await site.approved();
    await provision(site.deps(), held);
    site.directory.put(users, true);
    await site.run(HOUR + 30 * MINUTE);
    site.expectOver(held.value);
  });

  test('taken away by somebody else are not put back', {
    tags: ['removed-by-someone-else'],
  }, async () => {
    const site = await seeded();
    const grant = await site.active();
    site.directory.put(users, false);
    await site.run(HOUR + 10 * MINUTE);
    expect(site.directory.changes().filter((c) => c === 'ensureMember')).toHaveLength(2);
    site.expectOver(grant);
  });

  test('shared by two grants go with the last, in either order', {
    tags: ['overlapping-grants', 'shared-group'],
  }, async () => {
    for (const [first, second] of [
      [HOUR, 3 * HOUR],
      [3 * HOUR, HOUR],
    ] as const) {
      const site = await seeded();
      const a = await site.active({ duration: first });
      site.clock.advance(MINUTE);
      const b = await site.active({ duration: second, roleId: 'figma.other', edges: [anEdge()] });
      await site.run(2 * HOUR);
      expect(site.isMember()).toBe(true);
      const states = [(await site.grant(a.id)).state, (await site.grant(b.id)).state];
      expect(states.sort()).toEqual(['active', 'revoked']);
      await site.run(2 * HOUR);
      site.expectOver(a);
      site.expectOver(b);
    }
  });

  test('wanted again while they are taken away wait for the proof', {
    tags: ['grant-begins-as-other-ends'],
  }, async () => {
    const site = await seeded();
    const old = await site.active({ edges: [anEdge()] });
    site.clock.advance(HOUR);
    times(site, 1, 'ensureNotMember', 'lost');
    await runDue(site.deps(), { kind: 'grant', objectId: old.id, what: 'end' });
    const next = await site.approved({ edges: [anEdge()] });
    expect(await provision(site.deps(), next)).toMatchObject({ kind: 'later' });
    await site.run(10 * MINUTE);
    expect((await site.grant(old.id)).state).toBe('revoked');
    expect((await site.grant(next.value.id)).state).toBe('active');
    expect(site.isMember()).toBe(true);
    await site.run(HOUR + 10 * MINUTE);
    site.expectOver(next.value);
  });

  test('of a group or person that is gone count as gone', {
    tags: ['group-deleted', 'absent-or-lagging'],
  }, async () => {
    for (const vanish of ['group', 'person']) {
      const site = await seeded();
      const grant = await site.active();
      if (vanish === 'group') site.directory.groups.delete('g-users');
      else site.directory.people.delete(PERSON);
      if (vanish === 'person') site.directory.put({ group: 'g-editors', person: PERSON }, false);
      site.directory.put(users, false);
      await site.run(HOUR + 5 * MINUTE);
      expect((await site.grant(grant.id)).state).toBe('revoked');
      site.expectOver(grant);
    }
  });

  test('of a suspended person are still taken away', { tags: ['person-suspended'] }, async () => {
    const site = await seeded();
    const grant = await site.active();
    const person = site.directory.people.get(PERSON);
    if (person) site.directory.people.set(PERSON, { ...person, active: false });
    await site.run(HOUR + 5 * MINUTE);
    site.expectOver(grant);
  });
});

describe('a hint that comes too early, too late or again', () => {
  test('never ends access before its time', { tags: ['clocks-differ'] }, async () => {
    const site = await seeded();
    const grant = await site.active();
    site.clock.advance(HOUR - 1);
    const early = await runDue(site.deps(), { kind: 'grant', objectId: grant.id, what: 'end' });
    expect(early).toMatchObject({ kind: 'done', what: 'not due yet' });
    expect(site.isMember()).toBe(true);
  });

  // The message may have been pushed before the grant was whole, or be delivered a second time.
  test('to roll back does not touch access that is whole', { tags: ['forged-job'] }, async () => {
    const site = await seeded();
    const grant = await site.active();
    site.clock.advance(31 * MINUTE);
    await runDue(site.deps(), { kind: 'grant', objectId: grant.id, what: 'roll-back' });
    expect((await site.grant(grant.id)).state).toBe('active');
    expect(site.isMember()).toBe(true);
  });

  test('to roll back does nothing before half an hour is over', {
    tags: ['forged-job'],
  }, async () => {
    const site = await seeded();
    const held = await site.approved();
    times(site, 1, 'ensureMember', 'cut');
    await provision(site.deps(), held);
    site.clock.advance(29 * MINUTE);
    await runDue(site.deps(), { kind: 'grant', objectId: held.value.id, what: 'roll-back' });
    expect((await site.grant(held.value.id)).state).toBe('provisioning');
  });

  test.each(['end', 'verify', 'roll-back', 'provision', 'revoke', 'deliver'] as const)(
    'to %s does nothing that the ledger does not hold',
    {
      tags: ['forged-job', 'events-out-of-order'],
    },
    async (what) => {
      const site = await seeded();
      expect(await runDue(site.deps(), { kind: 'grant', objectId: 'g-9-9', what })).toMatchObject({
        kind: 'done',
      });
      const grant = await site.active();
      await runDue(site.deps(), { kind: 'grant', objectId: grant.id, what });
      expect((await site.grant(grant.id)).state).toBe('active');
      await site.run(HOUR + 5 * MINUTE);
      const changes = site.directory.changes().length;
      await runDue(site.deps(), { kind: 'grant', objectId: grant.id, what });
      expect(site.directory.changes()).toHaveLength(changes);
      site.expectOver(grant);
    },
  );

  test('that is missed for hours is caught up by one sweep', {
    tags: ['schedule-missed'],
  }, async () => {
    const site = await seeded();
    const all = [
      await site.active(),
      await site.active({ edges: [anEdge({ groupId: 'g-other' })] }),
    ];
    site.queues.take();
    site.clock.advance(26 * HOUR);
    await site.run(MINUTE);
    for (const grant of all) {
      expect((await site.grant(grant.id)).state).toBe('revoked');
      site.expectOver(grant);
    }
  });

  // The clock has milliseconds and the queue's delays have not.
  test.each([0, 1, 250, 500, 999])('about an end at %i ms ends it within a minute', async (ms) => {
    const site = await seeded();
    site.clock.set(Date.parse('2026-03-02T09:00:00.000Z') + ms);
    const grant = await site.active();
    site.queues.take();
    site.clock.set(Date.parse('2026-03-02T09:00:00.000Z') + 100);
    await site.run(HOUR + MINUTE);
    expect((await site.grant(grant.id)).state).toBe('revoked');
  });
});

const takeBack = (site: SmallSite, issueId: string) =>
  takeBackRequest(site.deps(), issueId, 'requester');

describe('a withdrawal', () => {
  test('before the first change leaves the directory untouched', {
    tags: ['withdrawn-in-a-race'],
  }, async () => {
    const site = await seeded();
    const held = await site.approved();
    await takeBack(site, held.value.issueId);
    await site.run(10 * MINUTE);
    expect(await site.grant(held.value.id)).toMatchObject({ state: 'cancelled' });
    expect(site.directory.changes()).toEqual([]);
    site.expectOver(held.value);
  });

  test('half-way takes back what was made', { tags: ['withdrawn-in-a-race'] }, async () => {
    const site = await seeded();
    const held = await site.approved();
    site.directory.trouble = (call, about) =>
      call === 'ensureMember' && about.startsWith('g-editors') ? failure({}) : undefined;
    await provision(site.deps(), held);
    expect(site.isMember()).toBe(true);
    await takeBack(site, held.value.issueId);
    await site.run(20 * MINUTE);
    expect(await site.grant(held.value.id)).toMatchObject({
      state: 'revoked',
      because: 'withdrawn',
    });
    expect((await site.request(held.value.issueId)).state).toBe('withdrawn');
    site.expectOver(held.value);
  });

  test('outlives a late change of a membership that was ours before', {
    tags: ['withdrawn-in-a-race'],
  }, async () => {
    const site = await seeded();
    const held = await site.approved({ duration: 6 * HOUR });
    let left = 1;
    site.directory.trouble = (call, about) =>
      call === 'ensureMember' && about.startsWith('g-editors') && left-- > 0
        ? failure({ outcomeUnknown: true })
        : undefined;
    await provision(site.deps(), held);
    site.clock.advance(12 * MINUTE);
    site.directory.put(users, false);
    const now = await load(site.store, grants, held.value.id);
    if (!now) throw new Error('no grant');
    const make = site.directory.ensureMember.bind(site.directory);
    let once = true;
    site.directory.ensureMember = async (membership) => {
      if (once) {
        once = false;
        await endGrant(site.deps(), now.value.id, { because: 'withdrawn', by: 'requester' });
        site.clock.advance(5);
      }
      return make(membership);
    };
    await provision(site.deps(), now);
    expect(site.isMember('g-users')).toBe(true);
    await site.run(20 * MINUTE);
    site.expectOver(held.value);
  });

  test('of a blocked grant ends the request', async () => {
    const site = await seeded();
    const held = await site.approved();
    site.directory.groups.delete('g-editors');
    await provision(site.deps(), held);
    await takeBack(site, held.value.issueId);
    expect(await site.grant(held.value.id)).toMatchObject({ state: 'cancelled' });
    await site.run(10 * MINUTE);
    site.expectOver(held.value);
  });
});

test('a state that cannot be is not provisioned', async () => {
  const site = await seeded();
  for (const state of ['active', 'revoking', 'revoked', 'stuck', 'blocked', 'cancelled'] as const) {
    const next = await provision(site.deps(), { value: aGrant(state), rev: 1 });
    expect(next).toEqual({ kind: 'done', what: state });
  }
  expect(site.directory.calls).toEqual([]);
});
