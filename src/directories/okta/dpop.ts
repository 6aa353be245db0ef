/**
 * Proofs of possession (RFC 9449): a token that is bound to a key works only with a proof, made for
 * each call, that the caller has that key. Okta asks for them in every new service application.
 */
import { createHash, createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Call } from '../access-token';
import { signedJwt } from '../jwt';

/** Each token gets a key of its own, which ends with it. */
export function makeProofKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
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
  const { kty, crv, x, y } = createPrivateKey(key).export({ format: 'jwk' });
  return signedJwt({
    alg: 'ES256',
    header: { typ: 'dpop+jwt', jwk: { kty, crv, x, y } },
    claims: {
      htm: call.method,
      htu: addressOf(call.url),
      iat: now,
      jti: randomUUID(),
      ...(nonce !== undefined && { nonce }),
      ...(token !== undefined && { ath: createHash('sha256').update(token).digest('base64url') }),
    },
    privateKeyPem: key,
  });
}

/**
 * Without query and fragment, as the standard has it. Okta compares with the decoded path
 * (https://github.com/okta/okta-sdk-nodejs/issues/521), which matters for logins.
 */
function addressOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${decodeURIComponent(pathname)}`;
}

export function proven(call: Call, now: number, token: string, key: string) {
  return { authorization: `DPoP ${token}`, dpop: proofOf({ call, now, key, token }) };
}
