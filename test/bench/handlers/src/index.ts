/** Imports only `@forge/*` and does what the app's trigger does: one read, one message to a queue. */
import { asApp, route } from '@forge/api';
import { Queue } from '@forge/events';
import { kvs } from '@forge/kvs';

export const bare = async (): Promise<unknown> => {
  const stored = await kvs.entity<Record<string, unknown>>('config').get('settings:site');
  if (!stored) return asApp().requestJira(route`/rest/api/3/serverInfo`);
  return new Queue({ key: 'intake' }).push([{ body: { kind: 'intake', issueId: '1' } }]);
};
