/**
 * An operator put something right and says: go on.
 *
 * - a request that never got a grant is read again from the start (`requests/intake.ts`);
 * - a blocked grant whose role still gives the same groups, decided less than a day ago, starts again
 *   from a fresh read with a new episode;
 * - if the mapping changed, or the decision is older, the approvers get one question with the
 *   difference in words: the old grant is cancelled and another round opens.
 */
import { loadOffer } from '../catalog/store';
import { record, type Step } from '../evidence/record';
import { OTHER_PERSON } from '../grants/look';
import { decide, type Grant } from '../grants/model/grant';
import { grants } from '../grants/store';
import { circumstances, type Deps } from '../requests/deps';
import { intake, type Next, OVERTAKEN, settle } from '../requests/intake';
import { type AccessRequest, move } from '../requests/model/request';
import { LINK_GONE } from '../requests/person';
import { pin, wishFields } from '../requests/pin';
import { requests } from '../requests/store';
import { type Instant, plusSeconds, secondsBetween } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import { setTimer } from '../shared/timer';
import { FRESH_SECONDS } from './model/gate';

export async function resume(deps: Deps, held: Held<AccessRequest>, by: string): Promise<Next> {
  const request = held.value;
  if (request.state !== 'attention')
    return { kind: 'done', what: `not waiting for anybody: ${request.state}` };
  const grant =
    request.grantId === undefined ? undefined : await load(deps.store, grants, request.grantId);
  if (!grant) return intake(deps, { issueId: request.issueId, attempt: 9, resumed: true });
  if (grant.value.state !== 'blocked')
    return { kind: 'done', what: `the grant is ${grant.value.state}` };
  const offer = await loadOffer(deps.store, grant.value.roleId, grant.value.connectionId);
  const same = offer?.role.accessVersion === grant.value.accessVersion;
  const fresh = secondsBetween(grant.value.decidedAt as Instant, deps.now()) <= FRESH_SECONDS;
  const someoneElse = [OTHER_PERSON.check, LINK_GONE].includes(grant.value.ask.check);
  if (same && fresh && !someoneElse)
    return again(deps, held, { value: grant.value, rev: grant.rev }, by);
  const because = someoneElse
    ? 'The account no longer led to the person in the directory that it was approved for. Please decide on it as it is now.'
    : same
      ? 'The approval is more than a day old, so it is asked once more.'
      : `What this role gives was changed since it was approved. ${difference(grant.value.edges, offer?.role.groups ?? [])} Please decide on it as it is now.`;
  return askAgain(deps, held, { value: grant.value, rev: grant.rev }, by, because);
}

/** By id, because a group that took over a name is another group. */
function difference(
  before: readonly { groupId: string; groupName: string }[],
  now: readonly { id: string; name: string }[],
): string {
  const gone = before.filter((old) => !now.some((g) => g.id === old.groupId));
  const fresh = now.filter((g) => !before.some((old) => old.groupId === g.id));
  const replaced = fresh.filter((g) => gone.some((old) => old.groupName === g.name));
  const isNamed = (name: string) => replaced.some((g) => g.name === name);
  const said = [
    ...replaced.map((g) => `The group ${g.name} is another one now, of the same name.`),
    ...gone.filter((g) => !isNamed(g.groupName)).map((g) => `No longer: ${g.groupName}.`),
    ...fresh.filter((g) => !isNamed(g.name)).map((g) => `New: ${g.name}.`),
  ];
  return said.length > 0
    ? said.join(' ')
    : 'Its groups are the same, and are changed in another way.';
}

async function again(
  deps: Deps,
  held: Held<AccessRequest>,
  grant: Held<Grant>,
  by: string,
): Promise<Next> {
  const now = deps.now();
  const resumed = decide(grant.value, { type: 'resume', now });
  if (!resumed.ok) return { kind: 'done', what: resumed.error.state };
  const done = await record(
    deps.store,
    held.value.issueId,
    [
      {
        event: 'grant.resumed',
        actor: { type: 'person', accountId: by },
        facts: { grantId: grant.value.id, episode: resumed.value.episode },
      },
    ],
    [
      put(grants, resumed.value, grant.rev),
      put(requests, { ...move(held.value, 'approved', now) }, held.rev),
      setTimer({
        kind: 'grant',
        objectId: grant.value.id,
        what: 'provision',
        at: plusSeconds(now, 180),
        privileged: grant.value.privileged,
      }),
    ],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 2, why: OVERTAKEN };
  // Much can have changed while it waited: the gate is asked again before anything is done.
  return { kind: 'check-consent' };
}

async function askAgain(
  deps: Deps,
  held: Held<AccessRequest>,
  grant: Held<Grant>,
  by: string,
  because: string,
): Promise<Next> {
  const binding = (await deps.settings()).bindings.find((b) => b.id === held.value.bindingId);
  if (!binding) return { kind: 'done', what: 'the binding of this request is gone' };
  const read = await deps.jira.issue(held.value.issueId, {
    fields: [...wishFields(binding), binding.fields.approvers],
    changes: true,
    transitions: true,
  });
  if (!read.ok)
    return {
      kind: 'later',
      seconds: read.error.retryAfter ?? 30,
      why: read.error.code,
      failure: read.error,
    };
  const now = deps.now();
  const cancelled = decide(grant.value, { type: 'cancel', now });
  if (!cancelled.ok) return { kind: 'done', what: cancelled.error.state };
  const { grantId: _, ...rest } = move(held.value, 'attention', now);
  const step: Step = {
    event: 'grant.cancelled',
    actor: { type: 'person', accountId: by },
    facts: { grantId: grant.value.id, because },
  };
  const first = await record(
    deps.store,
    held.value.issueId,
    [step],
    [put(grants, cancelled.value, grant.rev), put(requests, rest, held.rev)],
    circumstances(deps),
  );
  if (!first.done) return { kind: 'later', seconds: 2, why: OVERTAKEN };
  const c = { held: { value: rest, rev: held.rev + 1 }, issue: read.value, binding, resumed: true };
  const pinned = await pin(deps, {
    ...c,
    requestTypeId: read.value.requestTypeId ?? '',
    before: [],
    because,
  });
  return settle(deps, c, [], pinned);
}
