/**
 * Scheduled triggers: first run about five minutes after a deployment, spread over installations,
 * a small chance of running twice, no retry when one throws, no catch-up of missed runs.
 * https://developer.atlassian.com/platform/forge/manifest-reference/modules/scheduled-trigger/
 */
import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../kit/clock';
import type { Part } from '../kit/part';
import type { Random } from '../kit/random';
import type { Profile } from '../profile';
import type { Installation } from './installation';
import type { Invoker } from './invoker';
import type { Manifest, ScheduleModule } from './manifest';

const EVERY_MS: Record<ScheduleModule['interval'], number> = {
  fiveMinute: 5 * 60_000,
  hour: 3600_000,
  day: 24 * 3600_000,
  week: 7 * 24 * 3600_000,
};

interface Entry {
  readonly installationId: string;
  readonly key: string;
  /** Virtual epoch milliseconds. */
  nextAt: number;
}

export interface SchedulesOptions {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly profile: Profile;
  readonly manifest: Manifest;
  readonly invoker: Pick<Invoker, 'invoke'>;
  readonly installation: (id: string) => Installation | undefined;
}

export class Schedules implements Part {
  readonly name = 'schedules';
  readonly #o: SchedulesOptions;
  #entries: Entry[] = [];

  constructor(options: SchedulesOptions) {
    this.#o = options;
  }

  /** Installing, upgrading and any change of the modules start all schedules anew. */
  start(installationId: string): void {
    this.stop(installationId);
    const { clock, random, profile, manifest } = this.#o;
    for (const { key } of manifest.schedules) {
      const spread = random.int(0, profile.scheduleSpreadMs);
      const nextAt = clock.now() + profile.scheduleFirstRunMs + spread;
      this.#add({ installationId, key, nextAt });
    }
  }

  stop(installationId: string): void {
    this.#entries = this.#entries.filter((entry) => entry.installationId !== installationId);
  }

  snapshot(): unknown {
    return structuredClone(this.#entries);
  }

  restore(state: unknown): void {
    this.#entries = [];
    for (const entry of structuredClone(state) as Entry[]) this.#add(entry);
  }

  #add(entry: Entry): void {
    this.#entries.push(entry);
    this.#schedule(entry);
  }

  #schedule(entry: Entry): void {
    this.#o.clock.schedule({
      at: entry.nextAt,
      kind: 'timer',
      name: `schedule ${entry.key}`,
      run: () => this.#run(entry),
    });
  }

  async #run(entry: Entry): Promise<void> {
    if (!this.#entries.includes(entry)) return;
    const { clock, random, profile, manifest } = this.#o;
    const module = manifest.schedules.find(({ key }) => key === entry.key);
    const installation = this.#o.installation(entry.installationId);
    if (!module || !installation) return this.stop(entry.installationId);
    const every = EVERY_MS[module.interval];
    const missed = Math.floor((clock.now() - entry.nextAt) / every);
    entry.nextAt += every * (missed + 1);
    this.#schedule(entry);
    if (module.filter?.appIsLicensed && installation.licence === 'inactive') return;
    const runs = [this.#invoke(module, installation)];
    if (random.next() < profile.scheduleDuplicateRate)
      runs.push(this.#invoke(module, installation));
    await Promise.all(runs);
  }

  async #invoke(module: ScheduleModule, installation: Installation): Promise<void> {
    await this.#o.invoker.invoke({
      installation,
      fn: module.function,
      moduleType: 'scheduledTrigger',
      moduleKey: module.key,
      body: {
        context: { cloudId: installation.cloudId, moduleKey: module.key },
        contextToken: randomUUID(),
      },
    });
  }
}
