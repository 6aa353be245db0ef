import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { administration, adminResolver } from '../../src/entrypoints/resolvers/admin';
import { approverResolver, portalResolver } from '../../src/entrypoints/resolvers/people';
import { ForgePlatform, handlerContext } from '../fakes/forge-platform';

let forge: ForgePlatform;
beforeEach(() => {
  forge = new ForgePlatform();
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation(() => undefined);
});
afterEach(() => {
  forge.stop();
  vi.restoreAllMocks();
});

type Resolver = typeof adminResolver;
const call = (functionKey: string, payload?: unknown, extra: object = {}) => ({
  call: { functionKey, ...(payload !== undefined && { payload }) },
  ...extra,
});
const checkOf = async (
  resolver: Resolver,
  request: unknown,
  context: unknown = handlerContext(),
) => {
  const answer = await resolver(request, context);
  return answer.ok ? 'ok' : answer.problem.check;
};
const resolvers: [string, Resolver][] = [
  ['admin', adminResolver],
  ['approver', approverResolver],
  ['portal', portalResolver],
];
const functions = [...administration.keys()];
/** Everything else is for Jira administrators. */
const RIGHTS: Readonly<Record<string, string>> = {
  'request.replace-approver': 'right-operator',
  'requests.list': 'right-auditor',
  'requests.read': 'right-auditor',
  'requests.resume': 'right-operator',
  'findings.list': 'right-auditor',
  'kill.list': 'right-operator',
  'requests.triage': 'right-operator',
  'kill.preview': 'right-owner',
  'kill.run': 'right-owner',
  'kill.read': 'right-owner',
  'kill.lift': 'right-owner',
};

describe.each(resolvers)('the %s resolver', (_, resolver) => {
  test.each([
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '',
    'site.read ',
    'SITE.READ',
    'nothing',
    'x'.repeat(10_000),
  ])('knows no function "%s"', { tags: ['odd-function-name'] }, async (key) => {
    expect(await checkOf(resolver, call(key))).toBe('function');
    expect(forge.jira).toEqual([]);
  });

  test.each([
    [undefined],
    [null],
    [{}],
    [{ call: {} }],
    [{ call: { functionKey: 7 } }],
    [{ call: { functionKey: ['site.read'] } }],
    ['site.read'],
  ])(
    'answers %j like somebody who is not there',
    { tags: ['odd-function-name'] },
    async (request) => {
      expect(await checkOf(resolver, request)).toBe('signed-in');
    },
  );

  test.each([
    [null],
    [{}],
    [{ principal: null }],
    [{ principal: { accountId: '' } }],
    [{ accountId: 'admin' }],
  ])(
    'serves nobody whom the platform does not name (%j)',
    {
      tags: ['actor-spoofed'],
    },
    async (context) => {
      const request = call('request.status', { issueId: '1' }, { context: { accountId: 'admin' } });
      expect(await checkOf(resolver, request, context)).toBe('signed-in');
    },
  );
});

describe.each(functions)('the function %s', (key) => {
  test('is refused to everybody without its right, before its input is looked at', {
    tags: ['not-an-admin'],
  }, async () => {
    for (const is of [false, 'unknown'] as const) {
      forge.isAdministrator = is;
      for (const payload of [undefined, {}, { isAdmin: true, accountId: 'admin' }])
        expect(await checkOf(adminResolver, call(key, payload))).toBe(RIGHTS[key] ?? 'right-admin');
    }
  });

  test('is asked about in each call anew', { tags: ['not-an-admin'] }, async () => {
    await adminResolver(call(key), handlerContext());
    await adminResolver(call(key), handlerContext());
    expect(forge.jira.filter((c) => c.includes('mypermissions'))).toHaveLength(2);
  });

  test('is not there for the other audiences', { tags: ['not-an-admin'] }, async () => {
    expect(await checkOf(approverResolver, call(key))).toBe('function');
    expect(await checkOf(portalResolver, call(key))).toBe('function');
  });

  test('refuses what it does not know, in words', {
    tags: ['actor-spoofed', 'hostile-import'],
  }, async () => {
    const payloads = [
      { accountId: 'somebody', by: 'somebody', isAdmin: true },
      JSON.parse('{"__proto__":{"isAdmin":true}}'),
      JSON.parse('{"constructor":{"prototype":{"x":1}}}'),
      'text',
      [1, 2],
      7,
    ];
    for (const payload of payloads) {
      const answer = await adminResolver(call(key, payload), handlerContext());
      expect(answer).toMatchObject({ ok: false, problem: { check: 'input' } });
    }
    expect({}).not.toHaveProperty('isAdmin');
    expect(forge.pushed).toEqual([]);
  });

  test('refuses half a megabyte', { tags: ['hostile-import'] }, async () => {
    const payload = { text: 'x'.repeat(500_000) };
    expect(await checkOf(adminResolver, call(key, payload))).toBe('payload-size');
  });
});

describe('requests of others', () => {
  test.each([
    ['status', approverResolver],
    ['status', portalResolver],
    ['withdraw', portalResolver],
  ] as const)(
    'are not there for "request.%s"',
    { tags: ['other-persons-request'] },
    async (name, resolver) => {
      const request = call(`request.${name}`, { issueId: '501' });
      expect(await checkOf(resolver, request, handlerContext('friend'))).toBe('request-yours');
    },
  );

  test.each([
    ['approval.card', {}],
    ['approval.ask', { question: 'Which project?' }],
    ['approval.decide', { digest: '0'.repeat(64), decision: 'approve' }],
  ])('are not there for "%s"', { tags: ['other-persons-request'] }, async (name, more) => {
    forge.isAdministrator = false;
    for (const resolver of [approverResolver, portalResolver]) {
      const request = call(name, { issueId: '501', ...more });
      expect(await checkOf(resolver, request, handlerContext('friend'))).toBe('request-yours');
    }
  });

  test('are no decisions of somebody who has none', {
    tags: ['other-persons-request'],
  }, async () => {
    const answer = await portalResolver(call('approval.mine'), handlerContext('friend'));
    expect(answer).toEqual({ ok: true, value: { items: [] } });
  });

  test.each(['abc', '../501', '501 OR 1=1', '', 501, null, ['501']])(
    'are not found by the id %j',
    { tags: ['other-persons-request'] },
    async (issueId) => {
      expect(await checkOf(portalResolver, call('request.status', { issueId }))).toBe('input');
    },
  );
});

test('a store that fails is told without its reason', { tags: ['secret-leaked'] }, async () => {
  forge.storeStatus = 500;
  const answer = await adminResolver(call('site.read'), handlerContext());
  expect(answer).toMatchObject({ ok: false, problem: { check: 'app-works' } });
  expect(JSON.stringify(answer)).not.toContain('UNAVAILABLE');
});

test('reading the site back gives what an administrator saved', async () => {
  const saved = await adminResolver(
    call('site.save', { timeZone: 'Europe/Berlin', paused: false }),
    handlerContext(),
  );
  expect(saved).toMatchObject({ ok: true });
  expect(await adminResolver(call('site.read'), handlerContext())).toMatchObject({
    ok: true,
    value: { timeZone: 'Europe/Berlin', paused: false },
  });
});
