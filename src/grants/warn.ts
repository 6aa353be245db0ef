/**
 * Tells the person that their access ends soon.
 *
 * 1. the grant and its timer are read: only active access with an end is told of, and only when the
 *    timer has come; a renewal that is granted already makes it nobody's concern;
 * 2. the timer moves on to the next warning, or goes, in the transaction that writes what is told:
 *    on the revision that was read, so each is told once however often this runs;
 * 3. a public comment, and Jira's own mail to the person who has the access and to nobody else.
 * An open renewal extends nothing, and that is said here as well.
 */
import { durationInWords } from '../catalog/model/catalog';
import { loadOffer } from '../catalog/store';
import { deliverFresh } from '../evidence/deliver';
import type { Said } from '../evidence/model/telling';
import { record } from '../evidence/record';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { type Instant, secondsBetween } from '../shared/instant';
import { decode, put, remove } from '../shared/record';
import { timerKey, timers } from '../shared/timer';
import { factsOf } from './facts';
import type { Grant } from './model/grant';
import { lengthRefused, notRenewable } from './model/renewable';
import { aboutSeconds, nextWarning, windowOf } from './model/warnings';
import { carriesOn, isUndecided, type Renewal, renewalOf } from './renewal';
import { grants } from './store';
import { moment } from './telling';

export async function warn(deps: Deps, grantId: string): Promise<Next> {
  const key = timerKey({ kind: 'grant', objectId: grantId, what: 'warn' });
  const [grantRow, timerRow] = await deps.store.getMany([
    { entity: 'grant', key: grantId },
    { entity: 'timer', key },
  ]);
  if (!timerRow) return { kind: 'done', what: 'told already' };
  const timer = decode(timers, key, timerRow);
  const now = deps.now();
  if (timer.value.at > now) return { kind: 'done', what: 'not due yet' };
  const grant = grantRow && decode(grants, grantId, grantRow).value;
  const window = grant && windowOf(grant);
  const next = window && window.endsAt > now ? nextWarning(window, now) : undefined;
  const moved = next
    ? put(timers, { ...timer.value, at: next }, timer.rev)
    : remove(timers, timer.value, timer.rev);
  const renewal = grant && (await renewalOf(deps, grantId));
  if (!window || window.endsAt <= now || (renewal && carriesOn(renewal, window))) {
    await deps.store.transact([moved]);
    return { kind: 'done', what: 'nothing to tell' };
  }
  const { timeZone } = await deps.settings();
  const keep =
    renewal && isUndecided(renewal) ? notDecided(renewal) : await howToKeep(deps, grant as Grant);
  const said = warning(grant as Grant, timeZone, now, keep);
  const { issueId, beneficiary } = grant as Grant;
  const done = await record(
    deps.store,
    issueId,
    [
      {
        event: 'grant.warned',
        actor: { type: 'app' },
        facts: { ...factsOf(grant as Grant), endsAt: window.endsAt },
        tell: { public: said },
      },
    ],
    [moved],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  await deliverFresh(deps, done.entries);
  const mailed = await deps.jira.notify(issueId, [beneficiary], {
    subject: said.headline,
    lines: said.lines,
  });
  // The comment stands; a second try could send the mail twice.
  if (!mailed.ok) deps.log.warn('warning.not-mailed', { grant: grantId, code: mailed.error.code });
  return { kind: 'done', what: 'warned' };
}

function warning(grant: Grant, timeZone: string, now: Instant, keep: string): Said {
  const endsAt = grant.endsAt as Instant;
  const left = durationInWords(aboutSeconds(secondsBetween(now, endsAt)));
  return {
    headline: `Access ends in about ${left}: ${grant.roleName} in ${grant.appName}`,
    lines: [`It ends on ${moment(endsAt, timeZone)}.`, keep],
  };
}

const notDecided = ({ request }: Renewal) =>
  `The renewal ${request.issueKey} is not decided yet. Until it is approved it extends nothing, so without a decision this access ends at its time.`;

/** Nobody is sent to ask for what is refused at once. */
async function howToKeep(deps: Deps, grant: Grant): Promise<string> {
  const now = deps.now();
  const never = notRenewable(grant, now);
  if (never) return `${never.sentence} ${never.nextStep}`;
  const offer = await loadOffer(deps.store, grant.roleId);
  if (offer?.role.status !== 'live' || offer.app.status !== 'live')
    return 'The role is not offered any more, so it cannot be renewed.';
  // Any length that still fits will do.
  const { durations, permanent } = offer.policy;
  const lengths = [...durations, ...(permanent ? [null] : [])];
  const refused = lengths.map((one) => lengthRefused(grant, offer.policy, one, now));
  const capped = refused.find((one) => one?.check === 'total-age');
  if (capped && !refused.includes(undefined))
    return 'With its renewals it has reached the longest time that is allowed without a break, so it cannot be renewed. If it is still needed then, ask for it anew.';
  return 'If you need it for longer, ask for a renewal on this request in the portal. It extends the access only if it is approved before the end.';
}
