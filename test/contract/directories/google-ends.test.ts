import { beforeEach, describe, expect, test } from 'vitest';
import { instant } from '../../../src/shared/instant';
import { Bench, failureIn, valueIn } from './bench';
import { delegated, heldToDescription, openGoogle, subject } from './google-subject';

const HOUR = 3_600_000;

describe('memberships that Google ends by itself', () => {
  const bench = new Bench();
  beforeEach(() => bench.reset());
  heldToDescription(bench);
  const m = () => ({
    group: bench.group('google', 'bigquery-users').id,
    person: bench.account('google', 'requester').id,
  });
  const inHours = (hours: number) => instant(bench.clock.now() + hours * HOUR);
  const really = () => bench.isReallyIn('google', m());

  test('end at their time, with two calls more than none', async () => {
    const directory = await openGoogle(bench);
    expect(directory.can.nativeExpiry).toBe(true);
    expect(valueIn(await directory.ensureMember(m(), inHours(2))).outcome).toBe('changed');
    expect(bench.calls()).toHaveLength(2);
    expect(really()).toBe(true);
    await bench.clock.advance(1.9 * HOUR);
    expect(valueIn(await directory.isMember(m()))).toBe(true);
    await bench.clock.advance(0.2 * HOUR);
    expect(really()).toBe(false);
    expect(valueIn(await directory.isMember(m()))).toBe(false);
  });

  test('keep the end they have, or none, when they are there already', {
    tags: ['already-a-member'],
  }, async () => {
    const directory = await openGoogle(bench);
    valueIn(await directory.ensureMember(m()));
    const again = valueIn(await directory.ensureMember(m(), inHours(1)));
    expect(again).toMatchObject({ outcome: 'already-so', status: 409 });
    await bench.clock.advance(2 * HOUR);
    expect(really()).toBe(true);
  });

  test('end later when moved, and never when the end is taken away', async () => {
    const directory = await openGoogle(bench);
    valueIn(await directory.ensureMember(m(), inHours(1)));
    await bench.settle();
    valueIn(await directory.moveNativeEnd(m(), inHours(3)));
    await bench.clock.advance(2 * HOUR);
    expect(really()).toBe(true);
    valueIn(await directory.moveNativeEnd(m(), null));
    await bench.clock.advance(24 * HOUR);
    expect(really()).toBe(true);
    valueIn(await directory.ensureNotMember(m()));
    expect(really()).toBe(false);
  });

  test('leave no end behind for a membership that is made anew', async () => {
    const directory = await openGoogle(bench);
    valueIn(await directory.ensureMember(m(), inHours(1)));
    valueIn(await directory.ensureNotMember(m()));
    valueIn(await directory.ensureMember(m()));
    await bench.clock.advance(2 * HOUR);
    expect(really()).toBe(true);
  });

  test('are refused in words by an edition that has none, and nothing is left behind', async () => {
    const { google } = bench.directories;
    google.restore({ ...(google.snapshot() as object), ...withoutExpiry(google.snapshot()) });
    const directory = await openGoogle(bench);
    const refused = failureIn(await directory.ensureMember(m(), inHours(1)));
    expect(refused).toMatchObject({ class: 'needs-human', code: 'forbidden' });
    expect(refused.detail).toContain('Enterprise');
    expect(really()).toBe(false);
  });

  test('name the end that is missing', { tags: ['absent-or-lagging'] }, async () => {
    const directory = await openGoogle(bench);
    const until = inHours(1);
    const nowhere = { ...m(), group: subject.missing.group };
    expect(failureIn(await directory.ensureMember(nowhere, until)).code).toBe('group-not-found');
    const nobody = { ...m(), person: subject.missing.person };
    expect(failureIn(await directory.ensureMember(nobody, until)).code).toBe('person-not-found');
    expect(failureIn(await directory.moveNativeEnd(m(), until)).code).toBe('not-found');
  });

  test('are not made in a group that Google fills itself', {
    tags: ['filled-by-rule'],
  }, async () => {
    const dynamic = { ...m(), group: bench.groupOfKind('google', 'dynamic').id };
    const refused = failureIn(await (await openGoogle(bench)).ensureMember(dynamic, inHours(1)));
    expect(refused).toMatchObject({ class: 'permanent', code: 'group-not-writable' });
  });

  test('are not asked for where they are not switched on', async () => {
    const plain = await bench.open(
      { ...subject.address(bench), nativeExpiry: false },
      delegated(bench),
    );
    expect(plain.can.nativeExpiry).toBe(false);
    valueIn(await plain.ensureMember(m(), inHours(1)));
    expect(bench.calls().map(({ path }) => path)).toEqual([
      `/admin/directory/v1/groups/${m().group}/members`,
    ]);
  });
});

function withoutExpiry(snapshot: unknown): object {
  const { state } = snapshot as { state: object };
  return { state: { ...state, endsMemberships: false } };
}
