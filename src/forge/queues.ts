/**
 * Async event queues. A push that fails loses nothing: what was not taken is handed back, and the
 * outbox and the sweep bring it again. It may have been taken after all, so consumers tolerate twins.
 */
import { PartialSuccessError, Queue, RateLimitError } from '@forge/events';
import type { Log, QueueMessage, QueueName, Queues } from './ports';

/** Forge's limits for one request, and for one event of a queue whose consumer may run over 55 s. */
const MOST_EVENTS = 50;
const LARGEST_REQUEST = 200 * 1024;
const LARGEST_EVENT = 100 * 1024;
const LONGEST_DELAY = 900;

interface Event {
  readonly body: Record<string, unknown>;
  readonly delayInSeconds?: number;
}

export function openQueues({ log }: { readonly log: Log }): Queues {
  return {
    async push(queue, messages) {
      const untaken: QueueMessage[] = [];
      const door = new Queue({ key: queue });
      let limited = false;
      for (const chunk of chunksOf(queue, messages)) {
        const failed = (cause: unknown) => {
          warn(log, queue, cause);
          // The limit is one for the whole installation; knocking again only makes others wait.
          limited = cause instanceof RateLimitError;
        };
        untaken.push(...(limited ? chunk : await pushChunk(door, chunk, failed)));
      }
      return untaken;
    },
  };
}

async function pushChunk(
  door: Queue,
  chunk: readonly QueueMessage[],
  failed: (cause: unknown) => void,
): Promise<readonly QueueMessage[]> {
  const events = chunk.map(eventOf);
  try {
    await door.push(events);
    return [];
  } catch (cause) {
    failed(cause);
    if (!(cause instanceof PartialSuccessError)) return chunk;
    const refused = refusedEvents(cause);
    const untaken = chunk.filter((_, i) => refused.has(events[i]));
    // A partial success that names nobody leaves all of them in doubt.
    return untaken.length === refused.size && refused.size > 0 ? untaken : chunk;
  }
}

/** The library hands back the very objects it was given, as `payload`, where its types say `event`. */
function refusedEvents(cause: PartialSuccessError): Set<unknown> {
  const entries: readonly { payload?: unknown; event?: unknown }[] = cause.failedEvents;
  return new Set(entries.map((entry) => entry.payload ?? entry.event));
}

function eventOf({ body, delay }: QueueMessage): Event {
  return { body: { ...body }, ...(delay !== undefined && { delayInSeconds: delay }) };
}

function* chunksOf(
  queue: QueueName,
  messages: readonly QueueMessage[],
): Generator<readonly QueueMessage[]> {
  const sizes = messages.map((message) => sizeOf(queue, message));
  let chunk: QueueMessage[] = [];
  let size = 2;
  for (const [i, message] of messages.entries()) {
    const more = (sizes[i] as number) + 1;
    if (chunk.length === MOST_EVENTS || size + more > LARGEST_REQUEST) {
      yield chunk;
      chunk = [];
      size = 2;
    }
    chunk.push(message);
    size += more;
  }
  if (chunk.length > 0) yield chunk;
}

/** Throws for a message that no repetition could deliver. */
function sizeOf(queue: QueueName, message: QueueMessage): number {
  const { delay = 0 } = message;
  if (!Number.isInteger(delay) || delay < 0 || delay > LONGEST_DELAY) {
    throw new Error(`A message for ${queue} may wait 0 to ${LONGEST_DELAY} seconds, not ${delay}`);
  }
  const size = Buffer.byteLength(JSON.stringify(eventOf(message)));
  if (size > LARGEST_EVENT) throw new Error(`A message for ${queue} is too large: ${size} bytes`);
  return size;
}

function warn(log: Log, queue: QueueName, cause: unknown): void {
  log.warn('queue-push-failed', {
    queue,
    error: cause instanceof Error ? cause.constructor.name : typeof cause,
    reason: cause instanceof Error ? cause.message : String(cause),
  });
}
