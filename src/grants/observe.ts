/**
 * Observe mode, per connection or role: everything was run, and read, up to the directory's change. What would
 * have been done stands on the issue, and the request is over: it never shows as granted, and no hold is made.
 */
import { durationInWords } from '../catalog/model/catalog';
import { deliverFresh } from '../evidence/deliver';
import { record } from '../evidence/record';
import type { Issue } from '../jira/port';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { move } from '../requests/model/request';
import { requests } from '../requests/store';
import { wayOut } from '../requests/way-out';
import { type Held, load, put } from '../shared/record';
import { dropTimer } from '../shared/timer';
import { factsOf, statusesOf } from './facts';
import { decide, type Grant } from './model/grant';
import { grants } from './store';
import { propertyOf } from './telling';

/** `groups`: those that the person is in now. */
export async function observed(
  deps: Deps,
  held: Held<Grant>,
  groups: ReadonlySet<string>,
  issue: Issue | undefined,
): Promise<Next> {
  const now = deps.now();
  const over = decide(held.value, { type: 'cancel', now });
  if (!over.ok) return { kind: 'done', what: over.error.state };
  const grant = over.value;
  const request = await load(deps.store, requests, grant.issueId);
  const statuses = statusesOf(await deps.settings(), grant);
  const property = { ...propertyOf(grant), state: 'observed' };
  const would = grant.edges.map(({ groupId, groupName }) => ({
    groupId,
    groupName,
    would: groups.has(groupId) ? 'nothing: already a member' : 'add',
  }));
  const length =
    grant.duration === null ? 'without an end' : `for ${durationInWords(grant.duration)}`;
  const done = await record(
    deps.store,
    grant.issueId,
    [
      {
        event: 'grant.observed',
        actor: { type: 'app' },
        facts: { ...factsOf(grant), would },
        tell: {
          public: {
            headline: `Observe mode, nothing was changed: ${grant.roleName} in ${grant.appName}`,
            lines: [
              `The approval counts, and the app would now have given this access ${length}. It is still being tried out, so no access was given.`,
              'IT can tell you how to get this access meanwhile.',
            ],
          },
          internal: {
            headline: 'What would have been done',
            lines: [`In connection ${grant.connectionId}, person ${grant.personId}, ${length}.`],
            items: would.map((one) => `${one.groupName} (${one.groupId}): ${one.would}`),
          },
          ...wayOut(statuses, ['withdrawn', 'ended', 'declined'], property),
        },
      },
    ],
    [
      put(grants, grant, held.rev),
      ...(request ? [put(requests, move(request.value, 'ended', now), request.rev)] : []),
      dropTimer({ kind: 'grant', objectId: grant.id, what: 'provision' }),
    ],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: 'changed meanwhile' };
  await deliverFresh(deps, done.entries, issue);
  return { kind: 'done', what: 'observed' };
}
