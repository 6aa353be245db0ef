/** The five-minute schedule: ends what is due, and finds requests whose event never came. */
import { openApp } from '../app';
import { forgeLog } from '../forge/log';
import { sweep } from '../grants/expire';
import { reconcile } from '../requests/reconcile';
import { epochSeconds } from '../shared/instant';

const SWEEP_SECONDS = 300;

export async function onSweep(_event: unknown, context: unknown): Promise<void> {
  const app = await openApp(context, 'sweep');
  const swept = await sweep(app);
  if (swept.overdue + swept.armed > 0) forgeLog.info('swept', { ...swept });
  // Every second sweep, so that an idle site costs one search in ten minutes.
  if (Math.floor(epochSeconds(app.now()) / SWEEP_SECONDS) % 2 === 0) await reconcile(app);
}
