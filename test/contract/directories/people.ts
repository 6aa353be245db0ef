import { beforeEach, describe, expect, test } from 'vitest';
import type { WorldAccount } from '../../../sandbox/world/world';
import type { Directory } from '../../../src/directories/directory';
import { type Bench, valueIn } from './bench';
import type { Subject } from './subject';

export function peopleContract(subject: Subject, bench: Bench): void {
  let directory: Directory;
  beforeEach(async () => {
    directory = await bench.open(subject.address(bench), subject.credential(bench));
  });
  const all = bench.world.people.flatMap((p) =>
    p.accounts.filter((a) => a.directory === subject.name),
  );
  const some = (which: (account: WorldAccount) => boolean) => {
    const found = all.find(which);
    if (!found) throw new Error('The world has no such account');
    return found;
  };
  const idsFor = async (address: string) =>
    valueIn(await directory.findPeople(address)).map((person) => person.id);

  describe('a person', () => {
    test('is found by the exact address, however it is written', {
      tags: ['email-mismatch'],
    }, async () => {
      const { id, email } = bench.account(subject.name, 'requester');
      expect(await idsFor(email)).toEqual([id]);
      expect(await idsFor(email.toUpperCase())).toEqual([id]);
    });

    test("is told with department and kind of employment, in the directory's own words", async () => {
      const known = bench.world.people.find((p) => p.key === 'requester');
      const { id } = bench.account(subject.name, 'requester');
      expect(valueIn(await directory.person(id))).toMatchObject({
        department: known?.department,
        employment: known?.employment,
      });
      // Only some directories hold people from outside.
      const outside = bench.world.people.find((p) => p.key === 'contractor');
      const theirs = outside?.accounts.find((a) => a.directory === subject.name);
      if (theirs)
        expect(valueIn(await directory.person(theirs.id))).toMatchObject({
          employment: 'contractor',
        });
    });

    test('is not found by a part of an address, a name or a wildcard', {
      tags: ['email-mismatch'],
    }, async () => {
      const { email } = bench.account(subject.name, 'requester');
      const [local = '', domain = ''] = email.split('@');
      for (const wrong of [
        local,
        `*@${domain}`,
        `${local}*`,
        `@${domain}`,
        `x${email}`,
        'Rosalind',
      ]) {
        expect(await idsFor(wrong), wrong).toEqual([]);
      }
    });

    test('is not found by an address that reads as an expression', {
      tags: ['email-mismatch'],
    }, async () => {
      const { email } = bench.account(subject.name, 'requester');
      const tricks = [
        `nobody@x.example" or profile.email eq "${email}`,
        `nobody@x.example' or mail eq '${email}`,
        `nobody@x.example email:${email}`,
        `nobody@x.example&$filter=mail eq '${email}'`,
        `${email}#`,
        "o'brien@latchkey-demo.example",
        'back\\slash@latchkey-demo.example',
        'a/b@latchkey-demo.example',
      ];
      for (const trick of tricks) expect(await idsFor(trick), trick).toEqual([]);
    });

    test('with a sub-address is found by it and by nothing less', {
      tags: ['email-mismatch'],
    }, async () => {
      const { id, email } = some((a) => a.email.includes('+'));
      expect(await idsFor(email)).toEqual([id]);
      expect(await idsFor(email.replace('+', ' '))).toEqual([]);
      expect(await idsFor(email.replace('+', '%2B'))).toEqual([]);
    });

    test('who is suspended is found and shown as inactive', {
      tags: ['person-suspended'],
    }, async () => {
      const { id, email } = bench.account(subject.name, 'leaver');
      const [person] = valueIn(await directory.findPeople(email));
      expect(person).toMatchObject({ id, active: false });
      expect(valueIn(await directory.person(id))).toMatchObject({ id, active: false });
    });

    test('whom the directory does not know is nobody', {
      tags: ['person-missing-or-double'],
    }, async () => {
      const newcomer = bench.world.people.find((p) => p.key === 'newcomer');
      expect(await idsFor(newcomer?.email ?? '')).toEqual([]);
      expect(await idsFor('someone@elsewhere.example')).toEqual([]);
    });

    test('is read by id and never by a login', async () => {
      const { id, email, login } = bench.account(subject.name, 'requester');
      const person = valueIn(await directory.person(id));
      expect(person).toMatchObject({ id, email, active: true });
      expect(person?.addresses).toContain(login.toLowerCase());
      expect(valueIn(await directory.person(login))).toBeNull();
    });

    test('has the manager that the directory names', async () => {
      const requester = bench.account(subject.name, 'requester').id;
      const manager = bench.account(subject.name, 'manager').id;
      expect(valueIn(await directory.managerOf(requester))?.id).toBe(manager);
    });

    test('without a manager has none, and neither has nobody', async () => {
      const top = bench.world.people.find((p) => p.manager === undefined && p.key !== 'newcomer');
      const { id } = bench.account(subject.name, top?.key ?? '');
      expect(valueIn(await directory.managerOf(id))).toBeNull();
      expect(valueIn(await directory.managerOf(subject.missing.person))).toBeNull();
    });
  });
}
