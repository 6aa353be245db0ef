/** Signed assertions, by which a connection proves itself without sending its key. */
import { constants, createHash, createPrivateKey, sign } from 'node:crypto';

export interface Assertion {
  readonly alg: 'RS256' | 'PS256' | 'ES256';
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, string | number>>;
  readonly privateKeyPem: string;
}

/** Throws when the key cannot be read. */
export function signedJwt({ alg, header, claims, privateKeyPem }: Assertion): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg, typ: 'JWT', ...header })}.${part(claims)}`;
  const key = createPrivateKey(privateKeyPem);
  const signature = sign('sha256', Buffer.from(signed), {
    key,
    // JWS wants the two numbers side by side and not in DER.
    ...(alg === 'ES256' && { dsaEncoding: 'ieee-p1363' as const }),
    ...(alg === 'PS256' && {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    }),
  });
  return `${signed}.${signature.toString('base64url')}`;
}

/** Tells two credentials apart without giving either away. */
export const fingerprintOf = (credential: object): string =>
  createHash('sha256').update(JSON.stringify(credential)).digest('hex').slice(0, 24);
