/**
 * `/rest/api/3/issue/{issue}/notify`. Nothing is sent: what would have been is kept, and the control
 * API shows it. The answer is the same whether anybody was reached or not.
 */
import { z } from 'zod';
import { empty } from '../../kit/routes';
import type { Door, SiteCall } from '../door';
import { SiteError } from '../errors';
import { asSeenBy, seesRequest, worksHere } from '../permissions';
import { groupJson } from '../shapes';
import type { IssueState, Mail } from '../state';

const LONGEST_SUBJECT = 255;

const bodySchema = z.looseObject({
  subject: z.string().max(LONGEST_SUBJECT).optional(),
  textBody: z.string().optional(),
  htmlBody: z.string().optional(),
  to: z
    .looseObject({
      users: z.array(z.looseObject({ accountId: z.string() })).default([]),
      groups: z.array(z.looseObject({ name: z.string() })).default([]),
      groupIds: z.array(z.string()).default([]),
      reporter: z.boolean().default(false),
      assignee: z.boolean().default(false),
    })
    .optional(),
});
type Body = z.infer<typeof bodySchema>;

export function notifyRoutes(door: Door): void {
  door.platform('POST', '/rest/api/3/issue/:issue/notify', notify);
}

function notify(call: SiteCall) {
  const { site } = call;
  const issue = call.issue();
  const body = call.body(bodySchema);
  const by = call.actor();
  const asked = recipients(call, issue, body);
  if (asked.length === 0) throw new SiteError(400, 'No recipients were defined for notification.');
  if (asked.includes(by.accountId)) {
    throw new SiteError(400, 'You cannot send a notification to yourself.');
  }
  const sorted = asked.map((accountId) => ({ accountId, why: whyNot(call, issue, accountId) }));
  site.state.mails.push({
    at: site.clock.now(),
    issueId: issue.id,
    issueKey: issue.key,
    from: by.accountId,
    subject: body.subject ?? `(${issue.key}) ${issue.summary}`,
    text: body.textBody ?? body.htmlBody ?? '',
    to: sorted.filter(({ why }) => why === undefined).map(({ accountId }) => accountId),
    leftOut: sorted.flatMap(({ accountId, why }) => (why ? [{ accountId, why }] : [])),
  });
  return empty();
}

function recipients(call: SiteCall, issue: IssueState, { to }: Body): string[] {
  const { site } = call;
  const users = (to?.users ?? []).map(({ accountId }) => accountId);
  const unknown = users.filter((accountId) => !site.people.find(accountId));
  if (unknown.length > 0) {
    throw new SiteError(400, `The user with account ID '${unknown[0]}' does not exist.`);
  }
  if (to?.assignee && issue.assignee === undefined) {
    throw new SiteError(400, 'The issue has no assignee.');
  }
  const groups = (to?.groups ?? []).flatMap(({ name }) => {
    if (!site.people.groups().includes(name)) {
      throw new SiteError(400, `The group with name '${name}' does not exist.`);
    }
    return site.people.group(name).map(({ accountId }) => accountId);
  });
  const byId = (to?.groupIds ?? []).flatMap((id) => {
    const name = site.people.groups().find((one) => groupJson(site, one).groupId === id);
    if (name === undefined) throw new SiteError(400, `The group with ID '${id}' does not exist.`);
    return site.people.group(name).map(({ accountId }) => accountId);
  });
  return [
    ...new Set([
      ...users,
      ...groups,
      ...byId,
      ...(to?.reporter ? [issue.reporter] : []),
      ...(to?.assignee && issue.assignee !== undefined ? [issue.assignee] : []),
    ]),
  ];
}

function whyNot(
  { site }: SiteCall,
  issue: IssueState,
  accountId: string,
): Mail['leftOut'][number]['why'] | undefined {
  const reader = asSeenBy(site, accountId);
  if (!reader.account?.active) return 'inactive';
  const sees =
    site.profile.jiraNotifyReachesCustomers > 0
      ? seesRequest(site, reader, issue)
      : worksHere(reader);
  return sees ? undefined : 'cannot-see';
}
