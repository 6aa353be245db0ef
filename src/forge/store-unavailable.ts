/**
 * The ledger did not answer, or refused the question. Thrown, not returned: without the ledger
 * nothing may go on, so the entrypoint asks the platform to run the whole invocation again.
 */
export class StoreUnavailable extends Error {
  /** Forge's own code, such as `RATE_LIMIT_EXCEEDED`. */
  readonly code: string;

  constructor(operation: string, code: string, cause?: unknown) {
    super(`The store did not ${operation} (${code})`, { cause });
    this.name = 'StoreUnavailable';
    this.code = code;
  }
}
