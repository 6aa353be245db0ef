/** `POST /token`: a service account proves itself with a signed assertion. */
import { json, type Reply, type Req } from '../../kit/routes';
import { isFor } from '../directory';
import { readJwt, signedBy } from '../jwt';
import { ACCOUNTS, type ServiceAccount } from './accounts';
import { TOKEN_HOST, type Workspace } from './workspace';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LIFETIME_S = 3599;
/** Clocks may differ by this much. */
const SKEW_S = 300;

export function answerToken(workspace: Workspace, req: Req): Reply {
  if (!isFor(req, TOKEN_HOST)) return json(404, { error: 'not_found' });
  const form = new URLSearchParams(req.body);
  if (form.get('grant_type') !== GRANT) {
    return refuse(
      400,
      'unsupported_grant_type',
      `Invalid grant_type: ${form.get('grant_type') ?? ''}`,
    );
  }
  const jwt = readJwt(form.get('assertion') ?? '');
  if (!jwt) return refuse(400, 'invalid_grant', 'Invalid JWT: Failed audience check.');
  const { iss, aud, iat, exp, sub, scope } = jwt.claims;
  const account = Object.values(ACCOUNTS).find((candidate) => candidate.email === iss);
  if (!account) return refuse(400, 'invalid_grant', 'Invalid grant: account not found');
  const { keys, deletedKeys, tokens } = workspace.state;
  const named = jwt.header['kid'];
  const trusted = keys.filter(
    ({ kid }) => !deletedKeys.has(kid) && (named === undefined || named === kid),
  );
  if (!trusted.some(({ publicKeyPem }) => signedBy(jwt, publicKeyPem, ['RS256']))) {
    return refuse(400, 'invalid_grant', 'Invalid JWT Signature.');
  }
  if (aud !== `https://${TOKEN_HOST}/token`) {
    return refuse(
      400,
      'invalid_grant',
      'Invalid JWT: Failed audience check. The right audience is https://oauth2.googleapis.com/token',
    );
  }
  const now = workspace.clock.now() / 1000;
  const inTime =
    typeof iat === 'number' &&
    typeof exp === 'number' &&
    iat <= now + SKEW_S &&
    exp > now &&
    exp - iat <= 3600;
  if (!inTime) {
    const text =
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';
    return refuse(400, 'invalid_grant', text);
  }
  // That an assertion counts once only is unverified; the nastier reading.
  const seen = jwt.signature.toString('base64url');
  if (!tokens.takeOnce(seen, (exp + SKEW_S) * 1000, workspace.clock.now())) {
    return refuse(400, 'invalid_grant', 'Invalid JWT: Token was used before.');
  }
  const scopes = typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [];
  if (scopes.length === 0) {
    return refuse(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  }
  const problem =
    sub === undefined ? undefined : judgeDelegation(workspace, account, String(sub), scopes);
  if (problem) return problem;
  const access_token = workspace.state.tokens.issue(workspace.random, 'ya29.c.', {
    client: account.email,
    scopes,
    expires: workspace.clock.now() + LIFETIME_S * 1000,
    ...(sub !== undefined && { subject: String(sub).toLowerCase() }),
  });
  return json(200, { access_token, expires_in: LIFETIME_S, token_type: 'Bearer' });
}

/** Acting as somebody: the person must exist, and every scope must have been allowed. */
function judgeDelegation(
  workspace: Workspace,
  account: ServiceAccount,
  subject: string,
  scopes: readonly string[],
): Reply | undefined {
  const known = [...workspace.state.users.values()].some(
    (user) => user.primaryEmail.toLowerCase() === subject.toLowerCase() && !user.suspended,
  );
  if (!known) return refuse(400, 'invalid_grant', 'Invalid email or User ID');
  const allowed = workspace.state.delegations.get(account.clientId) ?? account.delegated;
  if (scopes.every((scope) => allowed.includes(scope))) return undefined;
  const text =
    'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.';
  return refuse(401, 'unauthorized_client', text);
}

function refuse(status: number, error: string, error_description: string): Reply {
  return json(status, { error, error_description });
}
