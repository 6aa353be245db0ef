import { beforeEach, describe, expect, test } from 'vitest';
import type { Directory, Membership } from '../../../src/directories/directory';
import { instant } from '../../../src/shared/instant';
import { type Bench, failureIn, valueIn } from './bench';
import type { Subject } from './subject';

const TWO_HOURS = 7200;
const SECRET = /^(privateKeyPem|clientSecret|token)$/;

export function credentialContract(subject: Subject, bench: Bench): void {
  let m: Membership;
  beforeEach(() => {
    m = {
      group: bench.group(subject.name, subject.group).id,
      person: bench.account(subject.name, 'requester').id,
    };
  });
  const open = (credential = subject.credential(bench), through = {}): Promise<Directory> =>
    bench.open(subject.address(bench), credential, through);

  describe('a connection', () => {
    test('passes its own checks, each with a name and a sentence', async () => {
      const lines = await (await open()).selfTest();
      const stopped = lines.filter(({ state }) => state === 'failed' || state === 'refused');
      expect(stopped).toEqual([]);
      expect(lines.find(({ id }) => id === 'change-test-group')?.state).toBe('not-tested');
      expect(lines.length).toBeGreaterThanOrEqual(4);
      for (const { name, sentence } of lines) {
        expect(name).not.toBe('');
        expect(sentence).toMatch(/[.]$/);
      }
    });

    test('with a wrong secret asks for a person, and says so in its checks', {
      tags: ['credential-refused'],
    }, async () => {
      // A token of the right secret is still there.
      valueIn(await (await open()).describeGroup(m.group));
      const directory = await open(subject.wrongCredential(bench));
      const refused = failureIn(await directory.ensureMember(m));
      expect(refused).toMatchObject({ class: 'needs-human', code: 'credential-refused' });
      expect(refused.outcomeUnknown).toBeUndefined();
      const [token] = await directory.selfTest();
      expect(token).toMatchObject({ id: 'token', state: 'failed' });
    });

    test('with a key that is none asks for a person', {
      tags: ['credential-refused'],
    }, async () => {
      const right = subject.credential(bench);
      if (!('privateKeyPem' in right)) return;
      const directory = await open({ ...right, privateKeyPem: 'not a key' });
      const refused = failureIn(await directory.ensureMember(m));
      expect(refused).toMatchObject({ class: 'needs-human', code: 'credential-refused' });
      expect(bench.tokenCalls()).toEqual([]);
    });

    test('that may only read asks for a person when it has to write', {
      tags: ['credential-refused'],
    }, async () => {
      const directory = await open(subject.readOnlyCredential(bench));
      const refused = failureIn(await directory.ensureMember(m));
      expect(refused).toMatchObject({ class: 'needs-human', code: 'scope-missing' });
      expect(bench.isReallyIn(subject.name, m)).toBe(false);
    });

    test('whose clock is hours late is told so', async () => {
      const late = await open(subject.credential(bench), { behind: TWO_HOURS });
      const clock = (await late.selfTest()).find(({ id }) => id === 'clock');
      expect(clock).toMatchObject({ state: 'failed' });
      expect(clock?.sentence).toMatch(/(7199|7200|7201) seconds ahead/);
    });

    test('shows no secret in what it reports', { tags: ['secret-leaked'] }, async () => {
      const credential = subject.wrongCredential(bench);
      const directory = await open(credential);
      const { cause: _, ...shown } = failureIn(await directory.ensureMember(m));
      const all = [shown, ...(await directory.selfTest())];
      const secrets = Object.entries(credential).filter(([name]) => SECRET.test(name));
      expect(secrets.length).toBeGreaterThan(0);
      for (const [, secret] of secrets) {
        expect(JSON.stringify(all)).not.toContain(JSON.stringify(secret).slice(1, 40));
      }
      // The directory's own words are for administrators and may name people; ours may not.
      const ours = all.map(({ said: _, ...words }) => words);
      expect(JSON.stringify(ours)).not.toContain('@');
    });
  });

  describe('an access token', () => {
    test('is asked for once by calls that run at the same time', async () => {
      const directory = await open();
      await Promise.all([1, 2, 3, 4, 5].map(() => directory.describeGroup(m.group)));
      expect(bench.tokenCalls()).toHaveLength(1);
      expect(bench.calls()).toHaveLength(5);
    });

    test('is kept for the next invocation until shortly before it ends', async () => {
      valueIn(await (await open()).describeGroup(m.group));
      valueIn(await (await open()).describeGroup(m.group));
      expect(bench.tokenCalls()).toHaveLength(1);
      await bench.clock.advance(59 * 60_000);
      valueIn(await (await open()).describeGroup(m.group));
      expect(bench.tokenCalls()).toHaveLength(2);
    });

    test('that the directory no longer takes is replaced once', async () => {
      valueIn(await (await open()).describeGroup(m.group));
      for (const [key, kept] of bench.tokens.tokens) {
        bench.tokens.tokens.set(key, { ...kept, token: 'revoked' });
      }
      valueIn(await (await open()).ensureMember(m));
      expect(bench.isReallyIn(subject.name, m)).toBe(true);
      expect(bench.tokenCalls()).toHaveLength(2);
    });

    test('of another credential is not used', async () => {
      valueIn(await (await open()).describeGroup(m.group));
      const expiresAt = instant(bench.clock.now() + 3_000_000);
      bench.tokens.tokens.set('main', { token: 'other', expiresAt, fingerprint: 'other' });
      valueIn(await (await open()).describeGroup(m.group));
      expect(bench.tokenCalls()).toHaveLength(2);
    });

    test('that cannot be had now is asked for again later', async () => {
      const directory = await open();
      bench.faults.add({ server: subject.name, path: 'token$', status: 503, times: 1 });
      const failed = failureIn(await directory.ensureMember(m));
      expect(failed).toMatchObject({ class: 'retryable', code: 'server-error' });
      expect(failed.outcomeUnknown).toBeUndefined();
      valueIn(await directory.ensureMember(m));
    });
  });
}
