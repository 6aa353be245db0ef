import { beforeEach, describe, expect, test } from 'vitest';
import type { Directory, GroupListing } from '../../../src/directories/directory';
import { type Bench, failureIn, pagesOf, valueIn } from './bench';
import type { Subject } from './subject';

interface Run {
  readonly changed: ReadonlyMap<string, GroupListing>;
  readonly deleted: readonly string[];
  readonly whole: boolean;
  readonly mark: string;
}

export function groupsContract(subject: Subject, bench: Bench): void {
  const here = bench.world.groups.filter((g) => g.directory === subject.name);
  const group = () => bench.group(subject.name, subject.group);
  const another = () => {
    const plain = here.find((g) => g.kind === 'plain' && g.key !== subject.group);
    if (!plain) throw new Error('The world has no other group');
    return plain;
  };
  const hands = () => bench.hands(subject.name);
  let directory: Directory;
  const ready = () =>
    beforeEach(async () => {
      directory = await bench.open(subject.address(bench), subject.credential(bench));
    });

  async function run(mark?: string): Promise<Run> {
    const changed = new Map<string, GroupListing>();
    const deleted: string[] = [];
    let ask: { mark?: string; cursor?: string } = mark === undefined ? {} : { mark };
    for (;;) {
      const page = valueIn(await directory.changedGroups(ask));
      for (const one of page.changed) changed.set(one.id, one);
      deleted.push(...page.deleted);
      if (page.cursor === undefined)
        return { changed, deleted, whole: page.whole, mark: page.mark ?? '' };
      expect(page.mark).toBeUndefined();
      ask = { ...ask, cursor: page.cursor };
    }
  }

  describe('groups', () => {
    ready();

    test('are found by how their name begins, whatever its case', async () => {
      const { id, name } = group();
      for (const text of [name, name.slice(0, 4).toUpperCase(), name.toLowerCase()]) {
        const found = valueIn(await directory.searchGroups(text));
        expect(
          found.map((one) => one.id),
          text,
        ).toContain(id);
        for (const one of found) expect(one.name.toLowerCase()).toMatch(text.toLowerCase());
      }
    });

    test('are not found by anything else, and the text is never an expression', async () => {
      const { name } = group();
      const inside = name.slice(2);
      for (const odd of [inside, `*${inside}`, '"', `${name}" or id pr or id eq "`, "o'neil", '\\'])
        for (const one of valueIn(await directory.searchGroups(odd)))
          expect(one.name.toLowerCase().startsWith(odd.toLowerCase()), odd).toBe(true);
    });

    test('are described in a list as they are alone', async () => {
      const { changed } = await run();
      // An administrator of some groups is not shown Okta's group of everybody.
      for (const { id } of here.filter((g) => g.kind !== 'built-in').slice(0, 12)) {
        const alone = valueIn(await directory.describeGroup(id));
        const listed = changed.get(id);
        // A list may know less of what keeps the app from writing; never another name.
        expect({ id: listed?.id, name: listed?.name }).toEqual({
          id: alone?.id,
          name: alone?.name,
        });
        expect(typeof listed?.kind).toBe('string');
      }
    });
  });

  describe('what changed in the groups', () => {
    ready();

    test('is every one of them at first', async () => {
      const { changed, deleted, whole } = await run();
      expect([...changed.keys()].sort()).toEqual(
        expect.arrayContaining(here.filter((g) => g.kind !== 'built-in').map((g) => g.id)),
      );
      expect(deleted).toEqual([]);
      expect(whole).toBe(true);
    });

    test('is nothing, or everything once more, when nothing changed', async () => {
      const { mark } = await run();
      await bench.settle();
      bench.forgetCalls();
      const again = await run(mark);
      if (again.whole) return expect(again.changed.size).toBeGreaterThan(0);
      expect(again.changed.size).toBe(0);
      expect(again.deleted).toEqual([]);
    });

    test('is a new name, and the id stays', { tags: ['look-alike-group'] }, async () => {
      const { mark } = await run();
      await bench.settle();
      await hands().rename(group().id, 'Renamed By Hand');
      await bench.settle();
      const after = await run(mark);
      expect(after.changed.get(group().id)?.name).toBe('Renamed By Hand');
      if (directory.can.incremental) expect(after.changed.size).toBeLessThan(here.length);
      expect(valueIn(await directory.describeGroup(group().id))?.name).toBe('Renamed By Hand');
    });

    test('is never lost between two runs, however late readers see it', {
      tags: ['absent-or-lagging'],
    }, async () => {
      let { mark } = await run();
      await hands().rename(group().id, 'Renamed By Hand');
      const seen = new Set<string | undefined>();
      for (let i = 0; i < 8; i++) {
        const next = await run(mark);
        ({ mark } = next);
        seen.add(next.changed.get(group().id)?.name);
        await bench.clock.advance(i < 6 ? 1000 : 60_000);
      }
      expect(seen).toContain('Renamed By Hand');
    });

    test('is a deletion, told or seen by its absence', { tags: ['group-deleted'] }, async () => {
      const { mark } = await run();
      await bench.settle();
      await hands().remove(another().id);
      await bench.settle();
      const after = await run(mark);
      if (directory.can.tellsDeletedGroups) expect(after.deleted).toEqual([another().id]);
      else expect(after.deleted).toEqual([]);
      expect(after.changed.has(another().id)).toBe(false);
      expect((await run()).changed.has(another().id)).toBe(false);
      expect(valueIn(await directory.describeGroup(another().id))).toBeNull();
    });

    test.each(['', 'x', '{"v":2}', 'https://elsewhere.example/?x=1'])(
      'since a mark that says nothing (%s) is asked for anew',
      async (mark) => {
        if (!directory.can.incremental) return;
        const refused = failureIn(await directory.changedGroups({ mark }));
        expect(refused).toMatchObject({ class: 'permanent', code: 'mark-expired' });
      },
    );
  });

  describe('the members of a group', () => {
    ready();

    test('are all of them, each once, with what they are', async () => {
      const person = bench.account(subject.name, 'requester').id;
      valueIn(await directory.ensureMember({ group: group().id, person }));
      await bench.settle();
      const members = await pagesOf((cursor) => directory.membersOf(group().id, cursor));
      const ids = members.map((member) => member.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toContain(person);
      expect(new Set(members.map(({ kind }) => kind))).toEqual(new Set(['person']));
      const { department } = bench.world.people.find((p) => p.key === 'requester') ?? {};
      const seen = members.find((member) => member.id === person);
      if (directory.can.membersTellDepartment) expect(seen?.department).toBe(department);
      else expect(seen).not.toHaveProperty('department');
    });

    test('are told apart from groups within it, which give nobody anything here', async () => {
      const { nest } = hands();
      if (!nest) return;
      const person = bench.account(subject.name, 'requester').id;
      valueIn(await directory.ensureMember({ group: another().id, person }));
      await nest(group().id, another().id);
      await bench.settle();
      const members = await pagesOf((cursor) => directory.membersOf(group().id, cursor));
      expect(members).toContainEqual({ id: another().id, kind: 'group' });
      expect(members.map((member) => member.id)).not.toContain(person);
      expect(valueIn(await directory.isMember({ group: group().id, person }))).toBe(false);
      expect(valueIn(await directory.groupsOf(person))).not.toContain(group().id);
    });

    test('of a group that is gone are not nobody', { tags: ['group-deleted'] }, async () => {
      const gone = failureIn(await directory.membersOf(subject.missing.group));
      expect(gone).toMatchObject({ class: 'permanent', code: 'group-not-found' });
      await hands().remove(group().id);
      await bench.settle();
      expect(failureIn(await directory.membersOf(group().id)).code).toBe('group-not-found');
    });
  });
}
