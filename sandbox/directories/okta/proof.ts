/** Proofs of possession as Okta checks them: https://www.rfc-editor.org/rfc/rfc9449 */
import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import type { SandboxClock } from '../../kit/clock';
import type { Req } from '../../kit/routes';
import { readJwt } from '../jwt';
import type { OktaState } from './state';

const FRESH_SECONDS = 300;

/** What of the org matters here. */
interface Verifier {
  readonly host: string;
  readonly clock: SandboxClock;
  readonly state: OktaState;
}

/** The key that made the proof of this call, by its thumbprint; `token`: the one it goes with. */
export function provenKey(
  org: Verifier,
  req: Req,
  token?: string,
): { thumbprint: string; nonce: unknown } | { refused: string } {
  const header = req.headers['dpop'];
  if (header === undefined) return { refused: 'The DPoP proof JWT header is missing.' };
  const jwt = readJwt(header);
  const jwk = jwt?.header['jwk'] as JsonWebKey | undefined;
  if (jwt?.header['typ'] !== 'dpop+jwt' || jwt.header['alg'] !== 'ES256' || jwk?.kty !== 'EC')
    return { refused: 'The DPoP proof JWT header is malformed.' };
  if (jwk.d !== undefined)
    return { refused: 'The DPoP proof JWT header must not hold a private key.' };
  const key = {
    key: createPublicKey({ key: jwk, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363' as const,
  };
  if (!verify('sha256', Buffer.from(jwt.signed), key, jwt.signature))
    return { refused: 'The DPoP proof JWT signature is invalid.' };
  const { htm, htu, iat, jti, ath, nonce } = jwt.claims;
  if (htm !== req.method) return { refused: "'htm' claim in the DPoP proof JWT is invalid." };
  // Compared with the decoded path (https://github.com/okta/okta-sdk-nodejs/issues/521).
  if (htu !== `https://${org.host}${decodeURIComponent(req.rawPath)}`)
    return { refused: "'htu' claim in the DPoP proof JWT is invalid." };
  const now = org.clock.now();
  if (typeof iat !== 'number' || Math.abs(now / 1000 - iat) > FRESH_SECONDS)
    return { refused: "'iat' claim in the DPoP proof JWT is invalid." };
  const once =
    typeof jti === 'string' &&
    org.state.tokens.takeOnce(`dpop:${jti}`, now + FRESH_SECONDS * 2000, now);
  if (!once) return { refused: 'The DPoP proof JWT has already been used.' };
  if (token !== undefined && ath !== createHash('sha256').update(token).digest('base64url'))
    return { refused: "'ath' claim in the DPoP proof JWT is invalid." };
  const { crv, x, y } = jwk;
  const canonical = JSON.stringify({ crv, kty: 'EC', x, y });
  return { thumbprint: createHash('sha256').update(canonical).digest('base64url'), nonce };
}

const NONCE_MS = 24 * 3_600_000;

/** Good for a day, and nothing that a caller could make up. */
export const nonceOf = (org: Pick<Verifier, 'clock' | 'state'>): string =>
  createHash('sha256')
    .update(`${org.state.keys.publicKeyPem}${Math.floor(org.clock.now() / NONCE_MS)}`)
    .digest('base64url')
    .slice(0, 22);
