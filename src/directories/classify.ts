/**
 * What an answer of a directory means for the caller. Only the status and the service's own error
 * code count: wording changes without notice, and is translated. Each directory adds the codes that
 * say more than their status; nothing here knows one directory from another.
 */
import type { Failure, FailureCode } from '../shared/result';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON body, `undefined` when there was none or it was no JSON. */
  readonly json: unknown;
  readonly requestId: string | undefined;
}

export interface Asked {
  /** As people call the service: "Okta". */
  readonly service: string;
  /** The call changes something, so an unclear answer leaves the outcome unknown. */
  readonly write: boolean;
  readonly nowMs: number;
  /** The error code in the answer's body. */
  readonly apiCode: string | undefined;
  /** Codes that mean something else than their status. */
  readonly codes: Readonly<Record<string, FailureCode>>;
}

/** A queue message can be delayed by at most this. */
const LONGEST_WAIT = 900;
/** Okta's limit on concurrent calls clears as soon as others end; the reset time it sends is a hint. */
const CONCURRENCY_WAIT = 2;

const CLASS_OF: Readonly<Record<FailureCode, Failure['class']>> = {
  unreachable: 'retryable',
  timeout: 'retryable',
  'rate-limited': 'retryable',
  'server-error': 'retryable',
  'bad-answer': 'retryable',
  conflict: 'retryable',
  'credential-refused': 'needs-human',
  'scope-missing': 'needs-human',
  forbidden: 'needs-human',
  'person-not-found': 'needs-human',
  invalid: 'permanent',
  'group-not-found': 'permanent',
  'group-not-writable': 'permanent',
  'not-found': 'permanent',
  'mark-expired': 'permanent',
  'too-large': 'permanent',
};

/** The effect may stand although the answer was an error or no answer at all. */
const MAY_HAVE_WORKED: ReadonlySet<FailureCode> = new Set([
  'unreachable',
  'timeout',
  'server-error',
  'bad-answer',
]);

export function failure(
  code: FailureCode,
  detail: string,
  more: Omit<Partial<Failure>, 'class' | 'code' | 'detail'> = {},
): Failure {
  return { class: CLASS_OF[code], code, detail, ...more };
}

/** For a call that failed after it was sent; `write` decides whether its outcome is unknown. */
export function failedCall(
  asked: Pick<Asked, 'write'>,
  code: FailureCode,
  detail: string,
  more: Parameters<typeof failure>[2] = {},
): Failure {
  const unknown = asked.write && MAY_HAVE_WORKED.has(code);
  return failure(code, detail, { ...(unknown && { outcomeUnknown: true }), ...more });
}

/** For an answer that is not a success. */
export function classify(answer: Answer, asked: Asked): Failure {
  const code = codeFor(answer, asked);
  const retryAfter = code === 'rate-limited' ? waitAfter(answer.headers, asked.nowMs) : undefined;
  return failedCall(asked, code, sentence(answer, asked, code), {
    ...(answer.requestId !== undefined && { requestId: answer.requestId }),
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

function codeFor({ status, headers }: Answer, { apiCode, codes }: Asked): FailureCode {
  if (headers.has('forge-proxy-error')) return 'forbidden';
  if (status === 429) return 'rate-limited';
  if (status === 501) return 'invalid';
  if (status >= 500) return 'server-error';
  const challenge = headers.get('www-authenticate') ?? '';
  if (/insufficient_scope/.test(challenge)) return 'scope-missing';
  // The proof of possession, which nothing but our clock or our key can have spoiled.
  if (/invalid_dpop_proof/.test(challenge)) return 'credential-refused';
  const known = apiCode === undefined ? undefined : codes[apiCode];
  if (known) return known;
  if (status === 401) return 'credential-refused';
  if (status === 408) return 'timeout';
  // An error page of something on the way says nothing about the person or the group.
  if (apiCode === undefined) return 'bad-answer';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 409 || status === 412 || status === 423) return 'conflict';
  if (status === 413) return 'too-large';
  return status >= 400 ? 'invalid' : 'bad-answer';
}

function sentence({ status, headers }: Answer, asked: Asked, code: FailureCode): string {
  if (headers.has('forge-proxy-error')) {
    return `The app is not allowed to call ${asked.service}: an administrator of the site must allow the address.`;
  }
  const codeText =
    asked.apiCode && /^[\w.-]{1,60}$/.test(asked.apiCode) ? `, ${asked.apiCode}` : '';
  return `${asked.service} ${WORDS[code]} (${status}${codeText}).`;
}

const WORDS: Readonly<Record<FailureCode, string>> = {
  unreachable: 'could not be reached',
  timeout: 'did not answer in time',
  'rate-limited': 'asked to slow down',
  'server-error': 'had an error of its own',
  'bad-answer': 'gave an answer that cannot be read',
  conflict: 'was busy with another change of the same object',
  'credential-refused': 'refused the credential',
  'scope-missing': 'says that the credential lacks a permission',
  forbidden: 'does not allow this to the credential',
  invalid: 'did not accept the request',
  'group-not-found': 'does not know the group',
  'group-not-writable': 'does not let members of this group be changed by hand',
  'person-not-found': 'does not know the person',
  'not-found': 'does not know the person or the group',
  'mark-expired': 'no longer knows how far the last reading came',
  'too-large': 'found the request or the answer too large',
};

/** Seconds until the next attempt makes sense, as far as the answer says. */
function waitAfter(headers: Headers, nowMs: number): number | undefined {
  const retryAfter = headers.get('retry-after');
  if (retryAfter !== null) {
    const seconds = /^\d+$/.test(retryAfter)
      ? Number(retryAfter)
      : (Date.parse(retryAfter) - nowMs) / 1000;
    return within(seconds);
  }
  if (headers.get('x-rate-limit-limit') === '0') return CONCURRENCY_WAIT;
  const reset = headers.get('x-rate-limit-reset');
  return reset === null ? undefined : within(Number(reset) - nowMs / 1000);
}

const within = (seconds: number) =>
  Number.isFinite(seconds) ? Math.min(LONGEST_WAIT, Math.max(1, Math.ceil(seconds))) : undefined;
