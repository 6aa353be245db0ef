/** One RSA key pair per directory, made when somebody first asks for the console's facts. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';

export interface KeyPair {
  readonly kid: string;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
}

export function makeKeyPair(kid: string): KeyPair {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { kid, privateKeyPem: pair.privateKey, publicKeyPem: pair.publicKey };
}

export function publicJwk(pair: KeyPair): Record<string, unknown> {
  const jwk = createPublicKey(pair.publicKeyPem).export({ format: 'jwk' });
  return { ...jwk, kid: pair.kid, alg: 'RS256', use: 'sig' };
}
