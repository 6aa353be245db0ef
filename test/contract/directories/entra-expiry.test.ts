import { beforeEach, describe, expect, test } from 'vitest';
import { type Instant, instant } from '../../../src/shared/instant';
import { Bench, failureIn, valueIn } from './bench';
import { byHand, openEntra, secret } from './entra-tenant';

const bench = new Bench();
beforeEach(() => bench.reset());
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const m = () => ({
  group: bench.group('entra', 'salesforce-users').id,
  person: bench.account('entra', 'requester').id,
});
const really = () => bench.isReallyIn('entra', m());
const inMs = (ms: number): Instant => instant(bench.clock.now() + ms);
const open = (as = secret(bench)) => openEntra(bench, { as, address: { nativeExpiry: true } });

describe('a membership that Entra ID ends by itself', () => {
  test('is there only when an administrator switched it on', async () => {
    expect((await open()).can.nativeExpiry).toBe(true);
    const plain = await openEntra(bench);
    expect(plain.can.nativeExpiry).toBe(false);
    valueIn(await plain.ensureMember(m()));
    await bench.clock.advance(3 * HOUR);
    expect(really()).toBe(true);
  });

  test('is made, seen, made again without harm, and ends', async () => {
    const directory = await open();
    const until = inMs(2 * HOUR);
    expect(valueIn(await directory.ensureMember(m(), until)).outcome).toBe('changed');
    await bench.settle();
    expect(valueIn(await directory.isMember(m()))).toBe(true);
    expect(valueIn(await directory.ensureMember(m(), until)).outcome).toBe('already-so');
    await bench.clock.advance(2 * HOUR);
    expect(really()).toBe(false);
    expect(valueIn(await directory.isMember(m()))).toBe(false);
  });

  test('that was there before us without an end keeps none', {
    tags: ['already-a-member'],
  }, async () => {
    await byHand(bench, 'POST', `/groups/${m().group}/members/$ref`, {
      '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${m().person}`,
    });
    const directory = await open();
    const again = valueIn(await directory.ensureMember(m(), inMs(HOUR)));
    expect(again.outcome).toBe('already-so');
    expect(failureIn(await directory.moveNativeEnd(m(), inMs(HOUR)))).toMatchObject({
      class: 'permanent',
      code: 'not-found',
    });
    await bench.clock.advance(3 * HOUR);
    expect(really()).toBe(true);
  });

  test('whose end is only minutes away ends a little later rather than never beginning', async () => {
    const directory = await open();
    valueIn(await directory.ensureMember(m(), inMs(MINUTE)));
    await bench.clock.advance(2 * MINUTE);
    expect(really()).toBe(true);
    await bench.clock.advance(4 * MINUTE);
    expect(really()).toBe(false);
  });

  test('can be moved to a later end, and to no end only where the group allows it', async () => {
    const directory = await open();
    valueIn(await directory.ensureMember(m(), inMs(HOUR)));
    valueIn(await directory.moveNativeEnd(m(), inMs(5 * HOUR)));
    const forever = failureIn(await directory.moveNativeEnd(m(), null));
    expect(forever).toMatchObject({ class: 'permanent', code: 'invalid' });
    expect(forever.detail).toContain('Privileged Identity Management');
    await bench.clock.advance(3 * HOUR);
    expect(really()).toBe(true);
    await bench.clock.advance(3 * HOUR);
    expect(really()).toBe(false);
  });

  test('stays for five minutes, is taken away like any other then, and leaves no end behind', async () => {
    const directory = await open();
    valueIn(await directory.ensureMember(m(), inMs(2 * HOUR)));
    const early = failureIn(await directory.ensureNotMember(m()));
    expect(early).toMatchObject({ class: 'retryable', code: 'conflict', retryAfter: 300 });
    expect(really()).toBe(true);
    await bench.clock.advance(5 * MINUTE);
    expect(valueIn(await directory.ensureNotMember(m())).outcome).toBe('changed');
    // Somebody's own membership, made afterwards, does not end with ours.
    valueIn(await directory.ensureMember(m()));
    await bench.clock.advance(3 * HOUR);
    expect(really()).toBe(true);
  });

  test('needs a licence, a permission, an allowed length and both ends, and says which', async () => {
    const directory = await open();
    const tooLong = failureIn(await directory.ensureMember(m(), inMs(400 * 24 * HOUR)));
    expect(tooLong).toMatchObject({ class: 'permanent', code: 'invalid' });
    const least = await open(secret(bench, 'least'));
    const unallowed = failureIn(await least.ensureMember(m(), inMs(HOUR)));
    expect(unallowed).toMatchObject({ class: 'needs-human', code: 'scope-missing' });
    expect(unallowed.detail).toContain('PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup');
    const nowhere = { ...m(), group: '00000000-0000-4000-8000-000000000001' };
    const nobody = { ...m(), person: '00000000-0000-4000-8000-000000000002' };
    const until = inMs(HOUR);
    expect(failureIn(await directory.ensureMember(nowhere, until)).code).toBe('group-not-found');
    expect(failureIn(await directory.ensureMember(nobody, until)).code).toBe('person-not-found');
    bench.directories.entra.setLicence('p1');
    const unpaid = failureIn(await directory.ensureMember(m(), until));
    expect(unpaid).toMatchObject({ class: 'needs-human', code: 'forbidden' });
    expect(unpaid.detail).toContain('licence');
    expect(really()).toBe(false);
  });

  test.each(['dynamic', 'synced', 'mail', 'privileged'] as const)(
    'in a group of the kind "%s" is refused for what the group is',
    async (kind) => {
      const there = { ...m(), group: bench.groupOfKind('entra', kind).id };
      const refused = failureIn(await (await open()).ensureMember(there, inMs(HOUR)));
      expect(refused).toMatchObject({ class: 'permanent', code: 'group-not-writable' });
    },
  );

  test('whose answer is lost is known the next time', { tags: ['answer-lost'] }, async () => {
    const directory = await open();
    const path = 'assignmentScheduleRequests';
    bench.faults.add({ server: 'entra', path, kind: 'cut', applied: true, times: 1 });
    const lost = failureIn(await directory.ensureMember(m(), inMs(HOUR)));
    expect(lost).toMatchObject({ class: 'retryable', outcomeUnknown: true });
    expect(valueIn(await directory.ensureMember(m(), inMs(HOUR))).outcome).toBe('already-so');
  });

  test('that Entra takes and then leaves undone is not called done', {
    tags: ['broken-answer'],
  }, async () => {
    const body = { status: 'Failed', id: 'x' };
    const path = 'assignmentScheduleRequests';
    bench.faults.add({ server: 'entra', path, status: 201, body, times: 1 });
    const failed = failureIn(await (await open()).ensureMember(m(), inMs(HOUR)));
    expect(failed).toMatchObject({ class: 'retryable', code: 'bad-answer', outcomeUnknown: true });
  });
});
