import { beforeEach, describe, expect, test } from 'vitest';
import type { Directory, Membership } from '../../../src/directories/directory';
import { type Bench, failureIn, valueIn } from './bench';
import type { Subject } from './subject';

export function membershipContract(subject: Subject, bench: Bench): void {
  let directory: Directory;
  let m: Membership;
  beforeEach(async () => {
    directory = await bench.open(subject.address(bench), subject.credential(bench));
    m = {
      group: bench.group(subject.name, subject.group).id,
      person: bench.account(subject.name, 'requester').id,
    };
  });
  const really = (which = m) => bench.isReallyIn(subject.name, which);

  describe('a membership', () => {
    test('is made, seen, and made again without harm', async () => {
      expect(valueIn(await directory.isMember(m))).toBe(false);
      const first = valueIn(await directory.ensureMember(m));
      expect(['changed', 'accepted']).toContain(first.outcome);
      expect(really()).toBe(true);
      await bench.settle();
      expect(valueIn(await directory.isMember(m))).toBe(true);
      expect(valueIn(await directory.groupsOf(m.person))).toContain(m.group);
      const second = valueIn(await directory.ensureMember(m));
      expect(['already-so', 'accepted']).toContain(second.outcome);
      expect(really()).toBe(true);
    });

    test('is taken away, seen gone, and taken away again without harm', async () => {
      valueIn(await directory.ensureMember(m));
      await bench.settle();
      const first = valueIn(await directory.ensureNotMember(m));
      expect(['changed', 'accepted']).toContain(first.outcome);
      expect(really()).toBe(false);
      await bench.settle();
      expect(valueIn(await directory.isMember(m))).toBe(false);
      expect(valueIn(await directory.groupsOf(m.person))).not.toContain(m.group);
      const second = valueIn(await directory.ensureNotMember(m));
      expect(['already-so', 'accepted']).toContain(second.outcome);
    });

    test('is made with five calls and taken away with two', async () => {
      valueIn(await directory.person(m.person));
      valueIn(await directory.groupsOf(m.person));
      valueIn(await directory.describeGroup(m.group));
      valueIn(await directory.ensureMember(m));
      valueIn(await directory.isMember(m));
      expect(bench.calls()).toHaveLength(5);
      bench.forgetCalls();
      valueIn(await directory.ensureNotMember(m));
      valueIn(await directory.isMember(m));
      expect(bench.calls()).toHaveLength(2);
    });

    test('that someone else holds is not touched', async () => {
      const other = { ...m, person: bench.account(subject.name, 'friend').id };
      valueIn(await directory.ensureMember(other));
      valueIn(await directory.ensureMember(m));
      valueIn(await directory.ensureNotMember(m));
      expect(really(other)).toBe(true);
    });
  });

  describe('what is missing', () => {
    test('is nobody, nothing, and no membership when read', {
      tags: ['absent-or-lagging'],
    }, async () => {
      expect(valueIn(await directory.person(subject.missing.person))).toBeNull();
      expect(valueIn(await directory.describeGroup(subject.missing.group))).toBeNull();
      expect(valueIn(await directory.inspectGroup(subject.missing.group))).toBeNull();
      expect(valueIn(await directory.isMember({ ...m, person: subject.missing.person }))).toBe(
        false,
      );
      expect(valueIn(await directory.isMember({ ...m, group: subject.missing.group }))).toBe(false);
      const groups = failureIn(await directory.groupsOf(subject.missing.person));
      expect(groups).toMatchObject({ class: 'needs-human', code: 'person-not-found' });
    });

    test('is named when somebody is to be added', { tags: ['absent-or-lagging'] }, async () => {
      const nowhere = failureIn(
        await directory.ensureMember({ ...m, group: subject.missing.group }),
      );
      expect(nowhere).toMatchObject({ class: 'permanent', code: 'group-not-found' });
      const nobody = failureIn(
        await directory.ensureMember({ ...m, person: subject.missing.person }),
      );
      expect(nobody).toMatchObject({ class: 'needs-human', code: 'person-not-found' });
    });

    test('leaves nothing to remove', { tags: ['absent-or-lagging'] }, async () => {
      const nowhere = await directory.ensureNotMember({ ...m, group: subject.missing.group });
      expect(valueIn(nowhere).outcome).toBe('group-gone');
      const nobody = await directory.ensureNotMember({ ...m, person: subject.missing.person });
      expect(valueIn(nobody).outcome).toBe('person-gone');
    });

    test('costs one more call at most', async () => {
      await directory.groupsOf(m.person);
      bench.forgetCalls();
      valueIn(await directory.ensureNotMember({ ...m, person: subject.missing.person }));
      expect(bench.calls().length).toBeLessThanOrEqual(2);
    });
  });

  describe('a group', () => {
    test('is described by id, name and whether it can be changed', async () => {
      const { id, name } = bench.group(subject.name, subject.group);
      const plain = { id, name, writable: true, privileged: false };
      expect(valueIn(await directory.describeGroup(id))).toEqual(plain);
      expect(valueIn(await directory.inspectGroup(id))).toMatchObject(plain);
    });

    test.each(subject.unwritable)(
      'of the kind "%s" is known as %s before it is mapped',
      { tags: ['filled-by-rule', 'privileged-group'] },
      async (kind, why) => {
        const seen = valueIn(
          await directory.inspectGroup(bench.groupOfKind(subject.name, kind).id),
        );
        expect(seen?.writable).toMatchObject({ no: why });
        expect(seen?.privileged).toBe(why === 'privileged');
      },
    );

    const refused = subject.unwritable.filter(([, , answer]) => answer === 'refused');
    test.each(refused)('of the kind "%s" is refused and left as it was', async (kind) => {
      const there = { ...m, group: bench.groupOfKind(subject.name, kind).id };
      const before = really(there);
      const added = failureIn(await directory.ensureMember(there));
      expect(added).toMatchObject({ class: 'permanent', code: 'group-not-writable' });
      const taken = failureIn(await directory.ensureNotMember(there));
      expect(taken).toMatchObject({ class: 'permanent', code: 'group-not-writable' });
      expect(really(there)).toBe(before);
    });
  });
}
