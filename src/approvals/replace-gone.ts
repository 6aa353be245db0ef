/**
 * An approver of an open request has left: their cover is asked, else the fallback; where others of the
 * stage are enough, they decide without. Nobody left: a person has to name another approver.
 */
import { openFinding, resolveFinding } from '../findings/findings';
import { inTheirPlace } from '../policy/chain-stand-in';
import { coverChain, standsInFor } from '../policy/cover-chain';
import { fallbackOf } from '../policy/cover-take-over';
import type { Deps } from '../requests/deps';
import type { Approver, Pin, Stage } from '../requests/model/request';
import { requests } from '../requests/store';
import { load } from '../shared/record';
import { type Reassigned, reassign } from './reassign';
import { chosenByParty, mayStandIn } from './stand-in';
import { stageAt } from './tasks';

export const nobodyKey = (issueId: string) => `approval-nobody:${issueId}`;

export async function replaceGone(
  deps: Deps,
  issueId: string,
  accountId: string,
  coming?: number,
): Promise<Reassigned['kind'] | 'nobody'> {
  const held = await load(deps.store, requests, issueId);
  const pin = held?.value.pin;
  const stage = held && stageAt(held.value, coming);
  const old = stage?.approvers.find((one) => one.accountId === accountId);
  if (!held || !pin || !stage || !old || held.value.state !== 'waiting') return 'nothing';
  const add = await inPlaceOf(deps, { pin, stage, approver: old });
  const enough =
    stage.approvers.length > stage.needs ||
    (stage.groups ?? []).some(({ kind }) => kind === 'jira-group');
  if (!add && !enough) {
    await openFinding(deps, {
      key: nobodyKey(issueId),
      kind: 'approval-nobody',
      sentence: `The request ${held.value.issueKey} waits for an approver whose account is not active any more, and nobody else may decide on it.`,
      nextStep: 'Name another approver for the request, or choose one for the role and ask again.',
      accountId,
      roleIds: [pin.subject.roleId],
      facts: { issueId, stage: stage.id },
    });
    return 'nobody';
  }
  const done = await reassign(deps, issueId, {
    stage: stage.id,
    remove: [accountId],
    add: add ? [add] : [],
    because: add ? GONE : GONE_OTHERS,
    by: { type: 'app' },
    event: 'approver.replaced',
    facts: { check: 'approver-active' },
  });
  if (done.kind === 'done')
    await resolveFinding(deps, nobodyKey(issueId), 'Somebody else is asked.');
  return done.kind;
}

async function inPlaceOf(
  deps: Deps,
  one: { readonly pin: Pin; readonly stage: Stage; readonly approver: Approver },
): Promise<Approver | undefined> {
  const { pin, stage, approver } = one;
  // The other members of the group are asked already.
  if (approver.inGroup !== undefined && stage.approvers.length > stage.needs) return undefined;
  const named = approver.covers?.at(-1) ?? approver.accountId;
  const chain = await coverChain(deps, named);
  const last = chain.at(-1);
  const setBy = chain.map((one) => one.setBy);
  const chosen = await chosenByParty(deps, pin, setBy);
  if (last && chosen.ok && !chosen.value && last.cover !== approver.accountId) {
    const others = { ...stage, approvers: stage.approvers.filter((a) => a !== approver) };
    const because = inTheirPlace(chain, approver.because);
    const joins = await mayStandIn(deps, pin, others, { accountId: last.cover, because });
    if (joins.ok) return { ...joins.value, covers: standsInFor(chain) };
  }
  const fallback = await fallbackOf(deps, one);
  return fallback?.accountId === approver.accountId ? undefined : fallback;
}

const GONE = 'An approver has no active account any more, so the next in line is asked instead.';
const GONE_OTHERS = 'An approver has no active account any more; the others who are asked decide.';
