/** Covers through the resolvers: whoever calls sets their own, whatever the payload says. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { adminResolver } from '../../src/entrypoints/resolvers/admin';
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

const UNTIL = '2030-01-01T09:00:00Z';
async function check(resolver: typeof adminResolver, functionKey: string, payload: unknown) {
  const answer = await resolver({ call: { functionKey, payload } }, handlerContext('friend'));
  return answer.ok ? 'ok' : answer.problem.check;
}

describe.each([
  ['portal', portalResolver],
  ['issue view', approverResolver],
] as const)('in the %s', (_, resolver) => {
  test.each<[string, unknown]>([
    ['for somebody else', { away: 'owner', cover: 'second', until: UNTIL }],
    ['as somebody else', { by: 'owner', cover: 'second', until: UNTIL }],
    ['with a time without its offset', { cover: 'second', until: '2030-01-01T09:00:00' }],
    ['with a day alone', { cover: 'second', until: '2030-01-01' }],
    ['with a time that does not exist', { cover: 'second', until: '2030-13-41T09:00:00Z' }],
    ['without an end', { cover: 'second' }],
    ['with a prototype', JSON.parse('{"__proto__":{"away":"owner"},"cover":"second"}')],
  ])(
    'a cover is not set %s',
    { tags: ['actor-spoofed', 'hostile-import'] },
    async (__, payload) => {
      expect(await check(resolver, 'cover.set', payload)).toBe('input');
      expect(forge.pushed).toEqual([]);
    },
  );

  test('nobody replaces an approver', { tags: ['not-an-admin'] }, async () => {
    const payload = { issueId: '501', from: 'a', to: 'b', reason: 'because' };
    expect(await check(resolver, 'request.replace-approver', payload)).toBe('function');
  });

  test('nobody finds out what roles there are', async () => {
    expect(await check(resolver, 'request.chain', { role: 'figma.editor' })).toBe('role-offered');
    expect(await check(resolver, 'request.chain', { role: '../../x' })).toBe('input');
  });
});

test('a replacement without a reason is not taken', async () => {
  const payload = { issueId: '501', from: 'a', to: 'b', reason: '  ' };
  expect(await check(adminResolver, 'request.replace-approver', payload)).toBe('input');
});
