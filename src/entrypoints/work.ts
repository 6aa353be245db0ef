/**
 * What the messages of the queues ask for, whoever delivers them. Everything is read again from the
 * ledger and from Jira; a message is a hint. Each kind loads what it needs when it comes, so that an end
 * of access does not wait until everything is loaded that gives it.
 */
import { StoreUnavailable } from '../forge/store-unavailable';
import { type Due, runDue } from '../grants/due';
import { queueOf, runSlice } from '../grants/expire';
import { isSpent, putOff } from '../grants/put-off';
import type { Deps } from '../requests/deps';
import type { IntakeMessage, Next } from '../requests/intake';
import type { Message } from './payloads';

export interface Again {
  readonly seconds: number;
  readonly why: 'queue' | 'upstream';
}

/** `undefined`: done. Otherwise the message is to come back after so many seconds. */
export async function work(app: Deps, message: Message): Promise<Again | undefined> {
  switch (message.kind) {
    case 'intake': {
      const { kind: _, resumed, deleted, comment, ...rest } = message;
      const order: IntakeMessage = {
        ...rest,
        ...(resumed && { resumed }),
        ...(deleted && { deleted }),
        ...(comment && { comment }),
      };
      const { intake } = await import('../requests/intake');
      const next = await intake(app, order);
      if (next.kind === 'later' && next.why.startsWith('the panel')) {
        await app.queues.push('intake', [
          { body: { ...message, attempt: message.attempt + 1 }, delay: next.seconds },
        ]);
        return undefined;
      }
      return follow(app, message.issueId, next);
    }
    case 'consent': {
      const { checkConsent } = await import('../approvals/consent');
      const next = await checkConsent(app, message.issueId);
      if (next.kind !== 'provision') return follow(app, message.issueId, next);
      const { provision } = await import('../grants/provision');
      const done = await provision(app, next.grant, next);
      if (done.kind !== 'later') return follow(app, message.issueId, done);
      const due: Due = { kind: 'grant', objectId: next.grant.value.id, what: 'provision' };
      await putOff(app, due, done.seconds);
      return undefined;
    }
    case 'way-back':
      await (await import('../catalog/way-back')).noteWayBack(app, message.binding, message.seen);
      return undefined;
    case 'ticket': {
      const until = await import('../grants/until');
      return follow(
        app,
        message.issueId,
        await until.ticketChanged(app, message.issueId, message.deleted),
      );
    }
    case 'due':
      return all(app, message.due);
    case 'job':
      await job(app, message);
      return undefined;
    case 'slice': {
      const again = await runSlice(app, message.slice, message.shard);
      for (const { seconds, ...due } of again) await bringBack(app, [due], seconds);
      return undefined;
    }
  }
}

async function follow(app: Deps, issueId: string, next: Next): Promise<Again | undefined> {
  switch (next.kind) {
    case 'done':
      return undefined;
    case 'check-consent':
      await app.queues.push('grant', [{ body: { kind: 'consent', issueId } }]);
      return undefined;
    case 'taken-back': {
      const { takeBackRequest } = await import('../approvals/withdraw');
      return follow(app, issueId, await takeBackRequest(app, issueId, next.by, next.how, next.why));
    }
    case 'read-first':
      await app.queues.push('intake', [{ body: { kind: 'intake', issueId, attempt: 0 } }]);
      return undefined;
    case 'later':
      app.log.info('later', { issue: issueId, why: next.why, seconds: next.seconds });
      return { seconds: next.seconds, why: next.failure ? 'upstream' : 'queue' };
  }
}

async function job(app: Deps, message: { id: string; turn?: number }): Promise<void> {
  const [{ runJob }, { jobSteps }] = await Promise.all([
    import('../jobs/job'),
    import('../jobs/steps'),
  ]);
  await runJob(app, jobSteps, message);
}

/** One that waits or fails never keeps the others of its message. */
async function all(app: Deps, due: readonly Due[]): Promise<Again | undefined> {
  for (const one of due) {
    try {
      if (one.what === 'job') {
        await job(app, { id: one.objectId });
        continue;
      }
      if (await isSpent(app, one)) continue;
      const next = await runDue(app, one);
      if (next.kind === 'later') await laterOn(app, one, next.seconds);
    } catch (cause) {
      if (cause instanceof StoreUnavailable) throw cause;
      // It keeps its timer, so the next sweep brings it again; a throw would repeat the others too.
      app.log.error('due.failed', cause, { what: one.what, object: one.objectId });
    }
  }
  return undefined;
}

/** A removal has moved its own timer already (`grants/revoke.ts`). */
const laterOn = (app: Deps, due: Due, seconds: number): Promise<void> =>
  queueOf(due) === 'revoke' ? bringBack(app, [due], seconds) : putOff(app, due, seconds);

async function bringBack(app: Deps, due: readonly Due[], seconds: number): Promise<void> {
  for (const one of due) {
    await app.queues.push(queueOf(one), [
      { body: { kind: 'due', due: [one] }, delay: Math.min(Math.ceil(seconds), 900) },
    ]);
  }
}
