import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { bench, call, signedJwt } from './bench';
import { OKTA } from './sign-in';

const b = bench();
const { okta } = b.directories;
const { bound, full, kid, privateKeyPem } = okta.consoleFacts();
const start = okta.snapshot();
const began = b.clock.now();
beforeEach(() => {
  b.clock.restart(began);
  okta.restore(start);
});
afterAll(() => b.clock.close());

const seconds = () => Math.floor(b.clock.now() / 1000);
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const own = pair();
let count = 0;

/** A proof, right in everything but what a test spoils. */
function proof(claims: Record<string, unknown>, header: Record<string, unknown> = {}, by = own) {
  const { kty, crv, x, y } = own.publicKey.export({ format: 'jwk' });
  const parts = [
    { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y }, ...header },
    { iat: seconds(), jti: `proof-${++count}`, ...claims },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const key = { key: by.privateKey, dsaEncoding: 'ieee-p1363' as const };
  const signature = sign('sha256', Buffer.from(parts.join('.')), key).toString('base64url');
  return `${parts.join('.')}.${signature}`;
}

const url = (path: string) => `https://${OKTA}${path}`;
const forToken = { htm: 'POST', htu: url('/oauth2/v1/token') };

function askToken(dpop?: string, who = bound) {
  const claims = {
    iss: who.clientId,
    sub: who.clientId,
    aud: url('/oauth2/v1/token'),
    exp: seconds() + 300,
  };
  return call(okta.routes, OKTA, 'POST /oauth2/v1/token', {
    form: {
      grant_type: 'client_credentials',
      scope: 'okta.groups.read okta.users.read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: signedJwt(privateKeyPem, claims, { kid }),
    },
    ...(dpop !== undefined && { headers: { dpop } }),
  });
}

async function boundToken(): Promise<string> {
  const { headers } = await askToken(proof(forToken));
  const answer = await askToken(proof({ ...forToken, nonce: headers['dpop-nonce'] }));
  expect([answer.status, answer.body.token_type]).toEqual([200, 'DPoP']);
  return answer.body.access_token;
}

const ath = (token: string) => createHash('sha256').update(token).digest('base64url');
const PATH = '/api/v1/groups';
const read = (token: string, dpop?: string, scheme = 'DPoP', query = '?limit=1') =>
  call(okta.routes, OKTA, `GET ${PATH}${query}`, {
    token: `${scheme} ${token}`,
    ...(dpop !== undefined && { headers: { dpop } }),
  });

describe('a proof of possession', () => {
  test('is asked for, then its nonce, and only then there is a token', async () => {
    const none = await askToken();
    expect([none.status, none.body.error]).toEqual([400, 'invalid_dpop_proof']);
    const first = await askToken(proof(forToken));
    expect([first.status, first.body.error]).toEqual([400, 'use_dpop_nonce']);
    expect(first.headers['dpop-nonce']).toBeTruthy();
    const made = await askToken(proof({ ...forToken, nonce: 'made-up' }));
    expect([made.status, made.body.error]).toEqual([400, 'use_dpop_nonce']);
    await boundToken();
  });

  test('may be given where it is not asked for', async () => {
    const { headers } = await askToken(proof(forToken), full);
    const answer = await askToken(proof({ ...forToken, nonce: headers['dpop-nonce'] }), full);
    expect(answer.body.token_type).toBe('DPoP');
  });

  test('opens what its token opens', async () => {
    const token = await boundToken();
    const good = { htm: 'GET', htu: url(PATH), ath: ath(token) };
    expect((await read(token, proof(good))).status).toBe(200);
  });

  test.each<[string, (token: string) => string | undefined]>([
    ['is missing', () => undefined],
    ['is for another method', (t) => proof({ htm: 'PUT', htu: url(PATH), ath: ath(t) })],
    ['is for another address', (t) => proof({ htm: 'GET', htu: url('/x'), ath: ath(t) })],
    ['holds the query', (t) => proof({ htm: 'GET', htu: url(`${PATH}?limit=1`), ath: ath(t) })],
    ['is for another token', () => proof({ htm: 'GET', htu: url(PATH), ath: ath('other') })],
    ['is for no token', () => proof({ htm: 'GET', htu: url(PATH) })],
    ['is old', (t) => proof({ htm: 'GET', htu: url(PATH), ath: ath(t), iat: seconds() - 400 })],
    [
      'is signed by another key than it shows',
      (t) => proof({ htm: 'GET', htu: url(PATH), ath: ath(t) }, {}, pair()),
    ],
    [
      'is of another key than the token',
      (t) => {
        const other = pair();
        const { kty, crv, x, y } = other.publicKey.export({ format: 'jwk' });
        const jwk = { kty, crv, x, y };
        return proof({ htm: 'GET', htu: url(PATH), ath: ath(t) }, { jwk }, other);
      },
    ],
    [
      'shows its private key',
      (t) => {
        const jwk = own.privateKey.export({ format: 'jwk' });
        return proof({ htm: 'GET', htu: url(PATH), ath: ath(t) }, { jwk });
      },
    ],
    [
      'is of another type',
      (t) => proof({ htm: 'GET', htu: url(PATH), ath: ath(t) }, { typ: 'JWT' }),
    ],
  ])('that %s opens nothing', async (_, make) => {
    const token = await boundToken();
    const answer = await read(token, make(token));
    expect(answer.status).toBe(400);
    expect(answer.headers['www-authenticate']).toMatch(/^DPoP .*error="invalid_dpop_proof"/);
  });

  test('is taken once', async () => {
    const token = await boundToken();
    const once = proof({ htm: 'GET', htu: url(PATH), ath: ath(token) });
    expect((await read(token, once)).status).toBe(200);
    const again = await read(token, once);
    expect(again.headers['www-authenticate']).toContain('already been used');
  });

  test('cannot be left out by calling the token another', async () => {
    const token = await boundToken();
    expect((await read(token, undefined, 'Bearer')).status).toBe(401);
  });
});
