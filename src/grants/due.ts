/** What one due timer asks for. The timer is a hint; each of these reads its object again. */
import { deliverWaiting } from '../evidence/deliver';
import type { Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { type Instant, MINUTE, plusSeconds, secondsBetween } from '../shared/instant';
import { load, UnreadableRecord } from '../shared/record';
import type { Timer } from '../shared/timer';
import { timer } from './facts';
import type { Ask, Grant } from './model/grant';
import { provision, ROLL_BACK_AFTER } from './provision';
import { endGrant } from './revoke';
import { salvage } from './salvage';
import { grants } from './store';
import { verify } from './verify';

export type Due = Pick<Timer, 'kind' | 'objectId' | 'what'> & {
  /** Hour of the timer that asked, where a message carries it. */
  readonly at?: string | undefined;
};

export async function runDue(deps: Deps, due: Due): Promise<Next> {
  try {
    return await run(deps, due);
  } catch (cause) {
    const ends = due.what === 'end' || due.what === 'revoke';
    if (!ends || !(cause instanceof UnreadableRecord) || cause.entity !== 'grant') throw cause;
    return salvage(deps, cause, due);
  }
}

/** What comes seldom is loaded when it comes. */
async function run(deps: Deps, due: Due): Promise<Next> {
  switch (due.what) {
    case 'deliver':
      return { kind: 'done', what: await deliverWaiting(deps, due.objectId) };
    case 'end':
      return expire(deps, due.objectId);
    case 'revoke':
      return endGrant(deps, due.objectId);
    case 'roll-back':
      return rollBack(deps, due.objectId);
    case 'verify':
      return verify(deps, due.objectId);
    case 'provision':
      return takeUp(deps, due.objectId);
    case 'warn':
      return (await import('./warn')).warn(deps, due.objectId);
    case 'review':
      return (await import('./review')).review(deps, due.objectId);
    case 'remind':
      return (await import('../approvals/remind')).remind(deps, due.objectId);
    case 'lapse':
      return (await import('../approvals/lapse')).lapse(deps, due.objectId);
    case 'task':
      return (await import('./manual')).overdue(deps, due.objectId);
    case 'begin':
    case 'over':
      return (await import('../policy/cover-take-over')).coverDue(deps, due.objectId, due.what);
    case 'job':
      throw new Error('A job is run by its consumer');
  }
}

async function takeUp(deps: Deps, grantId: string): Promise<Next> {
  const held = await load(deps.store, grants, grantId);
  if (!held) return { kind: 'done', what: 'no such grant' };
  if (held.value.state !== 'approved') return provision(deps, held);
  // Nothing was changed yet: consent is judged once more before anything is.
  await deps.store.transact([timer(held.value, 'provision', plusSeconds(deps.now(), LATER))]);
  await deps.queues.push('grant', [{ body: { kind: 'consent', issueId: held.value.issueId } }]);
  return { kind: 'done', what: 'consent is judged again' };
}

/** Never early: the grant's own end decides, not the timer's. */
async function expire(deps: Deps, grantId: string): Promise<Next> {
  const held = await load(deps.store, grants, grantId);
  if (!held) return { kind: 'done', what: 'no such grant' };
  const { value: grant } = held;
  if (!isEnding(grant)) return { kind: 'done', what: grant.state };
  if (grant.endsAt === null) return { kind: 'done', what: 'no end' };
  if (grant.endsAt > deps.now()) {
    await deps.store.transact([timer(grant, 'end', grant.endsAt as Instant)]);
    return { kind: 'done', what: 'not due yet' };
  }
  return grant.state === 'revoking' || grant.state === 'stuck'
    ? endGrant(deps, grantId, undefined, held)
    : endGrant(deps, grantId, { because: 'expired' }, held);
}

/** The message may be older than what happened since, or come twice: only what is still not whole. */
async function rollBack(deps: Deps, grantId: string): Promise<Next> {
  const held = await load(deps.store, grants, grantId);
  if (!held) return { kind: 'done', what: 'no such grant' };
  const { value: grant } = held;
  if (grant.state === 'revoking' || grant.state === 'stuck') return endGrant(deps, grantId);
  if (grant.state !== 'provisioning') return { kind: 'done', what: grant.state };
  if (secondsBetween(grant.since as Instant, deps.now()) < ROLL_BACK_AFTER)
    return { kind: 'done', what: 'not due yet' };
  const ask = grant.startedAt === undefined ? NOT_MADE : NOT_WHOLE;
  return endGrant(deps, grantId, { because: 'rolled-back', ask });
}

const isEnding = (grant: Grant) =>
  ['provisioning', 'active', 'revoking', 'stuck'].includes(grant.state);

const LATER = 5 * MINUTE;

/** No change was accepted as far as anybody knows. */
const NOT_MADE: Ask = {
  check: 'complete-in-time',
  sentence: 'The directory did not make the access within half an hour, so it was given up.',
  nextStep: 'IT looks at the directory and presses Resume.',
};
const NOT_WHOLE: Ask = {
  check: 'complete-in-time',
  sentence:
    'The access could not be completed within half an hour of its first change, so it was undone.',
  nextStep: 'IT looks at the directory and presses Resume.',
};
