/** Proofs of possession: a token that works only together with a key. https://www.rfc-editor.org/rfc/rfc9449 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
} from 'node:crypto';
import type { Call } from '../access-token';
import { signedJwt } from '../jwt';

/** Private key in PEM, made for one access token and kept with it. */
export function makeProofKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

export function proofFor(
  call: Call,
  parts: {
    readonly proofKey: string;
    /** Epoch seconds. */
    readonly now: number;
    readonly nonce?: string | undefined;
    readonly token?: string;
  },
): string {
  const { proofKey, now, nonce, token } = parts;
  const { crv, x, y } = createPublicKey(createPrivateKey(proofKey)).export({ format: 'jwk' });
  const url = new URL(call.url);
  return signedJwt({
    alg: 'ES256',
    header: { typ: 'dpop+jwt', jwk: { kty: 'EC', crv, x, y } },
    claims: {
      jti: randomUUID(),
      htm: call.method,
      // Without what may differ on the way: query and fragment.
      htu: `${url.origin}${url.pathname}`,
      iat: now,
      ...(nonce !== undefined && { nonce }),
      ...(token !== undefined && {
        ath: createHash('sha256').update(token).digest('base64url'),
      }),
    },
    privateKeyPem: proofKey,
  });
}
