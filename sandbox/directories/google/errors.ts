/** Errors of Google's APIs: the reason sits in the list, and Cloud Identity words it otherwise. */
export class GoogleError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly domain: string;

  constructor(status: number, reason: string, message: string, domain = 'global') {
    super(message);
    this.status = status;
    this.reason = reason;
    this.domain = domain;
  }

  /** As the Directory API writes it. */
  json() {
    const { status: code, message, reason, domain } = this;
    return { error: { code, message, errors: [{ message, domain, reason }] } };
  }

  /** As Cloud Identity writes it. */
  cloudJson() {
    const names: Record<number, string> = {
      400: 'INVALID_ARGUMENT',
      401: 'UNAUTHENTICATED',
      403: 'PERMISSION_DENIED',
      404: 'NOT_FOUND',
      409: 'ALREADY_EXISTS',
      412: 'FAILED_PRECONDITION',
      429: 'RESOURCE_EXHAUSTED',
      501: 'UNIMPLEMENTED',
    };
    const status = names[this.status] ?? 'UNKNOWN';
    // gRPC knows no 412: a condition that is not met travels as 400.
    const code = this.status === 412 ? 400 : this.status;
    return { error: { code, message: this.message, status } };
  }
}

export const notFound = (field: 'userKey' | 'groupKey' | 'memberKey') =>
  new GoogleError(404, 'notFound', `Resource Not Found: ${field}`);

export const invalid = (message: string) => new GoogleError(400, 'invalid', message);

export const notAuthorized = () =>
  new GoogleError(403, 'forbidden', 'Not Authorized to access this resource/api');

export const insufficientScope = () =>
  new GoogleError(
    403,
    'insufficientPermissions',
    'Request had insufficient authentication scopes.',
  );
