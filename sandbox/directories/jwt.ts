/** Reads and verifies a signed assertion; each directory judges the claims in its own words. */
import { constants, verify } from 'node:crypto';

export interface Jwt {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  readonly signed: string;
  readonly signature: Buffer;
}

export function readJwt(token: string): Jwt | undefined {
  const [header, claims, signature, rest] = token.split('.');
  if (!header || !claims || !signature || rest !== undefined) return undefined;
  const parsed = [header, claims].map(parseObject);
  if (!parsed[0] || !parsed[1]) return undefined;
  return {
    header: parsed[0],
    claims: parsed[1],
    signed: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

export function signedBy(jwt: Jwt, publicKeyPem: string, algorithms: readonly string[]): boolean {
  const alg = jwt.header['alg'];
  if (typeof alg !== 'string' || !algorithms.includes(alg)) return false;
  const data = Buffer.from(jwt.signed);
  if (alg === 'RS256') return verify('sha256', data, publicKeyPem, jwt.signature);
  if (alg !== 'PS256') return false;
  const key = {
    key: publicKeyPem,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  return verify('sha256', data, key, jwt.signature);
}

function parseObject(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
