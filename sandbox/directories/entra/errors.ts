/** Graph's errors, with the texts that clients have to tell apart. */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  json(requestId: string, clientRequestId: string, iso: string) {
    return {
      error: {
        code: this.code,
        message: this.message,
        innerError: {
          date: iso.slice(0, 19),
          'request-id': requestId,
          'client-request-id': clientRequestId,
        },
      },
    };
  }
}

/** The same code and words for a missing group and a missing member: only the id tells which. */
export const missing = (id: string) =>
  new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

export const denied = () =>
  new GraphError(
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  );

export const badRequest = (message: string) => new GraphError(400, 'Request_BadRequest', message);

export const badQuery = (message: string) => new GraphError(400, 'BadRequest', message);

export const needsEventual = (what: string) =>
  new GraphError(
    400,
    'Request_UnsupportedQuery',
    `Request with ${what} query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'`,
  );
