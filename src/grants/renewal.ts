/** The renewal of a grant, if somebody asked for one: found by the record under which it was filed. */

import type { Deps } from '../requests/deps';
import { filings } from '../requests/filing-record';
import { type AccessRequest, isOver } from '../requests/model/request';
import { requests } from '../requests/store';
import { load } from '../shared/record';
import type { Grant } from './model/grant';
import { grants } from './store';

export interface Renewal {
  readonly request: AccessRequest;
  /** It is granted already. */
  readonly grant?: Grant;
}

export async function renewalOf(
  deps: Pick<Deps, 'store'>,
  grantId: string,
): Promise<Renewal | undefined> {
  const filed = (await load(deps.store, filings, `filed:renewal:${grantId}`))?.value.filed;
  const request = filed && (await load(deps.store, requests, filed.issueId))?.value;
  if (!request) return undefined;
  const grant =
    request.grantId === undefined
      ? undefined
      : (await load(deps.store, grants, request.grantId))?.value;
  return { request, ...(grant && { grant }) };
}

/** The person keeps the access beyond the end of the one that it renews: a short one may end before it. */
export const carriesOn = ({ grant }: Renewal, { endsAt }: Pick<Grant, 'endsAt'>): boolean =>
  grant?.state === 'active' &&
  (grant.endsAt === null || (endsAt !== null && grant.endsAt > endsAt));

/** People have still to decide it. */
export const isUndecided = ({ request, grant }: Renewal): boolean =>
  !isOver(request) && grant === undefined;
