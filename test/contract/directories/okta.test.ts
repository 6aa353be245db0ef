import { describe, expect, test } from 'vitest';
import { failureIn, valueIn } from './bench';
import { key } from './okta-org';
import type { Subject } from './subject';
import { directoryContract } from './suite';

const ERROR = { errorLink: 'x', errorId: 'oaeX', errorCauses: [] };
const busy = { ...ERROR, errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit' };

const subject: Subject = {
  name: 'okta',
  address: (bench) => ({ id: 'main', kind: 'okta', tenant: bench.world.okta.host }),
  credential: (bench) => key(bench, 'full'),
  wrongCredential: (bench) => ({ ...key(bench), keyId: 'a-key-that-was-deleted' }),
  readOnlyCredential: (bench) => key(bench, 'weak'),
  group: 'figma-editors',
  missing: { group: '00gnobodyknowsthis00', person: '00unobodyknowsthis00' },
  unwritable: [
    ['app', 'app-owned', 'refused'],
    ['built-in', 'built-in', 'refused'],
    ['rule', 'rule-managed', 'taken'],
    ['privileged', 'privileged', 'taken'],
  ],
  add: { method: 'PUT', path: '/groups/[^/]+/users/' },
  remove: { method: 'DELETE', path: '/groups/[^/]+/users/' },
  slowDown: {
    status: 429,
    // The sandbox's clock starts at 09:00 and hardly moves until the fault strikes.
    headers: { 'x-rate-limit-limit': '600', 'x-rate-limit-remaining': '0', 'retry-after': '37' },
    body: busy,
    seconds: 37,
  },
};

describe('Okta', () => {
  const bench = directoryContract(subject);
  const open = (credential = subject.credential(bench)) =>
    bench.open(subject.address(bench), credential);
  const figma = () => ({
    group: bench.group('okta', 'figma-editors').id,
    person: bench.account('okta', 'requester').id,
  });

  test('two people with one address are both found', {
    tags: ['person-missing-or-double'],
  }, async () => {
    const directory = await open();
    const { email } = bench.account('okta', 'double');
    const people = valueIn(await directory.findPeople(email));
    expect(people.map((person) => person.active)).toEqual([true, true]);
  });

  test('somebody the search does not know yet is found by login', {
    tags: ['absent-or-lagging'],
  }, async () => {
    const directory = await open();
    bench.faults.add({ server: 'okta', path: '/users$', status: 200, body: [] });
    const { id, login } = bench.account('okta', 'requester');
    expect(valueIn(await directory.findPeople(login)).map((person) => person.id)).toEqual([id]);
  });

  test('a short name finds no manager, and neither does a name', async () => {
    const directory = await open();
    const nameOnly = bench.world.people.find(
      (p) => /^p\d*7$/.test(p.key) && p.manager && p.accounts.some((a) => a.directory === 'okta'),
    );
    const { id } = bench.account('okta', nameOnly?.key ?? '');
    expect(valueIn(await directory.managerOf(id))).toBeNull();
  });

  test('too many calls at once are waited out briefly, whatever the reset says', {
    tags: ['rate-limited'],
  }, async () => {
    const directory = await open();
    const reset = String(Math.ceil(bench.clock.now() / 1000) + 55);
    const headers = {
      'x-rate-limit-limit': '0',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': reset,
    };
    bench.faults.add({ ...subject.add, server: 'okta', status: 429, headers, body: busy });
    expect(failureIn(await directory.ensureMember(figma())).retryAfter).toBe(2);
  });

  test('a used-up minute is waited for until its reset', { tags: ['rate-limited'] }, async () => {
    const directory = await open();
    const reset = String(Math.ceil(bench.clock.now() / 1000) + 40);
    const headers = {
      'x-rate-limit-limit': '500',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': reset,
    };
    bench.faults.add({ ...subject.add, server: 'okta', status: 429, headers, body: busy });
    const { retryAfter } = failureIn(await directory.ensureMember(figma()));
    expect(retryAfter).toBeGreaterThanOrEqual(38);
    expect(retryAfter).toBeLessThanOrEqual(41);
  });

  test('an API token works as the second choice, and a wrong one asks for a person', {
    tags: ['credential-refused'],
  }, async () => {
    const { ssws } = bench.directories.okta.consoleFacts();
    valueIn(await (await open({ kind: 'okta-token', token: ssws })).ensureMember(figma()));
    expect(bench.isReallyIn('okta', figma())).toBe(true);
    const wrong = await open({ kind: 'okta-token', token: '00wrong' });
    expect(failureIn(await wrong.ensureMember(figma())).code).toBe('credential-refused');
  });

  test('an application without an administrator role is refused everything', {
    tags: ['credential-refused'],
  }, async () => {
    const directory = await open(key(bench, 'roleless'));
    const refused = failureIn(await directory.ensureMember(figma()));
    expect(refused).toMatchObject({ class: 'needs-human', code: 'forbidden' });
    const lines = await directory.selfTest();
    const reads = lines.filter(({ id }) =>
      ['read-people', 'read-groups', 'group-rules'].includes(id),
    );
    expect(reads.map(({ state, said }) => [state, said?.slice(0, 9)])).toEqual(
      Array(3).fill(['failed', 'E0000006:']),
    );
  });

  test('a scope that Okta left out silently is found by the checks', {
    tags: ['credential-refused'],
  }, async () => {
    const lines = await (await open(key(bench, 'weak'))).selfTest();
    expect(lines.filter(({ state }) => state === 'failed').map(({ id }) => id)).toEqual([
      'scope-okta.groups.manage',
    ]);
  });

  test('a group with an administrator role stays out of reach', {
    tags: ['privileged-group'],
  }, async () => {
    const there = { ...figma(), group: bench.groupOfKind('okta', 'privileged').id };
    const refused = failureIn(await (await open()).ensureMember(there));
    expect(refused).toMatchObject({ class: 'needs-human', code: 'forbidden' });
    expect(bench.isReallyIn('okta', there)).toBe(false);
  });

  test('somebody who was deactivated meanwhile is not added, and the reason is told', {
    tags: ['person-suspended'],
  }, async () => {
    const directory = await open();
    const { hosts, routes, consoleFacts } = bench.directories.okta;
    await routes.dispatch({
      method: 'POST',
      target: `/api/v1/users/${figma().person}/lifecycle/deactivate`,
      host: hosts[0] ?? '',
      headers: { authorization: `SSWS ${consoleFacts().ssws}` },
    });
    const refused = failureIn(await directory.ensureMember(figma()));
    expect(refused).toMatchObject({ class: 'needs-human', code: 'forbidden' });
    expect(refused.detail).toContain('not active');
    expect(valueIn(await directory.ensureNotMember(figma())).outcome).toBe('accepted');
  });

  test('a removal that finds something missing, but not what, is settled by reading', {
    tags: ['absent-or-lagging'],
  }, async () => {
    const directory = await open();
    const body = { ...ERROR, errorCode: 'E0000007', errorSummary: 'Not found' };
    const vague = { ...subject.remove, server: 'okta', status: 404, body, times: 1 };
    bench.faults.add(vague);
    expect(valueIn(await directory.ensureNotMember(figma())).outcome).toBe('already-so');
    valueIn(await directory.ensureMember(figma()));
    bench.faults.clear();
    bench.faults.add(vague);
    const unclear = failureIn(await directory.ensureNotMember(figma()));
    expect(unclear).toMatchObject({ class: 'retryable', code: 'conflict' });
  });

  test('a group that an application took over is told from a role that is missing', {
    tags: ['group-turned-privileged'],
  }, async () => {
    const directory = await open();
    valueIn(await directory.ensureMember(figma()));
    bench.directories.okta.flipGroupKind(figma().group, 'app');
    const refused = failureIn(await directory.ensureNotMember(figma()));
    expect(refused).toMatchObject({ class: 'permanent', code: 'group-not-writable' });
  });
});
