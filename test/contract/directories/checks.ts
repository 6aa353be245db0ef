import { beforeEach, describe, expect, test } from 'vitest';
import type {
  CheckLine,
  Credential,
  Directory,
  Membership,
} from '../../../src/directories/directory';
import type { Bench } from './bench';
import { valueIn } from './bench';
import type { Subject } from './subject';

export function checksContract(subject: Subject, bench: Bench): void {
  let m: Membership;
  const ready = () =>
    beforeEach(() => {
      m = {
        group: bench.group(subject.name, subject.group).id,
        person: bench.account(subject.name, 'requester').id,
      };
    });
  const really = () => bench.isReallyIn(subject.name, m);
  const open = (credential: Credential = subject.credential(bench)): Promise<Directory> =>
    bench.open(subject.address(bench), credential);
  const changeIn = (lines: readonly CheckLine[]) =>
    lines.find(({ id }) => id === 'change-test-group');

  function sound(lines: readonly CheckLine[]): void {
    const ids = lines.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    for (const line of lines) {
      expect(line.name, line.id).not.toBe('');
      expect(line.sentence, line.id).toMatch(/[.]$/);
      if (line.state !== 'passed' && line.state !== 'not-tested')
        expect(line.mend, line.id).toMatch(/[.]$/);
    }
  }

  describe('the checks of a connection', () => {
    ready();

    test('add the test person to the test group and leave nothing behind', async () => {
      const lines = await (await open()).selfTest(m);
      sound(lines);
      expect(changeIn(lines)).toMatchObject({ state: 'passed' });
      await bench.settle();
      expect(really()).toBe(false);
    });

    test('take nobody out who was in the group before', {
      tags: ['already-a-member'],
    }, async () => {
      const directory = await open();
      valueIn(await directory.ensureMember(m));
      await bench.settle();
      const lines = await directory.selfTest(m);
      expect(changeIn(lines)).toMatchObject({ state: 'not-tested' });
      expect(really()).toBe(true);
    });

    test('change nothing without a test group', async () => {
      const lines = await (await open()).selfTest();
      expect(changeIn(lines)).toMatchObject({ state: 'not-tested' });
      const reads = (call: { method: string; path: string }) =>
        call.method === 'GET' || /getByIds|\$batch/.test(call.path);
      if (!bench.faultless) expect(bench.calls().filter((call) => !reads(call))).toEqual([]);
    });

    test('refuse a test group that carries administrator rights', {
      tags: ['privileged-group'],
    }, async () => {
      const privileged = { ...m, group: bench.groupOfKind(subject.name, 'privileged').id };
      const lines = await (await open()).selfTest(privileged);
      expect(changeIn(lines)).toMatchObject({ state: 'not-tested', mend: expect.any(String) });
      expect(bench.isReallyIn(subject.name, privileged)).toBe(false);
    });

    test('of a credential that only reads name what is missing, in the directory’s words', {
      tags: ['credential-refused'],
    }, async () => {
      if (bench.faultless) return;
      const lines = await (await open(subject.readOnlyCredential(bench))).selfTest(m);
      sound(lines);
      expect(changeIn(lines)).toMatchObject({ state: 'failed', said: expect.any(String) });
      expect(really()).toBe(false);
    });

    test('of a refused credential end with the token, in the directory’s words', {
      tags: ['credential-refused'],
    }, async () => {
      if (bench.faultless) return;
      const lines = await (await open(subject.wrongCredential(bench))).selfTest(m);
      sound(lines);
      expect(lines[0]).toMatchObject({ id: 'token', state: 'failed', said: expect.any(String) });
      for (const { state } of lines.slice(1)) expect(state).not.toBe('failed');
    });
  });
}
