/** What a person has and had, newest first, with what they can do about it. The index finds it, so it may lag by seconds. */
import type { Answer } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { find } from '../shared/record';
import type { Grant } from './model/grant';
import { notRenewable } from './model/renewable';
import { grants } from './store';

export interface MyAccess {
  readonly issueId: string;
  readonly issueKey: string;
  readonly app: string;
  readonly role: string;
  readonly roleId: string;
  readonly state: Grant['state'];
  readonly startsAt: string | null;
  readonly startedAt: string | null;
  readonly endsAt: string | null;
  readonly untilTicket: string | null;
  readonly canGiveBack: boolean;
  /** Why it cannot be renewed; absent: it can, within the policy. */
  readonly notRenewable?: string;
}

const PAGE = 25;

export async function myAccess(
  deps: Deps,
  accountId: string,
  cursor?: string,
): Promise<Answer<{ access: MyAccess[]; cursor?: string }>> {
  const page = await find(deps.store, grants, {
    index: 'by-account',
    partition: [accountId],
    sort: 'descending',
    limit: PAGE,
    ...(cursor !== undefined && { cursor }),
  });
  for (const one of page.unreadable) deps.log.error('grant.unreadable', one, { grant: one.key });
  const now = deps.now();
  const access = page.found.map(({ value: grant }): MyAccess => {
    const stopped = notRenewable(grant, now);
    return {
      issueId: grant.issueId,
      issueKey: grant.issueKey,
      app: grant.appName,
      role: grant.roleName,
      roleId: grant.roleId,
      state: grant.state,
      startsAt: grant.startsAt ?? null,
      startedAt: grant.startedAt ?? null,
      endsAt: grant.endsAt,
      untilTicket: grant.untilTicket?.key ?? null,
      canGiveBack: ['approved', 'provisioning', 'active', 'blocked'].includes(grant.state),
      ...(stopped && { notRenewable: stopped.sentence }),
    };
  });
  return {
    ok: true,
    value: { access, ...(page.cursor !== undefined && { cursor: page.cursor }) },
  };
}
