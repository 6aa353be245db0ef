/** The whole configuration as one text; see `model/configuration.ts` for what is in it and what is not. */
import type { Answer } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { links } from '../requests/person';
import { find, type RecordType } from '../shared/record';
import { bindingsToFile } from './bindings-in-file';
import { done, no } from './changes';
import {
  appToFile,
  connectionToFile,
  FORMAT,
  roleToFile,
  settingsToFile,
  textOf,
} from './model/configuration';
import { loadSettings } from './settings';
import { apps, connections, roles } from './store';

export async function exportConfiguration(deps: Deps): Promise<Answer<{ text: string }>> {
  const { value: settings } = await loadSettings(deps.store);
  const read = await bindingsToFile(deps.jira, settings.bindings);
  if (read.unread.length > 0)
    return no(
      'bindings-read',
      `The project of these bindings could not be read: ${read.unread.join(', ')}.`,
      'Check that the projects are there and the app may see them, then export again.',
    );
  const unreadable: string[] = [];
  const every = async <T>(type: RecordType<T>, index: string, partitions: readonly string[][]) => {
    const values: T[] = [];
    for (const partition of partitions) {
      let cursor: string | undefined;
      do {
        const more = cursor === undefined ? {} : { cursor };
        const page = await find(deps.store, type, { index, partition, limit: 100, ...more });
        values.push(...page.found.map((held) => held.value));
        unreadable.push(...page.unreadable.map((one) => one.key));
        cursor = page.cursor;
      } while (cursor !== undefined);
    }
    return values;
  };
  const kinds = (kind: string, ...states: string[]) => states.map((state) => [kind, state]);
  const held = {
    connections: await every(connections, 'by-kind', kinds('connection', 'live', 'off')),
    apps: await every(apps, 'by-kind', kinds('app', 'live', 'withdrawn')),
    roles: await every(roles, 'by-kind', kinds('role', 'live', 'draft', 'withdrawn')),
    links: await every(links, 'by-status', [['linked']]),
  };
  if (unreadable.length > 0)
    return no(
      'records-read',
      `This version cannot read ${unreadable.length} records, the first one ${unreadable[0]}, so the file would not be whole.`,
      'Save them again, or ask the support of the app.',
    );
  const text = textOf({
    format: FORMAT,
    v: 1,
    settings: settingsToFile(settings),
    bindings: read.bindings,
    connections: held.connections.map(connectionToFile),
    apps: held.apps.flatMap((app) => appToFile(app) ?? []),
    roles: held.roles.flatMap((role) => roleToFile(role) ?? []),
    links: held.links.map(({ accountId, connectionId, personId }) => ({
      accountId,
      connection: connectionId,
      personId,
    })),
  });
  return done({ text });
}
