import { beforeEach, describe, expect, test } from 'vitest';
import type { Directory, DirectoryPerson } from '../../../src/directories/directory';
import { type Bench, pagesOf, valueIn } from './bench';
import type { Subject } from './subject';

export function manyPeopleContract(subject: Subject, bench: Bench): void {
  const everybody = bench.world.people.flatMap((p) =>
    p.accounts.filter((a) => a.directory === subject.name),
  );
  const hands = () => bench.hands(subject.name);
  const id = (key = 'requester') => bench.account(subject.name, key).id;
  const idsOf = (people: readonly DirectoryPerson[]) => people.map((person) => person.id).sort();
  let directory: Directory;
  const ready = () =>
    beforeEach(async () => {
      const accountAttribute = hands().attribute;
      const address = { ...subject.address(bench), accountAttribute };
      directory = await bench.open(address, subject.credential(bench));
    });

  describe('many people', () => {
    ready();

    test('are all listed, each once, with a status that says whether they are active', async () => {
      const listed = await pagesOf((cursor) => directory.listPeople(cursor));
      const ids = idsOf(listed);
      expect(ids).toEqual([...new Set(ids)]);
      const active = everybody.filter((account) => account.active).map((account) => account.id);
      expect(ids).toEqual(expect.arrayContaining(active));
      for (const { id, active, status } of listed) expect(active, id).toBe(status === 'active');
    });

    test('are read by id, without who is missing, in no more calls than there are people', async () => {
      const ids = everybody.slice(0, 49).map((account) => account.id);
      bench.forgetCalls();
      const read = valueIn(await directory.peopleById([...ids, subject.missing.person]));
      expect(idsOf(read)).toEqual([...ids].sort());
      expect(bench.calls().length).toBeLessThanOrEqual(50);
      expect(valueIn(await directory.peopleById([]))).toEqual([]);
    });

    test('are the same however they are read', async () => {
      const alone = valueIn(await directory.person(id()));
      const [among] = valueIn(await directory.peopleById([id()]));
      const listed = await pagesOf((cursor) => directory.listPeople(cursor));
      expect(among).toEqual(alone);
      expect(listed.find((person) => person.id === id())).toEqual(alone);
    });

    test('have the title and department that the directory names', async () => {
      const { title, department } = bench.world.people.find((p) => p.key === 'requester') ?? {};
      expect(valueIn(await directory.person(id()))).toMatchObject({ title, department });
      expect(valueIn(await directory.person(id('leaver')))?.status).toBe('suspended');
    });
  });

  describe('a person whom an attribute ties to an Atlassian account', () => {
    ready();

    const account = bench.world.people.find((p) => p.key === 'requester')?.jira?.accountId ?? '';

    test('is found by exactly that account', { tags: ['email-mismatch'] }, async () => {
      await hands().hold(id(), account);
      await bench.settle();
      const idsFor = async (text: string) => idsOf(valueIn(await directory.findByAccount(text)));
      expect(await idsFor(account)).toEqual([id()]);
      const tricks = [
        account.slice(0, -1),
        `${account}x`,
        '*',
        `${account}*`,
        '',
        `x" or id pr or id eq "`,
        `x' or 1 eq 1 or x eq '`,
        `x' OR '1'='1`,
        `${account}#`,
        `${account}&a=b`,
        'o\\"neil',
      ];
      for (const trick of tricks) expect(await idsFor(trick), trick).toEqual([]);
    });

    test('is found by nothing while no attribute is named', async () => {
      await hands().hold(id(), account);
      await bench.settle();
      const { accountAttribute: _, ...address } = subject.address(bench);
      const plain = await bench.open(address, subject.credential(bench));
      expect(valueIn(await plain.findByAccount(account))).toEqual([]);
    });
  });
}
