/**
 * Product events on their way to the app's triggers: seconds late, sometimes minutes, sometimes
 * twice, in no order; filtered per installation.
 * https://developer.atlassian.com/platform/forge/events-reference/product_events/
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { SandboxClock } from '../kit/clock';
import type { Part } from '../kit/part';
import type { Random } from '../kit/random';
import type { Profile } from '../profile';
import { evaluate } from './expression';
import type { Installation } from './installation';
import type { Invoker } from './invoker';
import type { Manifest, TriggerFilter, TriggerModule } from './manifest';
import { retryOf } from './retry';
import type { SiteEvent } from './site';

/** What a story does to events on purpose. */
export const eventFaultSchema = z
  .object({
    do: z.enum(['drop', 'duplicate', 'delay']),
    /** For delay. */
    ms: z.number().nonnegative().default(180_000),
    eventType: z.string().optional(),
    /** Id or key. */
    issue: z.string().optional(),
    /** Strikes this many times; absent means until cleared. */
    times: z.number().int().positive().optional(),
  })
  .strict();
export type EventFault = z.infer<typeof eventFaultSchema>;

interface Delivery {
  readonly id: string;
  readonly installationId: string;
  readonly trigger: string;
  readonly event: Record<string, unknown>;
  /** Virtual epoch milliseconds. */
  dueAt: number;
  attempt: number;
  retry?: { retryReason: string; retryData?: unknown };
}

const MAX_RETRIES = 4;
const LARGEST_EVENT_BYTES = 200_000;

export interface ProductEventsOptions {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly profile: Profile;
  readonly manifest: Manifest;
  readonly invoker: Pick<Invoker, 'invoke'>;
  readonly installation: (id: string) => Installation | undefined;
  /** A line for whoever watches the sandbox. */
  readonly say: (line: string) => void;
}

export class ProductEvents implements Part {
  readonly name = 'events';
  readonly #o: ProductEventsOptions;
  #deliveries = new Map<string, Delivery>();
  #faults: { fault: EventFault; struck: number }[] = [];

  constructor(options: ProductEventsOptions) {
    this.#o = options;
  }

  addFault(fault: EventFault): void {
    this.#faults.push({ fault, struck: 0 });
  }

  clearFaults(): void {
    this.#faults = [];
  }

  /** `by.appId`: the app whose call caused the event, if one did. */
  emit(installation: Installation, event: SiteEvent, by: { appId?: string }): void {
    const selfGenerated = by.appId === installation.appId;
    const payload = { ...event, selfGenerated };
    if (Buffer.byteLength(JSON.stringify(payload)) > LARGEST_EVENT_BYTES) {
      this.#o.say(`event dropped, larger than 200 kB: ${event.eventType}`);
      return;
    }
    for (const trigger of this.#o.manifest.triggers) {
      const listed = trigger.events.find(({ eventType }) => eventType === event.eventType);
      if (!listed) continue;
      const filters = [trigger.filter, listed.filter].filter((filter) => filter !== undefined);
      if (filters.every((filter) => this.#passes(filter, installation, payload, trigger))) {
        this.#send(installation, trigger, payload);
      }
    }
  }

  forget(installationId: string): void {
    for (const delivery of [...this.#deliveries.values()]) {
      if (delivery.installationId === installationId) this.#deliveries.delete(delivery.id);
    }
  }

  snapshot(): unknown {
    return structuredClone([...this.#deliveries.values()]);
  }

  restore(state: unknown): void {
    const deliveries = structuredClone(state) as Delivery[];
    this.#deliveries = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
    this.#faults = [];
    for (const delivery of deliveries) this.#schedule(delivery);
  }

  #passes(
    filter: TriggerFilter,
    installation: Installation,
    payload: Record<string, unknown>,
    trigger: TriggerModule,
  ): boolean {
    if (filter.ignoreSelf && payload['selfGenerated']) return false;
    if (filter.appIsLicensed && installation.licence === 'inactive') return false;
    if (filter.expression === undefined) return true;
    try {
      const answer = evaluate(filter.expression, payload);
      if (typeof answer === 'boolean') return answer;
      throw new Error(`a boolean was expected, not ${JSON.stringify(answer)}`);
    } catch (cause) {
      if (filter.onError.endsWith('_AND_LOG')) {
        this.#o.say(`filter of trigger ${trigger.key} failed: ${(cause as Error).message}`);
      }
      return filter.onError.startsWith('RECEIVE');
    }
  }

  #send(installation: Installation, trigger: TriggerModule, event: Record<string, unknown>): void {
    const { clock, random, profile } = this.#o;
    const faults = this.#striking(event);
    if (faults.some((fault) => fault.do === 'drop')) return;
    const extraMs = faults.reduce((sum, f) => sum + (f.do === 'delay' ? f.ms : 0), 0);
    const twice =
      faults.some((fault) => fault.do === 'duplicate') ||
      random.next() < profile.eventDuplicateRate;
    for (let copy = 0; copy < (twice ? 2 : 1); copy++) {
      const delivery: Delivery = {
        id: randomUUID(),
        installationId: installation.id,
        trigger: trigger.key,
        event,
        dueAt: clock.now() + this.#delayMs() + extraMs,
        attempt: 0,
      };
      this.#deliveries.set(delivery.id, delivery);
      this.#schedule(delivery);
    }
  }

  #striking(event: Record<string, unknown>): EventFault[] {
    const issue = event['issue'] as { id?: string; key?: string } | undefined;
    const hits = this.#faults.filter(
      ({ fault, struck }) =>
        (fault.eventType === undefined || fault.eventType === event['eventType']) &&
        (fault.issue === undefined || fault.issue === issue?.id || fault.issue === issue?.key) &&
        (fault.times === undefined || struck < fault.times),
    );
    for (const hit of hits) hit.struck++;
    return hits.map(({ fault }) => fault);
  }

  #delayMs(): number {
    const { random, profile } = this.#o;
    const { eventDelayMinMs, eventDelayMaxMs, eventLateMaxMs } = profile;
    const late = random.next() < profile.eventLateRate;
    return random.int(eventDelayMinMs, late ? eventLateMaxMs : eventDelayMaxMs);
  }

  #schedule(delivery: Delivery): void {
    this.#o.clock.schedule({
      at: delivery.dueAt,
      kind: 'work',
      name: `event ${String(delivery.event['eventType'])}`,
      run: () => this.#deliver(delivery),
    });
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const mine = () => this.#deliveries.get(delivery.id) === delivery;
    const installation = this.#o.installation(delivery.installationId);
    const trigger = this.#o.manifest.triggers.find(({ key }) => key === delivery.trigger);
    if (!mine()) return;
    if (!installation || !trigger) {
      this.#deliveries.delete(delivery.id);
      return;
    }
    const retryContext = delivery.retry && { retryCount: delivery.attempt, ...delivery.retry };
    const outcome = await this.#o.invoker.invoke({
      installation,
      fn: trigger.function,
      moduleType: 'trigger',
      moduleKey: trigger.key,
      body: { ...delivery.event, ...(retryContext && { retryContext }) },
    });
    if (!mine()) return;
    const retry = retryOf(outcome);
    if (!retry || delivery.attempt >= MAX_RETRIES) {
      this.#deliveries.delete(delivery.id);
      return;
    }
    const backOff = this.#o.profile.eventRetryMs * 2 ** delivery.attempt;
    delivery.attempt++;
    delivery.retry = retry.context;
    delivery.dueAt = this.#o.clock.now() + (retry.afterMs ?? backOff);
    this.#schedule(delivery);
  }
}
