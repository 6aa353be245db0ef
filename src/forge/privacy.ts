/** Atlassian's personal data reporting, once for each account that the app keeps the id of. */
import { privacy } from '@forge/api';
import * as z from 'zod/mini';
import { type Failure, no, ok } from '../shared/result';
import type { Privacy } from './ports';

const answerSchema = z.array(
  z.object({ accountId: z.string(), status: z.enum(['closed', 'updated']) }),
);
const RETRY_SECONDS = 60;

export const forgePrivacy: Privacy = {
  async report(accounts) {
    try {
      const answer = answerSchema.safeParse(await privacy.reportPersonalData([...accounts]));
      return answer.success ? ok(answer.data) : no(unreadable);
    } catch (cause) {
      return no(failureOf(cause));
    }
  },
};

const unreadable: Failure = {
  class: 'retryable',
  code: 'bad-answer',
  detail: "Atlassian's answer about closed accounts cannot be read.",
};

/** The library throws the answer itself when it is neither 200 nor 204. */
function failureOf(cause: unknown): Failure {
  const status = z.object({ status: z.number() }).safeParse(cause).data?.status;
  if (status === undefined || status >= 500) {
    const detail = 'Atlassian did not answer the report about stored accounts.';
    return { class: 'retryable', code: 'unreachable', detail, cause };
  }
  if (status === 429) {
    const wait = cause instanceof Response ? Number(cause.headers.get('retry-after')) : 0;
    const detail = 'Atlassian asks to report stored accounts later.';
    const retryAfter = wait > 0 ? wait : RETRY_SECONDS;
    return { class: 'retryable', code: 'rate-limited', detail, retryAfter };
  }
  if (status === 401 || status === 403) {
    const detail = 'The app may not report stored accounts: report:personal-data was not granted.';
    return { class: 'needs-human', code: 'scope-missing', detail };
  }
  const detail = `Atlassian refused the report about stored accounts (${status}).`;
  return { class: 'permanent', code: 'invalid', detail };
}
