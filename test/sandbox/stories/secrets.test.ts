import { createPrivateKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeKeyPair } from '../../../sandbox/directories/keys';
import type { SeenCall, Traffic } from '../../../sandbox/stories/kit/control';
import { leaksIn } from '../../../sandbox/stories/kit/secrets';

const { privateKeyPem, publicKeyPem } = makeKeyPair('kid');
const SECRET = 'nRm8Q~a-client-secret-of-an-app-registration';
const TOKEN = 'aTokenOfTheDirectoryThatOpensEverythingForAnHour';
const MADE_HERE = 'aPrivateThingThatTheAppMadeByItselfAndStored';
const consoles = { okta: { privateKeyPem, kid: 'kid' }, entra: { weak: { clientSecret: SECRET } } };

const call = (over: Partial<SeenCall>): SeenCall => ({
  seq: 1,
  at: '2026-03-02T09:00:00.000Z',
  server: 'jira',
  host: 'site.example',
  method: 'POST',
  path: '/rest/api/3/issue',
  invocation: 'i-1',
  fn: 'work',
  requestBody: '',
  responseBody: '',
  ...over,
});
const reading = call({
  server: 'kvs',
  path: '/api/v1/secret/get',
  responseBody: JSON.stringify({ value: { token: MADE_HERE, privateKeyPem } }),
});
const forToken = call({
  server: 'okta',
  path: '/oauth2/v1/token',
  requestBody: `grant_type=x&client_secret=${encodeURIComponent(SECRET)}&client_assertion=${'e'.repeat(80)}`,
  responseBody: JSON.stringify({ access_token: TOKEN }),
});
const traffic = (more: Partial<Traffic> = {}): Traffic => ({
  calls: [reading, forToken],
  invocations: [],
  logs: [],
  ...more,
});
const invocation = { id: 'i-1', fn: 'admin', site: 'main', at: '', outcome: 'ok' };
const jwk = createPrivateKey(privateKeyPem).export({ format: 'jwk' });

describe('the search for credentials that left secret storage', () => {
  test('finds nothing where they are only kept and shown to their directory', () => {
    expect(leaksIn(traffic(), consoles)).toEqual({ leaks: [] });
  });

  const forms: readonly (readonly [string, string])[] = [
    ['a client secret', SECRET],
    ['an access token', `{"authorization":"Bearer ${TOKEN}"}`],
    ['what the app made itself', MADE_HERE],
    ['a private key', JSON.stringify({ key: privateKeyPem })],
    ['a private key as a JWK', JSON.stringify(jwk)],
    ['a private key in base64', Buffer.from(privateKeyPem).toString('base64')],
    ['a secret in an address', encodeURIComponent(SECRET)],
    ['the end of a token', `…${TOKEN.slice(-30)}`],
    ['an assertion', 'e'.repeat(80)],
  ];
  test.each(forms)(
    'finds %s in what was written into the store',
    { tags: ['secret-leaked'] },
    (_, text) => {
      const written = call({ server: 'kvs', path: '/api/v1/set', requestBody: text });
      const { leaks } = leaksIn(traffic({ calls: [reading, forToken, written] }), consoles);
      expect(leaks).toHaveLength(1);
      expect(leaks[0]?.where).toContain('kvs POST /api/v1/set');
    },
  );

  const said = `It was ${SECRET}.`;
  const places: readonly (readonly [string, Partial<Traffic>])[] = [
    ['a comment', { calls: [call({ requestBody: said })] }],
    ['an address', { calls: [call({ server: 'okta', path: `/api/v1/users/${SECRET}` })] }],
    ['a queue message', { calls: [call({ server: 'queue', requestBody: said })] }],
    ['what Jira shows', { calls: [{ ...call({ responseBody: said }), invocation: undefined }] }],
    ['an answer of the app', { invocations: [{ ...invocation, answer: said }] }],
    ['an error of the app', { invocations: [{ ...invocation, error: said }] }],
    ['a log', { logs: [{ at: '', fn: 'work', level: 30, text: said }] }],
  ];
  test.each(places)('finds a secret in %s', { tags: ['secret-leaked'] }, (_, more) => {
    expect(leaksIn(traffic(more), consoles).leaks).toMatchObject([
      { what: expect.stringMatching(/client_?secret/i) },
    ]);
  });

  test('does not mind what is public, or what people do themselves', () => {
    const { n, e, kty } = jwk;
    const shown = { ...invocation, answer: JSON.stringify({ publicKeyPem, n, e, kty }) };
    const byHand = { ...call({ server: 'entra', requestBody: SECRET }), invocation: undefined };
    const seen = traffic({ calls: [reading, forToken, byHand], invocations: [shown] });
    expect(leaksIn(seen, consoles).leaks).toEqual([]);
  });

  test('says so when it could not see what is stored', () => {
    expect(leaksIn(traffic({ calls: [forToken] }), consoles).blind).toContain('without');
  });
});
