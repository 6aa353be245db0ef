/**
 * The end of access that people gave by hand: it is over when a person says that it is gone, never before.
 *
 * 1. `revoking`, and a sub-task asks for the removal;
 * 2. nobody said so in four hours: `stuck`, told on the issue, a finding, and a mail every day;
 * 3. attested: `revoked`.
 * A grant that nobody attested as given ends the same way: somebody may have done it and said nothing.
 */
import { deliverFresh } from '../evidence/deliver';
import { record } from '../evidence/record';
import { openFinding, resolveFinding } from '../findings/findings';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { requests } from '../requests/store';
import { DAY, HOUR, plusSeconds } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import { dropTimer } from '../shared/timer';
import { requestAfter } from './block';
import type { Ending } from './ending';
import { factsOf, statusesOf, timer } from './facts';
import { callOff, ensureTask, remindOfTask } from './manual-task';
import { type Ask, decide, type Grant } from './model/grant';
import { grants } from './store';
import { ended, propertyOf, stuck } from './telling';

const REMOVE_WITHIN = 4 * HOUR;

export async function endByHand(
  deps: Deps,
  held: Held<Grant>,
  ending: Ending | undefined,
): Promise<Next> {
  if (held.value.state === 'revoking' || held.value.state === 'stuck')
    return ensureTask(deps, held, 'remove');
  if (!ending) return { kind: 'done', what: held.value.state };
  const now = deps.now();
  const { because, by, facts, tell, handOver } = ending;
  const begun = decide(held.value, {
    type: 'end',
    because,
    ...(by !== undefined && { by }),
    now,
  });
  if (!begun.ok) return { kind: 'done', what: begun.error.state };
  const grant = begun.value;
  const done = await record(
    deps.store,
    grant.issueId,
    [
      {
        event: 'grant.ending',
        actor: by === undefined ? { type: 'app' } : { type: 'person', accountId: by },
        facts: { because, ...factsOf(grant), manual: true, ...facts },
        tell: {
          ...tell,
          public: {
            headline: `Access is being taken away by hand: ${grant.roleName} in ${grant.appName}`,
            lines: [
              ...(tell?.public?.lines ?? []),
              'A person takes it away; it counts as ended when that person says so here.',
            ],
          },
          property: propertyOf(grant),
        },
      },
    ],
    [
      put(grants, grant, held.rev),
      dropTimer({ kind: 'grant', objectId: grant.id, what: 'end' }),
      dropTimer({ kind: 'grant', objectId: grant.id, what: 'warn' }),
      timer(grant, 'task', plusSeconds(now, REMOVE_WITHIN)),
    ],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  await deliverFresh(deps, done.entries);
  await resolveFinding(deps, `giving-overdue:${grant.id}`, 'It is not to be given any more.', by);
  await callOff(deps, grant);
  const ensured = await ensureTask(deps, { value: grant, rev: held.rev + 1 }, 'remove');
  return handOver ? { kind: 'done', what: 'handed over' } : ensured;
}

const NOT_REMOVED: Ask = {
  check: 'removed-by-hand',
  sentence: 'Its time is over, and nobody has said yet that this access was taken away.',
  nextStep: 'The owner of the app takes it away and says so on this request, under Access.',
};

export async function removalOverdue(deps: Deps, held: Held<Grant>): Promise<Next> {
  const now = deps.now();
  const grant = held.value;
  const again = timer(grant, 'task', plusSeconds(now, DAY));
  const after = decide(grant, { type: 'stick', cause: NOT_REMOVED, edges: grant.edges, now });
  if (!after.ok) return { kind: 'done', what: after.error.state };
  const first = grant.state === 'revoking';
  const done = await record(
    deps.store,
    grant.issueId,
    first
      ? [
          {
            event: 'grant.stuck',
            actor: { type: 'app' },
            facts: { ...factsOf(after.value), check: NOT_REMOVED.check, manual: true },
            tell: { ...stuck(after.value, NOT_REMOVED), property: propertyOf(after.value) },
          },
        ]
      : [],
    [put(grants, after.value, held.rev), again],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  await deliverFresh(deps, done.entries);
  await openFinding(deps, {
    key: findingKey(grant),
    kind: 'removal-overdue',
    sentence: `${grant.roleName} in ${grant.appName} should have been taken away by hand, and nobody has said that it was.`,
    nextStep: `Take it away, then say so on ${grant.issueKey} under Access.`,
    roleIds: [grant.roleId],
    grantIds: [grant.id],
    accountId: grant.beneficiary,
  });
  const ensured = await ensureTask(deps, { value: after.value, rev: held.rev + 1 }, 'remove');
  await remindOfTask(deps, after.value, 'remove');
  return ensured;
}

export async function markRemoved(
  deps: Deps,
  held: Held<Grant>,
  said: { readonly by: string; readonly note: string },
): Promise<Next> {
  const now = deps.now();
  const grant: Grant = {
    ...held.value,
    manual: { ...held.value.manual, removed: { ...said, at: now } },
  };
  const over = decide(grant, { type: 'finish', edges: grant.edges, now });
  if (!over.ok || over.value.state !== 'revoked')
    return { kind: 'done', what: over.ok ? over.value.state : over.error.state };
  const request = await load(deps.store, requests, grant.issueId);
  const property = propertyOf(over.value);
  const to = statusesOf(await deps.settings(), grant)?.ended;
  const done = await record(
    deps.store,
    grant.issueId,
    [
      {
        event: 'grant.revoked',
        actor: { type: 'person', accountId: said.by },
        facts: {
          ...factsOf(over.value),
          because: over.value.because,
          manual: true,
          note: said.note,
        },
        tell: {
          ...ended(over.value),
          internal: {
            headline: 'MANUAL: attested as taken away',
            lines: [`Account ${said.by}: ${said.note}`],
          },
          ...(to ? { move: { toStatusIds: [to], property } } : { property }),
        },
      },
    ],
    [
      put(grants, over.value, held.rev),
      ...(request
        ? [put(requests, requestAfter(request.value, over.value, now), request.rev)]
        : []),
      dropTimer({ kind: 'grant', objectId: grant.id, what: 'task' }),
      dropTimer({ kind: 'grant', objectId: grant.id, what: 'revoke' }),
    ],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  await resolveFinding(deps, findingKey(grant), 'Somebody said that it was taken away.', said.by);
  await deliverFresh(deps, done.entries);
  return { kind: 'done', what: 'revoked' };
}

const findingKey = (grant: Grant) => `removal-overdue:${grant.id}`;
