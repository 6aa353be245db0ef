/** Brings the site to an afternoon of a working week, whatever the hour that the sandbox was started at. */
import { z } from 'zod';
import type { Play } from './play';

const siteSchema = z.looseObject({
  paused: z.boolean(),
  managedDomains: z.array(z.string()).optional(),
});

/**
 * The site moves to a zone in which it is between two and three in the afternoon, because moving the
 * clock costs more; from Friday to Sunday the clock goes on to Monday.
 */
export async function oneAfternoon(play: Play): Promise<void> {
  const now = () => new Date(play.tale.now);
  const ahead = 14 - now().getUTCHours();
  const offset = ahead > 12 ? ahead - 24 : ahead < -12 ? ahead + 24 : ahead;
  const { paused, managedDomains } = siteSchema.parse(
    await play.demandAdmin('site.read', undefined),
  );
  await play.demandAdmin('site.save', {
    // Written the other way round in that family of names.
    timeZone: offset === 0 ? 'UTC' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`,
    paused,
    ...(managedDomains && { managedDomains }),
  });
  const local = new Date(now().getTime() + offset * 3_600_000);
  const days = { 5: 3, 6: 2, 0: 1 }[local.getUTCDay()];
  if (days !== undefined) await play.pass(`${days}d`);
}
