/** Imports only `@forge/*` and does what every function of the app does: one read, one queue. */
import { asApp, route } from '@forge/api';
import { Queue } from '@forge/events';
import { kvs } from '@forge/kvs';

export const bare = async (): Promise<unknown> => {
  const stored = await kvs.entity<Record<string, unknown>>('config').get('settings:site');
  const queue = new Queue({ key: 'intake' });
  if (stored) await asApp().requestJira(route`/rest/api/3/serverInfo`);
  return typeof queue.push;
};
