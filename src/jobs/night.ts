/**
 * What the hourly schedule starts. The night's work begins with the first hour after one in the morning
 * of the site's own zone; a night that was missed is caught up in the next hour that runs.
 *
 * An hour in which nothing is due costs four reads of the store at most: the night's own record, the
 * settings, the connections, and whether any access is live.
 */
import * as z from 'zod/mini';
import { liveConnections } from '../catalog/open-connection';
import { grants } from '../grants/store';
import { anyWatched } from '../people/watched';
import type { Deps } from '../requests/deps';
import { DAY, epochMs, type Instant, parseInstant, secondsBetween } from '../shared/instant';
import { find } from '../shared/record';
import { type JobKind, startJob } from './job';

const FIRST_HOUR = 1;
const PLACE = 'night';

const nightSchema = z.strictObject({
  v: z.literal(1),
  /** Day of the site's zone whose work was begun. */
  day: z.string(),
  personalDataAt: z.optional(z.string()),
});

export interface Started {
  readonly kind: JobKind;
  readonly about: string;
}

/** Jobs that run already are left alone, so an hour that runs twice starts nothing twice. */
export async function onHour(deps: Deps): Promise<readonly Started[]> {
  const before = nightSchema.safeParse(await deps.store.readPlain(PLACE)).data;
  const { timeZone } = await deps.settings();
  const now = deps.now();
  const { day, hour } = localTime(now, timeZone);
  const nightDue = before?.day !== day && hour >= FIRST_HOUR;
  const connections = await liveConnections(deps);
  const due: Started[] = [];
  // Whatever the connections say: one that was switched off gives no access, and still ends it.
  // And once more after the last access ended: what was noted of people goes.
  if ((await anyLive(deps)) || (nightDue && (await anyWatched(deps))))
    due.push({ kind: 'people-watch', about: 'site' });
  if (nightDue) {
    for (const { id } of connections) {
      due.push({ kind: 'catalog-sync', about: id }, { kind: 'nightly-read', about: id });
    }
    if (connections.length > 0)
      due.push({ kind: 'lint', about: 'site' }, { kind: 'decider-watch', about: 'site' });
  }
  const reported = before?.personalDataAt;
  const reportDue =
    nightDue && (!reported || secondsBetween(parseInstant(reported), now) >= 7 * DAY - HALF_A_DAY);
  if (reportDue) due.push({ kind: 'personal-data-report', about: 'site' });
  for (const { kind, about } of due) await startJob(deps, kind, about);
  if (nightDue) {
    const personalDataAt = reportDue ? now : reported;
    // Last, so that an hour that dies before starts the rest the next time.
    await deps.store.writePlain(PLACE, {
      v: 1,
      day,
      ...(personalDataAt !== undefined && { personalDataAt }),
    });
  }
  return due;
}

/** A night that begins an hour earlier than the one a week ago still is a week later. */
const HALF_A_DAY = DAY / 2;

async function anyLive(deps: Pick<Deps, 'store'>): Promise<boolean> {
  const { found, unreadable } = await find(deps.store, grants, {
    index: 'by-live',
    partition: ['yes'],
    limit: 1,
  });
  return found.length + unreadable.length > 0;
}

function localTime(now: Instant, timeZone: string): { day: string; hour: number } {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(epochMs(now));
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return { day: `${of('year')}-${of('month')}-${of('day')}`, hour: Number(of('hour')) };
}
