/** What a request said, as the wish of another one like it. */
import type { Binding } from '../catalog/model/settings';
import type { PanelWish } from '../contracts/panel';
import type { Deps } from './deps';
import type { AccessRequest } from './model/request';
import { readWish, type Wish } from './model/wish';
import { wishFields } from './pin';

/** `undefined`: the issue is gone, or cannot be read. */
export async function wishOf(
  deps: Pick<Deps, 'jira'>,
  request: AccessRequest,
  binding: Binding,
): Promise<Wish | undefined> {
  const issue = await deps.jira.issue(request.issueId, { fields: wishFields(binding) });
  if (!issue.ok) return undefined;
  const wish = readWish(issue.value, binding.fields, request.answers);
  return wish.ok ? wish.value : undefined;
}

export interface Prefill {
  readonly roleId: string;
  readonly duration: number | null | undefined;
  readonly reason: string;
  readonly beneficiary: string;
  readonly requester: string;
  readonly ticket?: { readonly key: string; readonly until: boolean };
}

export const prefilled = (p: Prefill): PanelWish => ({
  app: p.roleId.split('.')[0] as string,
  role: p.roleId,
  ...(p.duration !== undefined && { duration: p.duration ?? ('permanent' as const) }),
  reason: p.reason.slice(0, 4000),
  ...(p.beneficiary !== p.requester && { beneficiary: p.beneficiary }),
  ...(p.ticket && { ticket: p.ticket.key, ...(p.ticket.until && { untilTicket: true }) }),
});
