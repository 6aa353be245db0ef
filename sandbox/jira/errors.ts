/** Errors in the two shapes that Jira and Jira Service Management answer with. */
import type { Reply } from '../kit/message';

export class SiteError extends Error {
  readonly status: number;
  readonly messages: readonly string[];
  /** By field id. */
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    messages: string | readonly string[],
    more: { fields?: Record<string, string>; headers?: Record<string, string> } = {},
  ) {
    const list = typeof messages === 'string' ? [messages] : messages;
    super(list[0] ?? Object.values(more.fields ?? {})[0] ?? `HTTP ${status}`);
    this.status = status;
    this.messages = list;
    this.fields = more.fields ?? {};
    this.headers = more.headers ?? {};
  }
}

export const refuseFields = (fields: Record<string, string>): SiteError =>
  new SiteError(400, [], { fields });

/** Jira says the same for what is absent and for what the caller may not see. */
export const noIssue = (): SiteError =>
  new SiteError(404, 'Issue does not exist or you do not have permission to see it.');

export const unauthenticated = (): SiteError =>
  new SiteError(401, 'Client must be authenticated to access this resource.');

export function platformError(error: SiteError): Reply {
  return {
    status: error.status,
    headers: error.headers,
    json: { errorMessages: error.messages, errors: error.fields },
  };
}

export function serviceDeskError(error: SiteError): Reply {
  return {
    status: error.status,
    headers: error.headers,
    json: {
      errorMessage: error.message,
      i18nErrorMessage: { i18nKey: `sd.error.${error.status}`, parameters: [] },
    },
  };
}
