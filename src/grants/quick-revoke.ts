/**
 * Ends one access at once, from its issue.
 *
 * Who may: operators and administrators, the owner of the app, and whoever could approve this very
 * request. A reason is required; the service team reads it on the issue. The removal itself, with its
 * reading back, is that of every end (`revoke.ts`).
 */
import { done, no } from '../catalog/changes';
import type { Answer } from '../contracts/answer';
import type { RevokeInput } from '../contracts/emergency';
import type { Deps } from '../requests/deps';
import type { AccessRequest } from '../requests/model/request';
import { requests } from '../requests/store';
import { rightInWords } from '../rights/model/rights';
import { isOwnerOf, readRights } from '../rights/rights';
import { hashOf } from '../shared/canonical';
import { load } from '../shared/record';
import type { Grant } from './model/grant';
import { endGrant } from './revoke';
import { stopRequest } from './stop-request';
import { grants } from './store';

const TRIES = 4;

export async function quickRevoke(
  deps: Deps,
  { issueId, reason }: RevokeInput,
  by: string,
): Promise<Answer<{ done: string }>> {
  const request = await load(deps.store, requests, issueId);
  const right = await rightTo(deps, request?.value, by);
  if (right === undefined || !request) return NOT_YOURS;
  const { grantId } = request.value;
  // What they wrote may name people, so it stands on the issue and only its hash here.
  const facts = { ...right, reasonHash: hashOf(reason) };
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const grant = grantId === undefined ? undefined : await load(deps.store, grants, grantId);
    const state = grant?.value.state;
    if (grant && (state === 'active' || state === 'provisioning')) {
      const ended = await endGrant(deps, grant.value.id, {
        because: 'revoked-by-person',
        by,
        facts,
        handOver: true,
        tell: told(grant.value, by, reason),
      });
      if (ended.kind === 'done' && ended.what === 'handed over')
        return done({ done: 'is being removed' });
      continue;
    }
    if (state === 'revoking' || state === 'stuck')
      return done({ done: 'is being removed already' });
    if (state !== 'approved' && state !== 'blocked') return NOTHING_LIVE;
    const stopped = await stopRequest(deps, issueId, { by, reason, facts });
    if (stopped === 'stopped') return done({ done: 'stopped before it was given' });
  }
  return BUSY;
}

/** By which right, for the record; `undefined`: none. Jira is asked only where the ledger gives none. */
async function rightTo(
  deps: Deps,
  request: AccessRequest | undefined,
  by: string,
): Promise<Record<string, unknown> | undefined> {
  const pin = request?.pin;
  const appId = pin?.subject.roleId.split('.')[0];
  if (appId !== undefined && (await isOwnerOf(deps, appId, by))) return { right: 'owner' };
  const asked = pin?.stages.some((s) => s.approvers.some((a) => a.accountId === by));
  const decided = request?.decisions.some((d) => d.by === by);
  if (asked || decided) return { right: 'approver' };
  const rights = await readRights(deps, by);
  return rights.operator ? { right: rightInWords(rights), groups: rights.groups } : undefined;
}

const told = (grant: Grant, by: string, reason: string) => ({
  public: {
    headline: `Access is being revoked: ${grant.roleName} in ${grant.appName}`,
    lines: ['It is taken away now, before its time.'],
  },
  internal: { headline: `Revoked by account ${by}`, lines: [reason] },
});

/** Absent and not allowed answer alike: nobody finds out what others have. */
const NOT_YOURS = no(
  'grant-yours',
  'There is no access behind this issue that you can revoke.',
  'Ask the owner of the app or IT.',
);
const NOTHING_LIVE = no(
  'grant-live',
  'There is no access behind this issue at the moment.',
  'Nothing to do.',
);
const BUSY = no(
  'grant-free',
  'The access is being worked on at this very moment, so nothing was done.',
  'Try again in a minute.',
);
