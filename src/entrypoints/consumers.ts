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
import { openApp, type Run } from '../app';
import { forgeLog } from '../forge/log';
import type { QueueName } from '../forge/ports';
import { StoreUnavailable } from '../forge/store-unavailable';
import { type Message, messageSchema, queueEventSchema } from './payloads';
import { tryAgainAfter } from './retry';
import { work } from './work';

type Answer = ReturnType<typeof tryAgainAfter> | undefined;

/** Seconds as in the manifest; a resolver and a trigger have 25. */
const RUNS: Readonly<Record<QueueName, Run>> = {
  intake: { lane: 'grant', limit: 120 },
  grant: { lane: 'grant', limit: 120 },
  revoke: { lane: 'revoke', limit: 900 },
  deliver: { lane: 'grant', limit: 300 },
  job: { lane: 'bulk', limit: 900 },
};

/** Whoever left loses access ahead of everything that can wait for the night. */
const runOf = (queue: QueueName, message: Message): Run =>
  message.kind === 'job' && message.id.startsWith('people-watch:')
    ? { ...RUNS[queue], lane: 'grant' }
    : RUNS[queue];

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
      const again = await work(openApp(context, 'event', runOf(queue, message.data)), message.data);
      return again && tryAgainAfter(again.seconds, again.why);
    } catch (cause) {
      if (cause instanceof StoreUnavailable) {
        forgeLog.warn('store.unavailable', { queue });
        return tryAgainAfter(30, 'upstream');
      }
      forgeLog.error('consumer.failed', cause, { queue });
      throw cause;
    }
  };

export const onIntake = consumer('intake');
export const onGrant = consumer('grant');
export const onRevoke = consumer('revoke');
export const onDeliver = consumer('deliver');
export const onJob = consumer('job');
