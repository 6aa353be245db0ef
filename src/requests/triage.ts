/**
 * A request for something that the catalog did not know: IT names the role, the same issue goes on.
 * The role may have been made for it a minute ago; everything else is read and checked as for any request.
 */
import { loadOffer } from '../catalog/store';
import type { Answer, Problem } from '../contracts/answer';
import { record } from '../evidence/record';
import { load, put } from '../shared/record';
import { circumstances, type Deps } from './deps';
import { requests } from './store';

/** What keeps a request from having a role at all. */
const WITHOUT_ROLE = ['app-known', 'role-offered', 'request-complete'];

export async function triage(
  deps: Deps,
  { issueId, role }: { readonly issueId: string; readonly role: string },
  by: string,
): Promise<Answer<{ done: string }>> {
  const held = await load(deps.store, requests, issueId);
  const refusal = held?.value.refusal;
  if (held?.value.state !== 'attention' || !refusal || !WITHOUT_ROLE.includes(refusal.check))
    return no({
      check: 'triage-waits',
      sentence: 'This request does not wait for IT to name its role.',
      nextStep: 'Only requests for something that the catalog does not have can be given a role.',
    });
  const offer = await loadOffer(deps.store, role);
  if (offer?.role.status !== 'live' || offer.app.status !== 'live')
    return no({
      check: 'role-offered',
      sentence: `The catalog offers no role "${role}".`,
      nextStep: 'Make the role first, or choose one that is offered.',
    });
  const answers = { ...held.value.answers, app: offer.app.id, role: offer.role.id };
  const done = await record(
    deps.store,
    issueId,
    [
      {
        event: 'request.triaged',
        actor: { type: 'person', accountId: by },
        facts: { app: offer.app.id, role: offer.role.id, was: refusal.check },
        tell: {
          public: {
            headline: `IT read this as ${offer.role.name} in ${offer.app.name}`,
            lines: ['The request goes on from here. If that is not what you need, withdraw it.'],
          },
        },
      },
    ],
    [put(requests, { ...held.value, answers, changedAt: deps.now() }, held.rev)],
    circumstances(deps),
  );
  if (!done.done)
    return no({
      check: 'request-free',
      sentence: 'The request is being worked on at this very moment, so nothing was changed.',
      nextStep: 'Try again in a minute.',
    });
  await deps.queues.push('intake', [
    { body: { kind: 'intake', issueId, attempt: 0, resumed: true } },
  ]);
  return { ok: true, value: { done: 'goes on by itself' } };
}

const no = (problem: Problem) => ({ ok: false as const, problem });
