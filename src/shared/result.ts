/**
 * Outcomes that drive a state machine are data; exceptions are for bugs. Ports and models answer
 * with a `Result`, and no exception of a client library crosses a port.
 */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const no = <E>(error: E): { readonly ok: false; readonly error: E } => ({
  ok: false,
  error,
});

/**
 * Why a call to the outside did not do what was asked.
 * retryable: try again by itself. permanent: trying again cannot help. needs-human: a named person
 * must act first (credential, scope, an account that is missing or there twice).
 */
export interface Failure {
  readonly class: 'retryable' | 'permanent' | 'needs-human';
  readonly code: FailureCode;
  /** Safe to show on an issue: no secret, no e-mail, no name. */
  readonly detail: string;
  /** The service's own id of the request, where it gave one. */
  readonly requestId?: string;
  /** Seconds, where the service said how long to wait. */
  readonly retryAfter?: number;
  /** The call may have taken effect although it was not answered: look before acting again. */
  readonly outcomeUnknown?: true;
  /**
   * What the service said in its own words. For administrators who mend a connection; may name people,
   * so never on an issue, in evidence or in a log.
   */
  readonly said?: string;
  /** For the log only. */
  readonly cause?: unknown;
}

export type FailureCode =
  | 'unreachable'
  | 'timeout'
  | 'rate-limited'
  | 'server-error'
  | 'bad-answer'
  | 'conflict'
  | 'credential-refused'
  | 'scope-missing'
  | 'forbidden'
  | 'invalid'
  | 'group-not-found'
  | 'group-not-writable'
  | 'person-not-found'
  | 'not-found'
  | 'mark-expired'
  | 'too-large';

/** A named "no": the check, the facts, and what the person who can act should do next. */
export interface Refusal {
  /** The check's name, as it stands in evidence and in internal comments. */
  readonly check: string;
  /** One sentence for the requester: what stopped. No internals. */
  readonly sentence: string;
  /** One sentence: the way on. */
  readonly nextStep: string;
  /** Ids and values for the internal comment and the evidence. */
  readonly facts?: Readonly<Record<string, unknown>>;
}
