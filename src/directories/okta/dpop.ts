/**
 * Proofs of possession (RFC 9449): a token that is bound to a key works only with a proof, made for
 * each call, that the caller has that key. Okta asks for them in every new service application.
 */
import { createHash, createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { Call } from '../access-token';

/** Each token gets a key of its own, which ends with it. */
export function makeProofKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}

export interface Proof {
  readonly call: Call;
  /** Epoch seconds. */
  readonly now: number;
  readonly key: string;
  /** What the endpoint gave to be carried back. */
  readonly nonce?: string;
  /** The token that the proof goes with; absent when it asks for one. */
  readonly token?: string;
}

export function proofOf({ call, now, key, nonce, token }: Proof): string {
  const privateKey = createPrivateKey(key);
  const { kty, crv, x, y } = privateKey.export({ format: 'jwk' });
  const { origin, pathname } = new URL(call.url);
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } };
  const claims = {
    htm: call.method,
    // Without query and fragment, as the standard has it.
    htu: `${origin}${pathname}`,
    iat: now,
    jti: randomUUID(),
    ...(nonce !== undefined && { nonce }),
    ...(token !== undefined && { ath: createHash('sha256').update(token).digest('base64url') }),
  };
  const signed = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(signed), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${signed}.${signature.toString('base64url')}`;
}

export function proven(call: Call, now: number, token: string, key: string) {
  return { authorization: `DPoP ${token}`, dpop: proofOf({ call, now, key, token }) };
}
