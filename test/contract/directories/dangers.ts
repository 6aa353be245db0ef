/** What the directories' client libraries do by themselves, and must not do here. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Directory, Membership } from '../../../src/directories/directory';
import type { Http } from '../../../src/forge/ports';
import type { Failure, Result } from '../../../src/shared/result';
import { type Bench, failureIn, valueIn } from './bench';
import type { Subject } from './subject';

type Told = Result<unknown, Failure>;

/** More than any buffer in between: Okta's own library hangs for ever on a large answer. */
const LARGE = 'x'.repeat(300_000);

export function dangersContract(subject: Subject, bench: Bench): void {
  let m: Membership;
  beforeEach(() => {
    m = {
      group: bench.group(subject.name, subject.group).id,
      person: bench.account(subject.name, 'requester').id,
    };
  });
  const open = (http?: Http): Promise<Directory> =>
    bench.open(subject.address(bench), subject.credential(bench), http ? { http } : {});
  const fail = (method: string, status: number) =>
    bench.faults.add({ server: subject.name, method, status, body: {} });

  describe('a library of the directory', () => {
    test('keeps nothing of an earlier answer', { tags: ['person-suspended'] }, async () => {
      const directory = await open();
      expect(valueIn(await directory.person(m.person))?.active).toBe(true);
      expect(valueIn(await directory.describeGroup(m.group))?.name).not.toBe('Renamed By Hand');
      await bench.hands(subject.name).suspend(m.person);
      await bench.hands(subject.name).rename(m.group, 'Renamed By Hand');
      await bench.settle();
      expect(valueIn(await directory.person(m.person))?.active).toBe(false);
      expect(valueIn(await directory.describeGroup(m.group))?.name).toBe('Renamed By Hand');
    });

    test.each([429, 500, 502, 503, 504])(
      'asks once, and does not wait, when the answer is %i',
      { tags: ['rate-limited', 'directory-down'] },
      async (status) => {
        valueIn(await (await open()).describeGroup(m.group));
        const asks: readonly (readonly [string, (to: Directory) => Promise<Told>])[] = [
          ['GET', (to) => to.person(m.person)],
          [subject.remove.method, (to) => to.ensureNotMember(m)],
        ];
        for (const [method, ask] of asks) {
          bench.faults.clear();
          // What was learned of the limit would keep the next one from being sent at all.
          bench.spent = {};
          const directory = await open();
          fail(method, status);
          bench.forgetCalls();
          expect(failureIn(await ask(directory)).class).toBe('retryable');
          expect(bench.calls()).toHaveLength(1);
        }
      },
    );

    test('reads an answer of hundreds of kilobytes', { tags: ['broken-answer'] }, async () => {
      const padded: Http = async (url, init) => {
        const answer = await bench.http(url, init);
        if (/token$/.test(url)) return answer;
        const body: unknown = await answer.json();
        const more = Array.isArray(body) ? body : { ...(body as object), padding: LARGE };
        return Response.json(more, { status: answer.status, headers: answer.headers });
      };
      const directory = await open(padded);
      expect(valueIn(await directory.person(m.person))?.id).toBe(m.person);
      expect(valueIn(await directory.describeGroup(m.group))?.id).toBe(m.group);
    });

    test('sends no call without authorization, and none to another host or in the clear', {
      tags: ['foreign-host'],
    }, async () => {
      const directory = await open();
      const before = bench.http.sent.length;
      valueIn(await directory.groupsOf(m.person));
      valueIn(await directory.ensureMember(m));
      valueIn(await directory.listPeople());
      valueIn(await directory.inspectGroup(m.group));
      valueIn(await directory.ensureNotMember(m));
      const sent = bench.http.sent.slice(before);
      expect(sent.length).toBeGreaterThanOrEqual(5);
      for (const { url, headers } of sent) {
        expect(new URL(url).protocol).toBe('https:');
        expect(bench.directories[subject.name].hosts).toContain(new URL(url).host);
        if (!/token$/.test(url)) expect(headers['authorization'], url).toMatch(/^\w+ \S{10,}$/);
      }
    });
  });
}
