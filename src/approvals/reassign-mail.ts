/** Jira's own mails to whoever is asked now, and to whoever is not any more. One that fails holds up nothing. */
import type { Deps } from '../requests/deps';
import type { AccessRequest, Approver } from '../requests/model/request';

export async function mailReassigned(
  deps: Pick<Deps, 'jira' | 'log'>,
  { issueId, issueKey }: Pick<AccessRequest, 'issueId' | 'issueKey'>,
  { because }: { readonly because: string },
  { remove, add }: { readonly remove: readonly string[]; readonly add: readonly Approver[] },
): Promise<void> {
  const mail = async (to: readonly string[], subject: string, lines: readonly string[]) => {
    if (to.length === 0) return;
    const sent = await deps.jira.notify(issueId, to, { subject, lines });
    if (!sent.ok) deps.log.warn('mail.not-sent', { issue: issueId, code: sent.error.code });
  };
  await mail(
    add.map(({ accountId }) => accountId),
    `${issueKey} waits for your decision`,
    [
      because,
      `The access request ${issueKey} waits for your decision. Who asks, for what, why and until when stands in its description.`,
    ],
  );
  const gone = remove.filter((id) => !add.some(({ accountId }) => accountId === id));
  await mail(gone, `${issueKey} does not wait for you any more`, [
    because,
    `You need not decide on the access request ${issueKey}.`,
  ]);
}
