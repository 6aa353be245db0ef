/** Jira's own mails to whoever is asked now, and to whoever is not any more. One that fails holds up nothing. */
import type { Deps } from '../requests/deps';
import type { AccessRequest, Approver } from '../requests/model/request';

type Issue = Pick<AccessRequest, 'issueId' | 'issueKey'>;
type Using = Pick<Deps, 'jira' | 'log'>;

export const mailAsked = (
  deps: Using,
  issue: Issue,
  because: string,
  add: readonly Approver[],
): Promise<void> =>
  mail(deps, issue, {
    to: add.map(({ accountId }) => accountId),
    subject: `${issue.issueKey} waits for your decision`,
    lines: [
      because,
      `The access request ${issue.issueKey} waits for your decision. Who asks, for what, why and until when stands in its description.`,
    ],
  });

export const mailGone = (
  deps: Using,
  issue: Issue,
  because: string,
  gone: readonly string[],
): Promise<void> =>
  mail(deps, issue, {
    to: gone,
    subject: `${issue.issueKey} does not wait for you any more`,
    lines: [because, `You need not decide on the access request ${issue.issueKey}.`],
  });

async function mail(
  deps: Using,
  { issueId }: Issue,
  {
    to,
    ...message
  }: { readonly to: readonly string[]; readonly subject: string; readonly lines: string[] },
): Promise<void> {
  if (to.length === 0) return;
  const sent = await deps.jira.notify(issueId, to, message);
  if (!sent.ok) deps.log.warn('mail.not-sent', { issue: issueId, code: sent.error.code });
}
