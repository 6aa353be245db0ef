/**
 * The five queues. Each parses its message, opens the app, calls one function and turns what that
 * answers into "done" or "bring it back".
 *
 *   intake   a request is read and pinned                requests/intake.ts
 *   grant    consent is checked, a grant carried out     approvals/consent.ts, grants/provision.ts
 *   revoke   access ends                                 grants/expire.ts, grants/revoke.ts
 *   deliver  what is still to be written on issues       evidence/deliver.ts
 *   job      long work for the admin page
 */
import { type App, openApp } from '../app';
import { checkConsent } from '../approvals/consent';
import { takeBackRequest } from '../approvals/withdraw';
import { forgeLog } from '../forge/log';
import type { QueueName } from '../forge/ports';
import { StoreUnavailable } from '../forge/store-unavailable';
import { type Due, runDue } from '../grants/due';
import { queueOf, runSlice } from '../grants/expire';
import { provision } from '../grants/provision';
import { isSpent, putOff } from '../grants/put-off';
import { type IntakeMessage, intake, type Next } from '../requests/intake';
import { type Message, messageSchema, queueEventSchema } from './payloads';
import { tryAgainAfter } from './retry';

type Answer = ReturnType<typeof tryAgainAfter> | undefined;

const consumer =
  (queue: QueueName) =>
  async (event: unknown, context: unknown): Promise<Answer> => {
    const parsed = queueEventSchema.safeParse(event);
    const message = messageSchema.safeParse(parsed.data?.body);
    if (!message.success) {
      // Only our own code writes here: an unreadable message is dropped and said, not retried for a day.
      forgeLog.error('message.unreadable', message.error.issues.slice(0, 3), { queue });
      return undefined;
    }
    try {
      return await handle(openApp(context, 'event'), message.data);
    } catch (cause) {
      if (cause instanceof StoreUnavailable) {
        forgeLog.warn('store.unavailable', { queue });
        return tryAgainAfter(30, 'upstream');
      }
      forgeLog.error('consumer.failed', cause, { queue });
      throw cause;
    }
  };

async function handle(app: App, message: Message): Promise<Answer> {
  switch (message.kind) {
    case 'intake': {
      const { kind: _, resumed, comment, ...rest } = message;
      const order: IntakeMessage = {
        ...rest,
        ...(resumed && { resumed }),
        ...(comment && { comment }),
      };
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
      const next = await checkConsent(app, message.issueId);
      if (next.kind !== 'provision') return follow(app, message.issueId, next);
      const done = await provision(app, next.grant, next);
      if (done.kind !== 'later') return follow(app, message.issueId, done);
      const due: Due = { kind: 'grant', objectId: next.grant.value.id, what: 'provision' };
      await putOff(app, due, done.seconds);
      return undefined;
    }
    case 'due':
      return all(app, message.due);
    case 'slice': {
      const again = await runSlice(app, message.slice, message.shard);
      for (const { seconds, ...due } of again) await bringBack(app, [due], seconds);
      return undefined;
    }
  }
}

async function follow(app: App, issueId: string, next: Next): Promise<Answer> {
  switch (next.kind) {
    case 'done':
      return undefined;
    case 'check-consent':
      await app.queues.push('grant', [{ body: { kind: 'consent', issueId } }]);
      return undefined;
    case 'taken-back':
      return follow(app, issueId, await takeBackRequest(app, issueId, next.by, next.how));
    case 'read-first':
      await app.queues.push('intake', [{ body: { kind: 'intake', issueId, attempt: 0 } }]);
      return undefined;
    case 'later':
      app.log.info('later', { issue: issueId, why: next.why, seconds: next.seconds });
      return tryAgainAfter(next.seconds, next.failure ? 'upstream' : 'queue');
  }
}

/** One that waits or fails never keeps the others of its message. */
async function all(app: App, due: readonly Due[]): Promise<Answer> {
  for (const one of due) {
    try {
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
const laterOn = (app: App, due: Due, seconds: number): Promise<void> =>
  queueOf(due) === 'revoke' ? bringBack(app, [due], seconds) : putOff(app, due, seconds);

async function bringBack(app: App, due: readonly Due[], seconds: number): Promise<void> {
  for (const one of due) {
    await app.queues.push(queueOf(one), [
      { body: { kind: 'due', due: [one] }, delay: Math.min(Math.ceil(seconds), 900) },
    ]);
  }
}

export const onIntake = consumer('intake');
export const onGrant = consumer('grant');
export const onRevoke = consumer('revoke');
export const onDeliver = consumer('deliver');
export const onJob = consumer('job');
