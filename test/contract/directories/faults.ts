import { beforeEach, describe, expect, test } from 'vitest';
import type { Directory, Membership } from '../../../src/directories/directory';
import type { Http } from '../../../src/forge/ports';
import { type Bench, failureIn, valueIn } from './bench';
import type { Subject } from './subject';

const PAGE = '<!doctype html><title>Just a moment</title>';

export function faultContract(subject: Subject, bench: Bench): void {
  let directory: Directory;
  let m: Membership;
  const really = () => bench.isReallyIn(subject.name, m);
  const strike = (where: object, how: object) =>
    bench.faults.add({ server: subject.name, times: 1, ...where, ...how });

  describe('a directory in trouble', () => {
    beforeEach(async () => {
      directory = await bench.open(subject.address(bench), subject.credential(bench));
      m = {
        group: bench.group(subject.name, subject.group).id,
        person: bench.account(subject.name, 'requester').id,
      };
      // A token, so that the fault hits the call itself.
      valueIn(await directory.describeGroup(m.group));
      bench.forgetCalls();
    });

    test('that asks to slow down is obeyed, not asked again', {
      tags: ['rate-limited'],
    }, async () => {
      const { seconds, ...answer } = subject.slowDown;
      strike(subject.add, answer);
      const slow = failureIn(await directory.ensureMember(m));
      expect(slow).toMatchObject({ class: 'retryable', code: 'rate-limited' });
      expect(slow.retryAfter).toBe(seconds);
      expect(slow.outcomeUnknown).toBeUndefined();
      expect(bench.calls()).toHaveLength(1);
    });

    test.each([500, 502, 503, 504])(
      'that answers %i is called once and may have done it',
      async (status) => {
        strike(subject.add, { status, body: PAGE });
        const broken = failureIn(await directory.ensureMember(m));
        expect(broken).toMatchObject({
          class: 'retryable',
          code: 'server-error',
          outcomeUnknown: true,
        });
        expect(bench.calls()).toHaveLength(1);
      },
    );

    test('that fails a read leaves nothing unknown', async () => {
      strike({}, { status: 503, body: PAGE });
      const broken = failureIn(await directory.groupsOf(m.person));
      expect(broken).toMatchObject({ class: 'retryable', code: 'server-error' });
      expect(broken.outcomeUnknown).toBeUndefined();
    });

    test.each([false, true])(
      'that hangs up (change made: %s) leaves the outcome unknown, and the next attempt settles it',
      { tags: ['answer-lost'] },
      async (applied) => {
        strike(subject.add, { kind: 'cut', applied });
        const lost = failureIn(await directory.ensureMember(m));
        expect(lost).toMatchObject({
          class: 'retryable',
          code: 'unreachable',
          outcomeUnknown: true,
        });
        expect(really()).toBe(applied);
        await bench.settle();
        valueIn(await directory.ensureMember(m));
        strike(subject.remove, { kind: 'cut', applied });
        expect(failureIn(await directory.ensureNotMember(m)).outcomeUnknown).toBe(true);
        expect(really()).toBe(!applied);
        await bench.settle();
        valueIn(await directory.ensureNotMember(m));
        expect(really()).toBe(false);
      },
    );

    test('that does not answer in time leaves the outcome unknown', {
      tags: ['answer-lost'],
    }, async () => {
      const http: Http = async () => {
        throw new DOMException('The operation timed out', 'TimeoutError');
      };
      const late = await bench.open(subject.address(bench), subject.credential(bench), { http });
      const lost = failureIn(await late.ensureMember(m));
      expect(lost).toMatchObject({ class: 'retryable', code: 'timeout', outcomeUnknown: true });
    });

    test.each([
      ['a page', 200, PAGE],
      ['a page that says forbidden', 403, PAGE],
      ['half an answer', 200, '{"id":"0'],
    ])(
      'that answers %s has made no membership',
      { tags: ['broken-answer'] },
      async (_, status, body) => {
        strike(subject.add, { status, body });
        const odd = failureIn(await directory.ensureMember(m));
        expect(odd).toMatchObject({ class: 'retryable', code: 'bad-answer', outcomeUnknown: true });
      },
    );

    test('behind a page that says not found has lost nobody', {
      tags: ['broken-answer'],
    }, async () => {
      valueIn(await directory.ensureMember(m));
      strike(subject.remove, { status: 404, body: PAGE });
      const odd = failureIn(await directory.ensureNotMember(m));
      expect(odd).toMatchObject({ class: 'retryable', code: 'bad-answer', outcomeUnknown: true });
      strike({ method: 'GET' }, { status: 404, body: PAGE });
      expect(failureIn(await directory.isMember(m)).code).toBe('bad-answer');
      strike({ method: 'GET' }, { status: 404, body: PAGE });
      expect(failureIn(await directory.person(m.person)).code).toBe('bad-answer');
      expect(really()).toBe(true);
    });

    test.each([
      ['nothing', undefined],
      ['something else', { hello: 'world' }],
      ['null', null],
    ])(
      'that answers a read with %s has said nothing',
      { tags: ['broken-answer'] },
      async (_, body) => {
        strike({ method: 'GET' }, { status: 200, body });
        expect(failureIn(await directory.describeGroup(m.group)).code).toBe('bad-answer');
        strike({ method: 'GET' }, { status: 200, body });
        expect(failureIn(await directory.person(m.person)).code).toBe('bad-answer');
      },
    );

    test('that answers far too much has said nothing', {
      tags: ['broken-answer'],
    }, async () => {
      const http: Http = async (url, init) => {
        if (/token$/.test(url)) return bench.http(url, init);
        throw Object.assign(new Error('more than can be read'), { name: 'AnswerTooLarge' });
      };
      const huge = await bench.open(subject.address(bench), subject.credential(bench), { http });
      expect(failureIn(await huge.ensureMember(m))).toMatchObject({
        class: 'retryable',
        code: 'bad-answer',
        outcomeUnknown: true,
      });
      expect(failureIn(await huge.person(m.person)).outcomeUnknown).toBeUndefined();
    });

    test('whose address this connection may not use is not called', {
      tags: ['foreign-host'],
    }, async () => {
      const http: Http = async () => {
        throw Object.assign(new Error('not sent'), { name: 'HostRefused' });
      };
      const elsewhere = await bench.open(subject.address(bench), subject.credential(bench), {
        http,
      });
      const refused = failureIn(await elsewhere.ensureMember(m));
      expect(refused).toMatchObject({ class: 'needs-human', code: 'forbidden' });
      expect(refused.outcomeUnknown).toBeUndefined();
    });

    test('that the site has not allowed the app to call is no directory in trouble', async () => {
      const http: Http = async (url, init) =>
        /token$/.test(url)
          ? bench.http(url, init)
          : new Response('', { status: 403, headers: { 'forge-proxy-error': 'BLOCKED_EGRESS' } });
      const blocked = await bench.open(subject.address(bench), subject.credential(bench), { http });
      const refused = failureIn(await blocked.ensureMember(m));
      expect(refused).toMatchObject({ class: 'needs-human', code: 'forbidden' });
      expect(refused.detail).toContain('administrator of the site');
    });
  });
}
