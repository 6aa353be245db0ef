/** Okta's error bodies. Codes and texts: developer.okta.com/docs/reference/error-codes. */
import type { Reply } from '../../kit/routes';

export class OktaError extends Error {
  readonly status: number;
  readonly code: string;
  readonly causes: readonly string[];
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: string,
    summary: string,
    causes: readonly string[] = [],
    headers: Record<string, string> = {},
  ) {
    super(summary);
    this.status = status;
    this.code = code;
    this.causes = causes;
    this.headers = headers;
  }

  reply(errorId: string): Reply {
    return {
      status: this.status,
      headers: this.headers,
      json: {
        errorCode: this.code,
        errorSummary: this.message,
        errorLink: this.code,
        errorId,
        errorCauses: this.causes.map((errorSummary) => ({ errorSummary })),
      },
    };
  }
}

export const notFound = (id: string, kind: 'User' | 'UserGroup') =>
  new OktaError(404, 'E0000007', `Not found: Resource not found: ${id} (${kind})`);

export const forbidden = () =>
  new OktaError(403, 'E0000006', 'You do not have permission to perform the requested action');

export const invalid = (field: string, cause: string) =>
  new OktaError(400, 'E0000001', `Api validation failed: ${field}`, [cause]);

export const badCriteria = (cause: string) =>
  new OktaError(400, 'E0000031', 'Invalid search criteria.', [cause]);

export const wrongStatus = () =>
  new OktaError(403, 'E0000038', "This operation is not allowed in the user's current status.");
