/**
 * Why a call to Jira did not do what was asked, judged by status alone: Jira's sentences are
 * translated and name people, so they go to the log and never onto an issue.
 */
import { NeedsAuthenticationError, ProxyRequestError } from '@forge/api';
import type { Failure, FailureCode } from '../shared/result';

export type Intent = 'read' | 'write';

export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
}

/** The failure that a status outside 2xx stands for. */
export function failureOf(answer: Answer, intent: Intent): Failure {
  const requestId = answer.headers.get('atl-traceid') ?? answer.headers.get('x-arequestid');
  return {
    ...byStatus(answer, intent),
    ...(requestId !== null && { requestId }),
    cause: { status: answer.status, answer: answer.text.slice(0, 2000) },
  };
}

function byStatus(answer: Answer, intent: Intent): Failure {
  const { status } = answer;
  switch (status) {
    case 401:
      return human('credential-refused', 'Jira did not accept the app’s own credential (401).');
    case 403:
      return human('forbidden', 'Jira does not allow the app to do this (403).');
    case 404:
      return permanent('not-found', 'Jira does not show this to the app, or it is gone (404).');
    case 409:
      return retryable('conflict', 'Somebody changed this in Jira at the same moment (409).');
    case 413:
      return permanent('too-large', 'Jira has no room for more of this on the issue (413).');
    case 429:
      return { ...retryable('rate-limited', 'Jira asked the app to wait (429).'), ...wait(answer) };
    default:
      if (status >= 500) return { ...serverError(status, intent), ...wait(answer) };
      if (status >= 400) return permanent('invalid', refusedValues(answer));
      return badAnswer(`Jira answered with status ${status}`, intent);
  }
}

/** Whether a 5xx was given before or after the change was made cannot be seen from here. */
function serverError(status: number, intent: Intent): Failure {
  return {
    ...retryable('server-error', `Jira failed to answer (${status}).`),
    ...(intent === 'write' && { outcomeUnknown: true }),
  };
}

/** A success that cannot be understood: a change may well have been made. */
export function badAnswer(detail: string, intent: Intent, cause?: unknown): Failure {
  return {
    ...retryable('bad-answer', detail),
    ...(intent === 'write' && { outcomeUnknown: true }),
    ...(cause !== undefined && { cause }),
  };
}

/** The call threw: cut off, timed out, or refused by the platform before it reached Jira. */
export function failureOfThrown(cause: unknown, intent: Intent): Failure {
  if (cause instanceof NeedsAuthenticationError) {
    return { ...human('credential-refused', 'Forge could not act for this account.'), cause };
  }
  if (cause instanceof ProxyRequestError && cause.status >= 400 && cause.status < 500) {
    const answer: Answer = { status: cause.status, headers: new Headers(), text: cause.errorCode };
    return failureOf(answer, intent);
  }
  const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
  const failure = timedOut
    ? retryable('timeout', 'Jira did not answer in time.')
    : retryable('unreachable', 'Jira could not be reached.');
  return { ...failure, ...(intent === 'write' && { outcomeUnknown: true }), cause };
}

export const permanent = (code: FailureCode, detail: string): Failure => ({
  class: 'permanent',
  code,
  detail,
});
const retryable = (code: FailureCode, detail: string): Failure => ({
  class: 'retryable',
  code,
  detail,
});
const human = (code: FailureCode, detail: string): Failure => ({
  class: 'needs-human',
  code,
  detail,
});

/** Seconds; Jira sends whole seconds, a proxy in between may send a date. */
function wait({ headers }: Answer): { retryAfter?: number } {
  const text = headers.get('retry-after');
  const seconds = text === null ? Number.NaN : Number(text);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfter: Math.ceil(seconds) } : {};
}

/** Names fields by id, which says where to look and whom nobody. */
function refusedValues({ status, text }: Answer): string {
  const fields = fieldsIn(text);
  const which = fields.length > 0 ? ` of ${fields.join(', ')}` : '';
  return `Jira refused the values${which} (${status}).`;
}

function fieldsIn(text: string): string[] {
  try {
    const { errors } = JSON.parse(text) as { errors?: unknown };
    if (typeof errors !== 'object' || errors === null || Array.isArray(errors)) return [];
    return Object.keys(errors).filter((name) => /^[A-Za-z][\w.-]{0,60}$/.test(name));
  } catch {
    return [];
  }
}
