import { beforeEach, describe, expect, test } from 'vitest';
import type { Directory, Membership } from '../../../src/directories/directory';
import { type Instant, instant } from '../../../src/shared/instant';
import { type Bench, failureIn, valueIn } from './bench';
import type { Subject } from './subject';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export function endingsContract(subject: Subject, bench: Bench): void {
  let directory: Directory;
  let m: Membership;
  const really = () => bench.isReallyIn(subject.name, m);
  const ahead = (ms: number): Instant => instant(bench.clock.now() + ms);
  const open = (nativeExpiry: boolean) => {
    const { nativeExpiry: _, ...address } = subject.address(bench);
    const { lifecycle } = bench.hands(subject.name);
    return bench.open(
      { ...address, ...(nativeExpiry && { nativeExpiry }) },
      subject.credential(bench),
      lifecycle ? { lifecycle } : {},
    );
  };
  const ready = () =>
    beforeEach(async () => {
      directory = await open(true);
      m = {
        group: bench.group(subject.name, subject.group).id,
        person: bench.account(subject.name, 'requester').id,
      };
    });

  describe('a membership that the directory ends by itself', () => {
    ready();

    test('is offered only where an administrator switched that on', async () => {
      expect((await open(false)).can.nativeExpiry).toBe(false);
    });

    test('is there until its end, and then gone without a call of ours', async () => {
      if (!directory.can.nativeExpiry) return;
      expect(valueIn(await directory.ensureMember(m, ahead(2 * HOUR))).outcome).toBe('changed');
      await bench.clock.advance(HOUR);
      expect(really()).toBe(true);
      expect(valueIn(await directory.isMember(m))).toBe(true);
      await bench.clock.advance(HOUR + 5 * MINUTE);
      expect(really()).toBe(false);
      expect(valueIn(await directory.isMember(m))).toBe(false);
    });

    test('that was there without an end is given none', {
      tags: ['already-a-member'],
    }, async () => {
      if (!directory.can.nativeExpiry) return;
      valueIn(await directory.ensureMember(m));
      await bench.settle();
      const again = valueIn(await directory.ensureMember(m, ahead(HOUR)));
      expect(again.outcome).toBe('already-so');
      await bench.clock.advance(2 * HOUR);
      expect(really()).toBe(true);
    });

    test('that had an end keeps it', { tags: ['already-a-member'] }, async () => {
      if (!directory.can.nativeExpiry) return;
      valueIn(await directory.ensureMember(m, ahead(HOUR)));
      await bench.settle();
      const again = valueIn(await directory.ensureMember(m, ahead(9 * HOUR)));
      expect(again.outcome).toBe('already-so');
      await bench.clock.advance(HOUR + 5 * MINUTE);
      expect(really()).toBe(false);
    });

    test('ends later when its end is moved', async () => {
      if (!directory.can.nativeExpiry) return;
      valueIn(await directory.ensureMember(m, ahead(HOUR)));
      await bench.settle();
      valueIn(await directory.moveNativeEnd(m, ahead(3 * HOUR)));
      await bench.clock.advance(2 * HOUR);
      expect(really()).toBe(true);
      await bench.clock.advance(HOUR + 5 * MINUTE);
      expect(really()).toBe(false);
    });

    test('has no end any more, or keeps it where the directory refuses that', async () => {
      if (!directory.can.nativeExpiry) return;
      valueIn(await directory.ensureMember(m, ahead(HOUR)));
      await bench.settle();
      const freed = await directory.moveNativeEnd(m, null);
      if (!freed.ok) expect(freed.error.class).not.toBe('retryable');
      await bench.clock.advance(2 * HOUR);
      expect(really()).toBe(freed.ok);
    });

    test('is taken away before its end like any other', async () => {
      if (!directory.can.nativeExpiry) return;
      valueIn(await directory.ensureMember(m, ahead(2 * HOUR)));
      // Entra does not let go of one in its first five minutes.
      await bench.clock.advance(6 * MINUTE);
      valueIn(await directory.ensureNotMember(m));
      expect(really()).toBe(false);
      await bench.clock.advance(3 * HOUR);
      expect(really()).toBe(false);
    });

    test('is not made by moving the end of one that is not there', async () => {
      if (!directory.can.nativeExpiry) return;
      expect(failureIn(await directory.moveNativeEnd(m, ahead(HOUR))).class).not.toBe('retryable');
      await bench.settle();
      expect(really()).toBe(false);
    });

    test.each(['group', 'person'] as const)('names a missing %s', async (end) => {
      if (!directory.can.nativeExpiry) return;
      const nowhere = { ...m, [end]: subject.missing[end] };
      const { code } = failureIn(await directory.ensureMember(nowhere, ahead(HOUR)));
      expect(code).toBe(`${end}-not-found`);
    });
  });

  describe('signing somebody out', () => {
    ready();

    test('is done, again without harm, and takes no membership', async () => {
      valueIn(await directory.ensureMember(m));
      for (let i = 0; i < 2; i++) {
        const { outcome } = valueIn(await directory.endSessions(m.person));
        expect(['changed', 'accepted']).toContain(outcome);
      }
      expect(really()).toBe(true);
      expect(valueIn(await directory.person(m.person))?.active).toBe(true);
    });

    test('finds nothing to do for somebody who is gone', {
      tags: ['person-missing-or-double'],
    }, async () => {
      const { outcome } = valueIn(await directory.endSessions(subject.missing.person));
      expect(outcome).toBe('person-gone');
    });

    test('without the permission asks for a person and names what is missing', {
      tags: ['credential-refused'],
    }, async () => {
      if (bench.faultless) return;
      const address = subject.address(bench);
      const weak = await bench.open(address, subject.readOnlyCredential(bench));
      const refused = failureIn(await weak.endSessions(m.person));
      expect(refused).toMatchObject({ class: 'needs-human', code: 'scope-missing' });
      expect(refused.detail).toMatch(/[.]$/);
    });
  });
}
