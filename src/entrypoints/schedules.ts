/** The schedules: every five minutes what is due ends and lost events are found; every hour long work begins and tickets are asked about. */
import { openApp } from '../app';
import { forgeLog } from '../forge/log';
import { heartbeat, sweep } from '../grants/expire';
import { reconcile } from '../requests/reconcile';
import { epochSeconds } from '../shared/instant';

const SWEEP_SECONDS = 300;

export async function onSweep(_event: unknown, context: unknown): Promise<void> {
  const app = openApp(context, 'sweep');
  const swept = await sweep(app);
  if (swept.overdue + swept.armed > 0) forgeLog.info('swept', { ...swept });
  // In turns, so that an idle site costs three store calls a sweep and one search in ten minutes.
  const even = Math.floor(epochSeconds(app.now()) / SWEEP_SECONDS) % 2 === 0;
  if (even) await reconcile(app);
  else await heartbeat(app, swept);
}

export async function onHour(_event: unknown, context: unknown): Promise<void> {
  const app = openApp(context, 'sweep');
  // An event that was lost must not keep an access beyond its ticket for longer than this: neither
  // waits for the other, because a schedule that failed is not run again before its next hour.
  try {
    const { checkTickets } = await import('../grants/until');
    await checkTickets(app);
  } catch (cause) {
    forgeLog.error('tickets.failed', cause);
  }
  // Apart from the sweep, which runs twelve times as often and needs none of it.
  const night = await import('../jobs/night');
  const started = await night.onHour(app);
  if (started.length > 0)
    forgeLog.info('started', { jobs: started.map(({ kind, about }) => `${kind}:${about}`) });
}
