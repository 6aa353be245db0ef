/** The report of stored accounts, as Atlassian's library sends it and as the platform answers. */
import { afterEach, expect, it } from 'vitest';
import { Accounts } from '../../../sandbox/forge/accounts';
import { forgePrivacy } from '../../../src/forge/privacy';
import { type ForgeCall, type ForgeServer, serveForge } from '../../fakes/forge-globals';

let stop = () => {};
afterEach(() => stop());

const AT = '2026-03-02T09:00:00.000Z';
const accounts = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ accountId: `account-${n}`, updatedAt: AT }));

function opened(answer?: ForgeServer) {
  const known = new Accounts();
  const calls: ForgeCall[] = [];
  stop = serveForge((call) => {
    calls.push(call);
    return answer?.(call) ?? known.report(JSON.parse(call.body ?? 'null'));
  });
  return { known, calls };
}

it('asks as the app, once for ninety accounts, and learns nothing of those that are as they were', async () => {
  const { calls } = opened();
  expect(await forgePrivacy.report(accounts(90))).toEqual({ ok: true, value: [] });
  expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /app/report-accounts',
  ]);
  expect(calls[0]?.meta).toMatchObject({ provider: 'app', remote: 'stargate' });
});

it('learns who was closed, and who changed since then', async () => {
  const { known } = opened();
  known.close('account-1');
  known.change('account-2', Date.parse(AT) + 1);
  known.change('account-3', Date.parse(AT) - 1);
  expect(await forgePrivacy.report(accounts(4))).toEqual({
    ok: true,
    value: [
      { accountId: 'account-1', status: 'closed' },
      { accountId: 'account-2', status: 'updated' },
    ],
  });
});

it.each<[string, ForgeServer, object]>([
  [
    'a limit',
    () => ({ status: 429, headers: { 'retry-after': '120' }, json: {} }),
    { class: 'retryable', code: 'rate-limited', retryAfter: 120 },
  ],
  [
    'a permission that is missing',
    () => ({ status: 403, json: {} }),
    { class: 'needs-human', code: 'scope-missing' },
  ],
  [
    'an error of Atlassian',
    () => ({ status: 503, text: '<html>', type: 'text/html' }),
    { class: 'retryable', code: 'unreachable' },
  ],
  [
    'an answer of another shape',
    () => ({ status: 200, json: { accounts: 'none' } }),
    { class: 'retryable', code: 'bad-answer' },
  ],
  [
    'a request it does not take',
    () => ({ status: 400, json: {} }),
    { class: 'permanent', code: 'invalid' },
  ],
])('tells %s from the others', async (_, answer, error) => {
  opened(answer);
  expect(await forgePrivacy.report(accounts(1))).toMatchObject({ ok: false, error });
});

it('is refused more than ninety at once, and dates that are none', () => {
  const known = new Accounts();
  expect(known.report({ accounts: accounts(91) }).status).toBe(400);
  const undated = { accounts: [{ accountId: 'account-1', updatedAt: 'yesterday' }] };
  expect(known.report(undated).status).toBe(400);
});
