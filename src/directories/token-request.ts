/** The request for an access token: the same form-encoded POST everywhere, answered differently. */
import * as z from 'zod/mini';
import type { Http } from '../forge/ports';
import { type Failure, type FailureCode, no, ok, type Result } from '../shared/result';
import type { Minted } from './access-token';
import { type Answer, classify, failure } from './classify';
import { type Dialect, readAnswer, unanswered } from './door';

export interface TokenAnswer {
  readonly result: Result<Minted, Failure>;
  /** The directory's own time when it answered, epoch milliseconds. */
  readonly directoryTime?: number;
  readonly requestId?: string;
  /** Of a refusal: what the endpoint wants the next proof of possession to carry. */
  readonly dpopNonce?: string;
  readonly oauthError?: string;
}

export interface TokenRequest {
  readonly http: Http;
  readonly dialect: Pick<Dialect, 'service' | 'requestId'>;
  readonly nowMs: number;
  readonly url: string;
  /** Throws when the key cannot be read. */
  readonly form: () => Readonly<Record<string, string>>;
  /** Beside the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
  /** OAuth error codes that mean something else than a refused credential. */
  readonly codes?: Readonly<Record<string, FailureCode>>;
}

const granted = z.object({
  access_token: z.string().check(z.minLength(1)),
  expires_in: z.number().check(z.positive()),
  token_type: z.string(),
  scope: z.optional(z.string()),
});
const refused = z.object({
  error: z.string(),
  error_description: z.optional(z.string()),
});

const CODES: Readonly<Record<string, FailureCode>> = {
  invalid_client: 'credential-refused',
  invalid_grant: 'credential-refused',
  unauthorized_client: 'credential-refused',
  access_denied: 'credential-refused',
  invalid_request: 'credential-refused',
  invalid_scope: 'scope-missing',
  // Okta: the application insists on proofs of possession, which are switched off in its settings.
  invalid_dpop_proof: 'credential-refused',
  use_dpop_nonce: 'credential-refused',
  temporarily_unavailable: 'server-error',
  server_error: 'server-error',
};

const MOST_SAID = 400;

export async function requestToken(request: TokenRequest): Promise<TokenAnswer> {
  const { dialect, http, url } = request;
  let form: Readonly<Record<string, string>>;
  try {
    form = request.form();
  } catch (cause) {
    const detail = `The private key of the ${dialect.service} connection cannot be read.`;
    return { result: no(failure('credential-refused', detail, { cause })) };
  }
  let answer: Answer;
  try {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      ...request.headers,
    };
    const body = new URLSearchParams(form).toString();
    answer = await readAnswer(await http(url, { method: 'POST', headers, body }), dialect);
  } catch (cause) {
    // Asking for a token changes nothing, so nothing is left unknown.
    return { result: no(unanswered(dialect.service, { write: false }, cause)) };
  }
  const date = Date.parse(answer.headers.get('date') ?? '');
  const nonce = answer.headers.get('dpop-nonce');
  const oauthError = refused.safeParse(answer.json).data?.error;
  return {
    result: read(answer, request),
    ...(nonce !== null && { dpopNonce: nonce }),
    ...(answer.status >= 400 && oauthError !== undefined && { oauthError }),
    ...(Number.isFinite(date) && { directoryTime: date }),
    ...(answer.requestId !== undefined && { requestId: answer.requestId }),
  };
}

function read(answer: Answer, { dialect, nowMs, codes }: TokenRequest): Result<Minted, Failure> {
  const { requestId } = answer;
  if (answer.status === 200) {
    const token = granted.safeParse(answer.json);
    if (token.success) {
      const { access_token, expires_in, scope } = token.data;
      const scopes = scope === undefined ? {} : { scopes: scope.split(' ') };
      return ok({ token: access_token, lifetime: expires_in, ...scopes });
    }
    const detail = `${dialect.service} gave an answer that is no access token.`;
    return no(failure('bad-answer', detail, requestId === undefined ? {} : { requestId }));
  }
  const error = refused.safeParse(answer.json);
  const apiCode = error.success ? error.data.error : undefined;
  const asked = { service: dialect.service, write: false, nowMs, apiCode };
  const said = error.success
    ? [apiCode, error.data.error_description].filter(Boolean).join(': ').slice(0, MOST_SAID)
    : undefined;
  const classified = classify(answer, { ...asked, codes: { ...CODES, ...codes } });
  return no({ ...classified, ...(said !== undefined && { said }) });
}
