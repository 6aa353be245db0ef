/** Clock, ids, log, queues and secrets for tests: same ports, nothing hidden. */
import type { Clock, Log, QueueMessage, QueueName, Queues, Secrets } from '../../src/forge/ports';
import { type Instant, instant, parseInstant, plusSeconds } from '../../src/shared/instant';

export class FixedClock implements Clock {
  #at: Instant;

  constructor(at = '2026-03-02T09:00:00.000Z') {
    this.#at = parseInstant(at);
  }

  now(): Instant {
    return this.#at;
  }

  advance(seconds: number): Instant {
    this.#at = plusSeconds(this.#at, seconds);
    return this.#at;
  }

  set(at: string | number): void {
    this.#at = typeof at === 'number' ? instant(at) : parseInstant(at);
  }
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export class RecordingLog implements Log {
  readonly lines: LogLine[] = [];

  info(event: string, facts: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level: 'info', event, facts });
  }

  warn(event: string, facts: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level: 'warn', event, facts });
  }

  error(event: string, cause: unknown, facts: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level: 'error', event, facts, cause });
  }

  events(): string[] {
    return this.lines.map(({ event }) => event);
  }
}

export interface Pushed extends QueueMessage {
  readonly queue: QueueName;
}

export class RecordingQueues implements Queues {
  readonly pushed: Pushed[] = [];
  /** Says which messages the platform will not take. */
  refuses: (queue: QueueName, message: QueueMessage) => boolean = () => false;

  async push(
    queue: QueueName,
    messages: readonly QueueMessage[],
  ): Promise<readonly QueueMessage[]> {
    const refused = messages.filter((message) => this.refuses(queue, message));
    for (const message of messages) {
      if (refused.includes(message)) continue;
      this.pushed.push({ queue, ...(JSON.parse(JSON.stringify(message)) as QueueMessage) });
    }
    return refused;
  }

  /** Takes what was pushed so far, oldest first: the test plays the platform. */
  take(queue?: QueueName): Pushed[] {
    const taken = this.pushed.filter((message) => queue === undefined || message.queue === queue);
    for (const message of taken) this.pushed.splice(this.pushed.indexOf(message), 1);
    return taken;
  }
}

export class MemorySecrets implements Secrets {
  readonly #values = new Map<string, string>();

  async get(key: string): Promise<unknown> {
    const text = this.#values.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async set(key: string, value: unknown): Promise<void> {
    this.#values.set(key, JSON.stringify(value));
  }

  async remove(key: string): Promise<void> {
    this.#values.delete(key);
  }

  keys(): string[] {
    return [...this.#values.keys()].sort();
  }
}
