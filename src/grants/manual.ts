/**
 * Access that people give and take away by hand, held to the same standard as any other.
 *
 * 1. consent is given as for every role; then the grant is `provisioning` and a sub-task of the request's
 *    issue asks the owner of the app to do it (`manual-task.ts`);
 * 2. "granted" only when a named person attests it (`attest`): the time starts then, and evidence says MANUAL;
 * 3. at its end the grant is `revoking` and another sub-task asks for the removal (`manual-end.ts`);
 *    four hours later it is `stuck`, told and asked again every day, for ever;
 * 4. "ended" only when somebody attests that it is gone.
 * Closing a sub-task attests nothing. Nobody attests what they receive or asked for themselves.
 */
import { deliverFresh } from '../evidence/deliver';
import { record } from '../evidence/record';
import { openFinding, resolveFinding } from '../findings/findings';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { move } from '../requests/model/request';
import { requests } from '../requests/store';
import { DAY, type Instant, plusSeconds } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import { dropTimer } from '../shared/timer';
import { factsOf, statusesOf, timer } from './facts';
import { ensureTask, remindOfTask } from './manual-task';
import { decide, type Grant } from './model/grant';
import { nextWarning, windowOf } from './model/warnings';
import { grants } from './store';
import { moment, propertyOf } from './telling';

/** Until then nobody is reminded of giving it. */
const GIVE_WITHIN = DAY;

/** Consent stands: the work is put before people. */
export async function giveByHand(deps: Deps, held: Held<Grant>): Promise<Next> {
  const grant = held.value;
  if (grant.state === 'provisioning') return ensureTask(deps, held, 'give');
  const now = deps.now();
  const begun = decide(grant, { type: 'begin', edges: grant.edges, endsAt: null, now });
  if (!begun.ok) return { kind: 'done', what: begun.error.state };
  const done = await record(
    deps.store,
    grant.issueId,
    [
      {
        event: 'grant.provisioning',
        actor: { type: 'app' },
        facts: { ...factsOf(begun.value), manual: true },
        tell: {
          public: {
            headline: `Approved, and done by hand: ${grant.roleName} in ${grant.appName}`,
            lines: [
              'The app cannot change this access by itself, so a person does it. It counts as given when that person says so here, and its time starts then.',
            ],
          },
          property: propertyOf(begun.value),
        },
      },
    ],
    [
      put(grants, begun.value, held.rev),
      dropTimer({ kind: 'grant', objectId: grant.id, what: 'provision' }),
      timer(grant, 'task', plusSeconds(now, GIVE_WITHIN)),
    ],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  await deliverFresh(deps, done.entries);
  return ensureTask(deps, { value: begun.value, rev: held.rev + 1 }, 'give');
}

/** Nobody has said yet that it was done. */
export async function overdue(deps: Deps, grantId: string): Promise<Next> {
  const held = await load(deps.store, grants, grantId);
  if (!held?.value.manual) return { kind: 'done', what: 'no such work' };
  if (held.value.state === 'provisioning') {
    const at = plusSeconds(deps.now(), DAY);
    await deps.store.transact([timer(held.value, 'task', at)]);
    await openFinding(deps, {
      key: `giving-overdue:${grantId}`,
      kind: 'giving-overdue',
      sentence: `${held.value.roleName} in ${held.value.appName} was approved, and nobody has said yet that it was given by hand.`,
      nextStep: `Give it, then say so on ${held.value.issueKey} under Access; or withdraw the request.`,
      roleIds: [held.value.roleId],
      grantIds: [grantId],
    });
    const ensured = await ensureTask(deps, held, 'give');
    await remindOfTask(deps, held.value, 'give');
    return ensured;
  }
  if (held.value.state !== 'revoking' && held.value.state !== 'stuck')
    return { kind: 'done', what: held.value.state };
  const { removalOverdue } = await import('./manual-end');
  return removalOverdue(deps, held);
}

/** The account was found to be allowed to say so (`attest.ts`). */
export async function markGiven(
  deps: Deps,
  held: Held<Grant>,
  said: { readonly by: string; readonly note: string },
): Promise<Next> {
  const now = deps.now();
  const grant: Grant = {
    ...held.value,
    manual: { ...held.value.manual, given: { ...said, at: now } },
  };
  const endsAt = grant.duration === null ? null : plusSeconds(now, grant.duration);
  const active = decide(grant, {
    type: 'activate',
    edges: grant.edges,
    startedAt: now,
    endsAt,
    verified: true,
    now,
  });
  if (!active.ok) return { kind: 'done', what: active.error.state };
  const request = await load(deps.store, requests, grant.issueId);
  const settings = await deps.settings();
  const property = propertyOf(active.value);
  const to = statusesOf(settings, grant)?.granted;
  const window = windowOf(active.value);
  const warnAt = window && nextWarning(window, now);
  const done = await record(
    deps.store,
    grant.issueId,
    [
      {
        event: 'grant.active',
        actor: { type: 'person', accountId: said.by },
        facts: { ...factsOf(active.value), manual: true, startedAt: now, endsAt, note: said.note },
        tell: {
          public: {
            headline: `Access granted by hand: ${grant.roleName} in ${grant.appName}`,
            lines: [
              endsAt === null
                ? 'It has no end date; it stays until it is revoked.'
                : `It ends on ${moment(endsAt, settings.timeZone)}; a person then takes it away.`,
            ],
          },
          internal: {
            headline: 'MANUAL: attested as given',
            lines: [`Account ${said.by}: ${said.note}`],
          },
          ...(to ? { move: { toStatusIds: [to], property } } : { property }),
        },
      },
    ],
    [
      put(grants, active.value, held.rev),
      ...(request ? [put(requests, move(request.value, 'granted', now), request.rev)] : []),
      dropTimer({ kind: 'grant', objectId: grant.id, what: 'task' }),
      ...(endsAt ? [timer(active.value, 'end', endsAt as Instant)] : []),
      ...(warnAt ? [timer(active.value, 'warn', warnAt)] : []),
    ],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  await resolveFinding(
    deps,
    `giving-overdue:${grant.id}`,
    'Somebody said that it was given.',
    said.by,
  );
  await deliverFresh(deps, done.entries);
  return { kind: 'done', what: 'granted by hand' };
}
