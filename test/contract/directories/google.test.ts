import { describe, expect, test } from 'vitest';
import type { Http } from '../../../src/forge/ports';
import { type Bench, failureIn, valueIn } from './bench';
import type { Subject } from './subject';
import { directoryContract } from './suite';

const account = (bench: Bench, which?: 'weak' | 'powerful') => {
  const facts = bench.directories.google.consoleFacts();
  const file = which ? facts[which] : facts.serviceAccountJson;
  return {
    kind: 'google-service-account',
    clientEmail: file.client_email,
    privateKeyPem: file.private_key,
    keyId: file.private_key_id,
  } as const;
};
const delegated = (bench: Bench, which?: 'weak' | 'powerful') => ({
  ...account(bench, which),
  subject: bench.directories.google.consoleFacts().delegatedAdmin,
});
const quota = (reason: string) => ({
  error: { code: 403, message: 'x', errors: [{ domain: 'usageLimits', reason, message: 'x' }] },
});

const subject: Subject = {
  name: 'google',
  address: (bench) => ({ id: 'main', kind: 'google', tenant: bench.world.google.customerId }),
  credential: (bench) => delegated(bench),
  wrongCredential: (bench) => ({
    ...account(bench),
    clientEmail: 'nobody@x.iam.gserviceaccount.com',
  }),
  readOnlyCredential: (bench) => delegated(bench, 'weak'),
  group: 'bigquery-users',
  missing: { group: '03nobodyknows', person: '100000000000000000001' },
  unwritable: [['dynamic', 'dynamic', 'refused']],
  add: { method: 'POST', path: '/members$' },
  remove: { method: 'DELETE', path: '/members/' },
  slowDown: { status: 403, body: quota('quotaExceeded') },
};

describe('Google Workspace', () => {
  const bench = directoryContract(subject);
  const open = (credential: ReturnType<typeof account> = delegated(bench), http?: Http) =>
    bench.open(subject.address(bench), credential, http ? { http } : {});
  const analysts = () => ({
    group: bench.group('google', 'bigquery-users').id,
    person: bench.account('google', 'requester').id,
  });

  test('a role of the service account itself does as well as an administrator to act for', async () => {
    const directory = await open(account(bench));
    expect((await directory.selfTest()).filter(({ state }) => state === 'failed')).toEqual([]);
    valueIn(await directory.ensureMember(analysts()));
    expect(bench.isReallyIn('google', analysts())).toBe(true);
  });

  test.each(['userRateLimitExceeded', 'rateLimitExceeded', 'quotaExceeded'])(
    'a 403 for %s is a limit and no refusal',
    { tags: ['rate-limited'] },
    async (reason) => {
      const directory = await open();
      bench.faults.add({ ...subject.add, server: 'google', status: 403, body: quota(reason) });
      const slow = failureIn(await directory.ensureMember(analysts()));
      expect(slow).toMatchObject({ class: 'retryable', code: 'rate-limited' });
    },
  );

  test('a person is found by an alias', { tags: ['email-mismatch'] }, async () => {
    const person = bench.world.people.find(
      (p) =>
        /[13579]$/.test(p.key) &&
        p.jira &&
        p.accounts.some((a) => a.directory === 'google' && a.email !== p.jira?.email),
    );
    const found = valueIn(await (await open()).findPeople(person?.jira?.email ?? ''));
    expect(found.map(({ id }) => id)).toEqual([bench.account('google', person?.key ?? '').id]);
  });

  test('somebody whose id is gone is not taken in as an outsider', async () => {
    const directory = await open();
    failureIn(await directory.ensureMember({ ...analysts(), person: subject.missing.person }));
    const [call] = bench.calls();
    expect(JSON.parse(call?.requestBody ?? '')).toEqual({
      id: subject.missing.person,
      role: 'MEMBER',
    });
  });

  test('without the scope for kinds of groups the administrator is told what was not seen', async () => {
    const http: Http = async (url, init) =>
      init.body !== undefined && /cloud-identity/.test(assertionOf(init.body))
        ? Response.json({ error: 'unauthorized_client' }, { status: 401 })
        : bench.http(url, init);
    const directory = await open(delegated(bench), http);
    const seen = valueIn(await directory.inspectGroup(bench.groupOfKind('google', 'dynamic').id));
    expect(seen?.writable).toBe(true);
    expect(seen?.unseen.join(' ')).toContain('could not be read');
    const lines = await directory.selfTest();
    expect(lines.filter(({ state }) => state === 'warning').map((line) => line.name)).toEqual([
      'Recognise dynamic groups (cloud-identity.groups.readonly)',
    ]);
  });

  test('all pages of a person’s groups are read', async () => {
    let page = 0;
    const http: Http = async (url, init) => {
      if (/token$/.test(url)) return bench.http(url, init);
      page++;
      return Response.json({
        groups: [{ id: `g${page}` }],
        ...(page < 3 && { nextPageToken: `t${page}` }),
      });
    };
    const directory = await open(delegated(bench), http);
    expect(valueIn(await directory.groupsOf(analysts().person))).toEqual(['g1', 'g2', 'g3']);
  });
});

function assertionOf(form: string): string {
  const claims = new URLSearchParams(form).get('assertion')?.split('.')[1] ?? '';
  return Buffer.from(claims, 'base64url').toString('utf8');
}
