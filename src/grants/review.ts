/**
 * The review of a break-glass access, from both ends of its time.
 *
 * 1. opened as soon as the access is there, by the run that gave it or by the timer should that run
 *    die: a follow-up issue with its due date, everybody who could have approved told at once, on the
 *    issue and by Jira's mail;
 * 2. a permitted person reviews it (`review-verdict.ts`); closing the follow-up issue is no review;
 * 3. nobody has when the time is over: what is still live ends, and owner, fallback and
 *    administrators are told. The use goes on to block the same person's next one until it is reviewed.
 */
import { apps } from '../catalog/store';
import { deliverFresh } from '../evidence/deliver';
import { record } from '../evidence/record';
import { openFinding } from '../findings/findings';
import { loadSitePolicy } from '../policy/site-policy';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import type { AccessRequest, GroupDecides } from '../requests/model/request';
import { requests } from '../requests/store';
import { type Instant, MINUTE, plusSeconds } from '../shared/instant';
import { decode, load, put } from '../shared/record';
import { ok } from '../shared/result';
import { dropReviewTimer, reviewTimer } from './break-glass';
import { createFollowUp, type FollowUp, followUpIn, followUpShown } from './follow-up';
import { noteFrequentUse } from './frequent-use';
import { type Grant, isLive } from './model/grant';
import { askedToReview, notReviewed, reviewTask } from './review-telling';
import { endGrant } from './revoke';
import { grants } from './store';
import { dropUse } from './use-record';

const LOOK_AGAIN = 5 * MINUTE;
/** The issue is made once, whoever else writes the grant meanwhile. */
const TRIES = 4;

/** What the timer asks for. */
export async function review(deps: Deps, grantId: string): Promise<Next> {
  const held = await load(deps.store, grants, grantId);
  if (!held) return { kind: 'done', what: 'no such grant' };
  const { value: grant } = held;
  const { breakGlass } = grant;
  if (breakGlass?.reviewed?.verdict === 'not-justified' && mayRun(grant)) {
    const ended = await endCondemned(deps, grantId);
    if (ended.kind === 'later') return ended;
  }
  if (!breakGlass || breakGlass.reviewed) return putOff(deps, grant, undefined, 'reviewed');
  if (grant.state === 'approved' || grant.state === 'provisioning')
    return putOff(deps, grant, plusSeconds(deps.now(), LOOK_AGAIN), 'not given yet');
  if (grant.state === 'blocked' || grant.state === 'cancelled') {
    // Nothing was given, so there is nothing to review; a Resume writes the use anew.
    await deps.store.transact([...(await dropUse(deps, grant)), dropReviewTimer(grant)]);
    return { kind: 'done', what: 'never given' };
  }
  if (breakGlass.reviewIssue === undefined) return openReview(deps, grantId);
  if (deps.now() < breakGlass.reviewBy)
    return putOff(deps, grant, breakGlass.reviewBy as Instant, 'not due yet');
  if (breakGlass.escalatedAt !== undefined) return putOff(deps, grant, undefined, 'escalated');
  return overdue(deps, grant);
}

/** Nobody has begun to end it. */
export const mayRun = ({ state }: Grant): boolean => state === 'active' || state === 'provisioning';

/** `later`: others wrote to it at every try; the timer of the review comes back for it. */
export async function endCondemned(deps: Deps, grantId: string): Promise<Next> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const held = await load(deps.store, grants, grantId);
    if (!held || !mayRun(held.value)) return { kind: 'done', what: 'ends' };
    const by = held.value.breakGlass?.reviewed?.by;
    const because = 'revoked-by-person' as const;
    const ending = { because, ...(by !== undefined && { by }), handOver: true as const };
    const ended = await endGrant(deps, grantId, ending, held);
    if (ended.kind === 'done') return ended;
  }
  return { kind: 'later', seconds: 5, why: 'changed meanwhile' };
}

async function putOff(
  deps: Deps,
  grant: Grant,
  at: Instant | undefined,
  what: string,
): Promise<Next> {
  await deps.store.transact([at ? reviewTimer(grant, at) : dropReviewTimer(grant)]);
  return { kind: 'done', what };
}

export async function openReview(deps: Deps, grantId: string): Promise<Next> {
  const held = await load(deps.store, grants, grantId);
  if (!held) return { kind: 'done', what: 'no such grant' };
  const { value: grant } = held;
  const { breakGlass } = grant;
  if (!breakGlass || breakGlass.reviewed || breakGlass.reviewIssue !== undefined)
    return { kind: 'done', what: 'open already' };
  const { request, owner } = await around(deps, grant);
  const settings = await deps.settings();
  const binding = settings.bindings.find((b) => b.id === grant.bindingId);
  const reviewers = reviewersOf(request, owner);
  const deciding = groupsOf(request);
  const task = reviewTask(grant, settings.timeZone);
  const read = await deps.jira.issue(grant.issueId, { fields: followUpShown });
  const twin = read.ok ? followUpIn(read.value, task.summary) : undefined;
  const wanted: FollowUp = {
    ...task,
    projectId: binding?.projectId ?? '',
    about: grant.issueId,
    ...(reviewers[0] !== undefined && { assignee: reviewers[0] }),
    due: breakGlass.reviewBy.slice(0, 10),
  };
  const made = twin === undefined ? await createFollowUp(deps, wanted) : ok(twin);
  if (!made.ok && made.error.class === 'retryable')
    return { kind: 'later', seconds: made.error.retryAfter ?? 60, why: made.error.code };
  // Without an issue the review is asked for all the same: the clock does not wait for Jira's screens.
  const reviewIssue = made.ok ? made.value : 'none';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const now = attempt === 0 ? held : await load(deps.store, grants, grantId);
    if (!now?.value.breakGlass) return { kind: 'done', what: 'no such grant' };
    const asked: Grant = { ...now.value, breakGlass: { ...now.value.breakGlass, reviewIssue } };
    const done = await record(
      deps.store,
      grant.issueId,
      [
        {
          event: 'review.asked',
          actor: { type: 'app' },
          facts: {
            grantId,
            role: grant.roleId,
            app: grant.appId,
            person: `${grant.connectionId}:${grant.personId}`,
            reviewBy: breakGlass.reviewBy,
            reviewIssue,
            reviewers,
            groups: deciding.map(({ id }) => id),
            ...(!made.ok && { notMade: made.error.code }),
          },
          tell: askedToReview(asked, { reviewers, groups: deciding }, settings.timeZone),
        },
      ],
      [put(grants, asked, now.rev), reviewTimer(grant, breakGlass.reviewBy as Instant)],
      circumstances(deps),
    );
    if (!done.done) continue;
    await deliverFresh(deps, done.entries);
    await mail(deps, grant, reviewers, task);
    await mailGroups(deps, grant, deciding, task);
    await noteFrequentUse(deps, grant);
    return { kind: 'done', what: 'review opened' };
  }
  return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
}

async function overdue(deps: Deps, before: Grant): Promise<Next> {
  // First the access, then the telling: what dies in between is taken up by the same timer.
  if (isLive(before.state)) {
    const ended = await endGrant(deps, before.id, { because: 'not-reviewed', handOver: true });
    if (ended.kind === 'later') return ended;
  }
  const held = await load(deps.store, grants, before.id);
  if (!held?.value.breakGlass || held.value.breakGlass.reviewed)
    return { kind: 'done', what: 'reviewed' };
  const breakGlass = { ...held.value.breakGlass, escalatedAt: deps.now() };
  const grant: Grant = { ...held.value, breakGlass };
  const { request, owner } = await around(deps, grant);
  const { fallback } = (await loadSitePolicy(deps.store)).value;
  const told = [...new Set([...(owner ? [owner] : []), ...fallback])];
  const said = notReviewed(grant);
  await openFinding(deps, {
    key: `break-glass-unreviewed:${grant.id}`,
    kind: 'break-glass-unreviewed',
    sentence: said.finding,
    nextStep: said.nextStep,
    connectionId: grant.connectionId,
    personId: grant.personId,
    accountId: grant.beneficiary,
    roleIds: [grant.roleId],
    grantIds: [grant.id],
    facts: { reviewBy: grant.breakGlass?.reviewBy ?? null },
  });
  const done = await record(
    deps.store,
    grant.issueId,
    [
      {
        event: 'review.overdue',
        actor: { type: 'app' },
        facts: { grantId: grant.id, reviewers: reviewersOf(request, owner), escalatedTo: told },
        tell: said.telling,
      },
    ],
    [put(grants, grant, held.rev), dropReviewTimer(grant)],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  await deliverFresh(deps, done.entries);
  await mail(deps, grant, told, { summary: said.subject, lines: [said.finding, said.nextStep] });
  deps.log.warn('break-glass.unreviewed', { grant: grant.id });
  return { kind: 'done', what: 'not reviewed in time' };
}

/** The request with its pin, and the owner of the app as the catalog says today. */
export async function around(
  deps: Pick<Deps, 'store'>,
  grant: Pick<Grant, 'issueId' | 'appId'>,
): Promise<{ request: AccessRequest | undefined; owner: string | undefined }> {
  const [requestRow, appRow] = await deps.store.getMany([
    { entity: 'request', key: grant.issueId },
    { entity: 'config', key: `app:${grant.appId}` },
  ]);
  return {
    request: requestRow && decode(requests, grant.issueId, requestRow).value,
    owner: appRow && decode(apps, `app:${grant.appId}`, appRow).value.owner,
  };
}

/** Whoever would have been asked first, then the owner: parties were taken out at the pin. */
export function reviewersOf(
  request: AccessRequest | undefined,
  owner: string | undefined,
): string[] {
  const parties = request?.pin?.parties ?? [];
  const stages = request?.pin?.stages ?? [];
  const asked = stages.flatMap((s) => s.approvers.map((a) => a.accountId));
  return [...new Set([...asked, ...(owner ? [owner] : [])])].filter((id) => !parties.includes(id));
}

/** Those in Jira that decide as a whole: nobody in them is named in the pin. */
const groupsOf = (request: AccessRequest | undefined): GroupDecides[] =>
  (request?.pin?.stages ?? [])
    .flatMap((stage) => stage.groups ?? [])
    .filter(({ kind }) => kind === 'jira-group');

/** On its own, so that a group that Jira refuses keeps the mail from nobody else. */
async function mailGroups(
  deps: Deps,
  grant: Grant,
  groups: readonly GroupDecides[],
  { summary: subject, lines }: { readonly summary: string; readonly lines: readonly string[] },
): Promise<void> {
  if (groups.length === 0) return;
  const groupIds = [...new Set(groups.map(({ id }) => id))];
  const sent = await deps.jira.notify(grant.issueId, [], { subject, lines, groupIds });
  if (!sent.ok) deps.log.warn('review.not-mailed', { grant: grant.id, code: sent.error.code });
}

/** Best effort: it stands on the issue as well. Jira leaves out whoever may not see the issue. */
async function mail(
  deps: Deps,
  grant: Grant,
  to: readonly string[],
  { summary, lines }: { readonly summary: string; readonly lines: readonly string[] },
): Promise<void> {
  if (to.length === 0) return;
  // Nobody was put into the approvers' field, so this is what lets them see the request at all.
  const joined = await deps.jira.addParticipants(grant.issueId, to);
  if (!joined.ok) deps.log.warn('participant.not-added', { issue: grant.issueId });
  const sent = await deps.jira.notify(grant.issueId, to, { subject: summary, lines });
  if (!sent.ok) deps.log.warn('review.not-mailed', { grant: grant.id, code: sent.error.code });
}
