/** The directory's own end of a membership: an hour behind ours, moved in time, and never in the way. */
import { describe, expect, test } from 'vitest';
import { findings } from '../../src/findings/findings';
import type { Grant } from '../../src/grants/model/grant';
import { type Hold, holdKey } from '../../src/grants/model/hold';
import { provision } from '../../src/grants/provision';
import { holds } from '../../src/grants/store';
import { DAY, HOUR, type Instant, plusSeconds } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import { PERSON, SmallSite } from '../builders/small-site';

const GROUP = 'g-users';
const PLACE = `${GROUP}/${PERSON}`;

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite({ can: { nativeExpiry: true } });
  await site.seed();
  return site;
}
const native = (site: SmallSite) => site.directory.nativeEnds.get(PLACE);
const holdOf = async (site: SmallSite): Promise<Hold | undefined> =>
  (
    await load(
      site.store,
      holds,
      holdKey({ connectionId: 'main', groupId: GROUP, personId: PERSON }),
    )
  )?.value;
const finding = async (site: SmallSite) =>
  (await load(site.store, findings, `native-end-failed:main:${GROUP}:${PERSON}`))?.value;
const anHourAfter = (grant: Grant) => plusSeconds(grant.endsAt as Instant, HOUR);
const moves = (site: SmallSite) => site.directory.calls.filter((c) => c.call === 'moveNativeEnd');
const REFUSED = { class: 'permanent', code: 'invalid', detail: 'No such thing here.' } as const;

test('an access with an end is ended by the directory an hour later, if we are down', async () => {
  const site = await seeded();
  const grant = await site.active();
  expect(native(site)).toBe(anHourAfter(grant));
  expect((await holdOf(site))?.nativeEnd).toBe(native(site));
  site.clock.advance(2 * HOUR + 1);
  expect(site.isMember()).toBe(false);
});

test('our own end comes first and leaves nothing of it', async () => {
  const site = await seeded();
  const grant = await site.active();
  await site.run(HOUR + 600);
  site.expectOver(grant);
  expect(native(site)).toBeUndefined();
});

test('one whose directory has no expiry costs no call more', async () => {
  const site = new SmallSite();
  await site.seed();
  await site.active();
  expect(site.directory.nativeEnds.size).toBe(0);
  expect(moves(site)).toEqual([]);
  expect((await holdOf(site))?.nativeEnd).toBeUndefined();
});

describe('a second access to the same group', { tags: ['overlapping-grants'] }, () => {
  test('that ends later moves the end before it is confirmed', async () => {
    const site = await seeded();
    await site.active();
    const second = await site.active({ duration: DAY });
    expect(native(site)).toBe(anHourAfter(second));
    expect((await holdOf(site))?.nativeEnd).toBe(anHourAfter(second));
    await site.run(3 * HOUR);
    expect(site.isMember()).toBe(true);
  });

  test('that ends earlier moves nothing', async () => {
    const site = await seeded();
    const first = await site.active({ duration: DAY });
    await site.active();
    expect(native(site)).toBe(anHourAfter(first));
    expect(moves(site)).toEqual([]);
  });

  test('that has no end takes it away', async () => {
    const site = await seeded();
    await site.active();
    await site.active({ duration: null });
    expect(native(site)).toBeUndefined();
    expect((await holdOf(site))?.nativeEnd).toBeNull();
  });

  test('is confirmed also when the directory does not move it, and IT is told', async () => {
    const site = await seeded();
    const first = await site.active();
    site.directory.trouble = (call) => (call === 'moveNativeEnd' ? REFUSED : undefined);
    const second = await site.active({ duration: DAY });
    expect(native(site)).toBe(anHourAfter(first));
    expect((await holdOf(site))?.nativeEnd).toBe(anHourAfter(first));
    expect(await finding(site)).toMatchObject({ status: 'open', grantIds: [second.id] });
    const record = site.evidence(second.issueId).find((e) => e.event === 'grant.active');
    expect(JSON.stringify(record?.facts['nativeEnds'])).toContain('"failed":"invalid"');
    site.directory.trouble = () => undefined;
    await site.active({ duration: 2 * DAY });
    expect((await finding(site))?.status).toBe('resolved');
  });
});

test('a membership that was there before is never given an end', {
  tags: ['already-a-member'],
}, async () => {
  const site = await seeded();
  for (const group of [GROUP, 'g-editors']) site.directory.put({ group, person: PERSON }, true);
  await site.active();
  await site.active({ duration: DAY });
  expect(site.directory.nativeEnds.size).toBe(0);
  expect(moves(site)).toEqual([]);
});

test('somebody who was quicker than our own reading keeps their membership without an end', async () => {
  const site = await seeded();
  let raced = false;
  site.directory.trouble = (call) => {
    if (call === 'ensureMember' && !raced) {
      raced = true;
      site.directory.put({ group: GROUP, person: PERSON }, true);
    }
    return undefined;
  };
  await site.active();
  expect(await holdOf(site)).toMatchObject({ origin: 'pre-existing' });
  expect((await holdOf(site))?.nativeEnd).toBeUndefined();
  expect(native(site)).toBeUndefined();
});

test('a directory that refuses the end still gives the access, and IT is told', async () => {
  const site = await seeded();
  const ensure = site.directory.ensureMember.bind(site.directory);
  site.directory.ensureMember = async (m, until) =>
    until === undefined ? ensure(m) : { ok: false, error: REFUSED };
  const grant = await site.active();
  expect(site.isMember()).toBe(true);
  expect((await holdOf(site))?.nativeEnd).toBeUndefined();
  expect(await finding(site)).toMatchObject({ status: 'open' });
  await site.run(HOUR + 600);
  site.expectOver(grant);
});

describe('a directory whose own expiry is down still gives the access, and IT is told', {
  tags: ['directory-down'],
}, () => {
  const DOWN = { class: 'retryable', code: 'server-error', detail: 'It answered 503.' } as const;
  /** Only calls with an end fail; `applied`: the answer alone was lost. */
  async function withoutExpiry(how: { outcomeUnknown?: true; applied?: true }) {
    const site = await seeded();
    const ensure = site.directory.ensureMember.bind(site.directory);
    site.directory.ensureMember = async (m, until) => {
      if (until === undefined) return ensure(m);
      if (how.applied) await ensure(m, until);
      return { ok: false, error: { ...DOWN, ...(how.outcomeUnknown && { outcomeUnknown: true }) } };
    };
    return site;
  }

  test.each([
    ['that said so', {}],
    ['that did not answer', { outcomeUnknown: true }],
    ['that did not answer and had made it', { outcomeUnknown: true, applied: true }],
  ] as const)('one %s', async (_, how) => {
    const site = await withoutExpiry(how);
    const grant = await site.active();
    expect(site.isMember()).toBe(true);
    expect(await holdOf(site)).toMatchObject({ origin: 'absent' });
    expect(await finding(site)).toMatchObject({ status: 'open' });
    await site.run(HOUR + 600);
    site.expectOver(grant);
  });

  test('and what it may have made is taken back when the rest is refused', async () => {
    const site = await withoutExpiry({ outcomeUnknown: true, applied: true });
    const read = site.directory.isMember.bind(site.directory);
    let blind = true;
    site.directory.isMember = async (m) => (blind ? { ok: true, value: false } : read(m));
    const ensure = site.directory.ensureMember.bind(site.directory);
    site.directory.ensureMember = async (m, until) => {
      if (until !== undefined) return ensure(m, until);
      blind = false;
      return { ok: false, error: REFUSED };
    };
    const held = await site.approved();
    await provision(site.deps(), held);
    await site.run(600);
    expect((await site.grant(held.value.id)).state).toBe('blocked');
    expect(site.isMember()).toBe(false);
  });
});

test('an add whose answer was lost keeps the end that it was made with', {
  tags: ['answer-lost'],
}, async () => {
  const site = await seeded();
  let lost = false;
  site.directory.trouble = (call, about) => {
    if (call !== 'ensureMember' || about !== PLACE || lost) return undefined;
    lost = true;
    return 'lost';
  };
  const held = await site.approved();
  await site.queues.push('grant', [{ body: { kind: 'consent', issueId: held.value.issueId } }]);
  await site.run(600);
  const grant = await site.grant(held.value.id);
  expect(grant.state).toBe('active');
  expect((await holdOf(site))?.nativeEnd).toBe(native(site));
  expect((native(site) ?? '') >= (grant.endsAt ?? '')).toBe(true);
});

test('with the use of it switched off, an end that is too early is said and not touched', async () => {
  const site = await seeded();
  const first = await site.active();
  (site.directory.can as { nativeExpiry: boolean }).nativeExpiry = false;
  await site.active({ duration: DAY });
  expect(native(site)).toBe(anHourAfter(first));
  expect(await finding(site)).toMatchObject({ status: 'open' });
});
