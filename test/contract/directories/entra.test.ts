import { describe, expect, test } from 'vitest';
import { memberReference } from '../../../src/directories/entra/client';
import type { Http } from '../../../src/forge/ports';
import { type Bench, failureIn, valueIn } from './bench';
import type { Subject } from './subject';
import { directoryContract } from './suite';

const secret = (bench: Bench, which?: 'weak' | 'powerful') => {
  const facts = bench.directories.entra.consoleFacts();
  const { clientId, clientSecret } = which ? facts[which] : facts;
  return { kind: 'entra-secret', clientId, clientSecret } as const;
};
const certificate = (bench: Bench) => {
  const { clientId, privateKeyPem, certificatePem } = bench.directories.entra.consoleFacts();
  return { kind: 'entra-certificate', clientId, privateKeyPem, certificatePem } as const;
};

const subject: Subject = {
  name: 'entra',
  address: (bench) => ({ id: 'main', kind: 'entra', tenant: bench.world.entra.tenantId }),
  credential: certificate,
  wrongCredential: (bench) => ({
    ...secret(bench),
    clientSecret: bench.directories.entra.consoleFacts().expiredSecret,
  }),
  readOnlyCredential: (bench) => secret(bench, 'weak'),
  group: 'salesforce-users',
  missing: {
    group: '00000000-0000-4000-8000-000000000001',
    person: '00000000-0000-4000-8000-000000000002',
  },
  unwritable: [
    ['dynamic', 'dynamic', 'refused'],
    ['synced', 'synced', 'refused'],
    ['mail', 'mail-list', 'refused'],
    ['privileged', 'privileged', 'refused'],
  ],
  add: { method: 'POST', path: '/members/' },
  remove: { method: 'DELETE', path: '/members/' },
  slowDown: {
    status: 429,
    headers: { 'retry-after': '12' },
    body: { error: { code: 'TooManyRequests', message: 'x' } },
    seconds: 12,
  },
};

describe('Entra ID', () => {
  const bench = directoryContract(subject);
  const open = (
    credential: ReturnType<typeof secret> | ReturnType<typeof certificate>,
    http?: Http,
  ) => bench.open(subject.address(bench), credential, http ? { http } : {});
  const sales = () => ({
    group: bench.group('entra', 'salesforce-users').id,
    person: bench.account('entra', 'requester').id,
  });

  test('a client secret does as well as a certificate', async () => {
    const directory = await open(secret(bench));
    expect((await directory.selfTest()).every((line) => line.state !== 'failed')).toBe(true);
    valueIn(await directory.ensureMember(sales()));
    expect(bench.isReallyIn('entra', sales())).toBe(true);
  });

  test('the end of a membership never ends the person, even with every right', async () => {
    const directory = await open(secret(bench, 'powerful'));
    valueIn(await directory.ensureMember(sales()));
    valueIn(await directory.ensureNotMember(sales()));
    await bench.settle();
    expect(valueIn(await directory.person(sales().person))?.active).toBe(true);
    const deleted = bench.calls().filter((call) => call.method === 'DELETE');
    expect(deleted.map((call) => call.path.endsWith('/$ref'))).toEqual([true]);
  });

  test('the address of a membership is a reference, and takes ids only', () => {
    expect(memberReference(sales())).toMatch(
      /^\/groups\/[0-9a-f-]{36}\/members\/[0-9a-f-]{36}\/\$ref$/,
    );
    for (const odd of ['', '..', 'a/b', `${sales().person}?`, 'someone@x.example']) {
      expect(() => memberReference({ ...sales(), person: odd })).toThrow();
      expect(() => memberReference({ ...sales(), group: odd })).toThrow();
    }
  });

  test('an addition that readers do not see yet is asked for again, not given up', {
    tags: ['absent-or-lagging'],
  }, async () => {
    const directory = await open(certificate(bench));
    valueIn(await directory.ensureMember(sales()));
    bench.faults.add({
      server: 'entra',
      path: 'memberOf',
      status: 200,
      body: { value: [] },
      times: 1,
    });
    const again = failureIn(await directory.ensureMember(sales()));
    expect(again).toMatchObject({ class: 'retryable', code: 'conflict' });
    await bench.settle();
    expect(valueIn(await directory.ensureMember(sales())).outcome).toBe('already-so');
  });

  test.each(['person', 'group'] as const)(
    'a %s that is not known everywhere yet is asked for again, not called gone',
    { tags: ['absent-or-lagging'] },
    async (end) => {
      const directory = await open(certificate(bench));
      const message = `Resource '${sales()[end]}' does not exist or one of its queried reference-property objects are not present.`;
      const body = { error: { code: 'Request_ResourceNotFound', message } };
      const late = (method: string) =>
        bench.faults.add({ server: 'entra', method, path: 'members', status: 404, body, times: 1 });
      late('POST');
      const add = failureIn(await directory.ensureMember(sales()));
      expect(add).toMatchObject({ class: 'retryable', code: 'conflict' });
      valueIn(await directory.ensureMember(sales()));
      if (end === 'person') return;
      late('DELETE');
      const remove = failureIn(await directory.ensureNotMember(sales()));
      expect(remove).toMatchObject({ class: 'retryable', code: 'conflict' });
      expect(bench.isReallyIn('entra', sales())).toBe(true);
    },
  );

  test('a guest is found by the own address and by the name in this tenant', {
    tags: ['email-mismatch'],
  }, async () => {
    const directory = await open(certificate(bench));
    const guest = bench.world.people
      .flatMap((person) => person.accounts)
      .find((account) => account.directory === 'entra' && account.login.includes('#EXT#'));
    if (!guest) throw new Error('The world has no guest');
    for (const address of [guest.email, guest.login]) {
      const found = valueIn(await directory.findPeople(address));
      expect(found.map((person) => person.id)).toEqual([guest.id]);
    }
  });

  test('a person is found by another of their addresses', {
    tags: ['email-mismatch'],
  }, async () => {
    const directory = await open(certificate(bench));
    const person = bench.world.people.find(
      (p) =>
        /[02468]$/.test(p.key) &&
        p.jira &&
        p.accounts.some((a) => a.directory === 'entra' && a.email !== p.jira?.email),
    );
    const found = valueIn(await directory.findPeople(person?.jira?.email ?? ''));
    expect(found.map(({ id }) => id)).toEqual([bench.account('entra', person?.key ?? '').id]);
  });

  test('a next page on another host is not read', { tags: ['foreign-host'] }, async () => {
    const asked: string[] = [];
    const http: Http = async (url, init) => {
      asked.push(new URL(url).host);
      if (/token$/.test(url)) return bench.http(url, init);
      return Response.json({
        value: [],
        '@odata.nextLink': 'https://elsewhere.example/v1.0/x?y=1',
      });
    };
    const directory = await open(certificate(bench), http);
    expect(failureIn(await directory.groupsOf(sales().person)).code).toBe('bad-answer');
    expect(asked).not.toContain('elsewhere.example');
  });

  test('a list that never ends is given up', { tags: ['cursor-loops'] }, async () => {
    const http: Http = async (url, init) =>
      /token$/.test(url)
        ? bench.http(url, init)
        : Response.json({ value: [], '@odata.nextLink': url });
    const directory = await open(certificate(bench), http);
    expect(failureIn(await directory.groupsOf(sales().person)).code).toBe('too-large');
  });
});
