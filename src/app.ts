/**
 * The only wiring: ports to adapters, once per invocation. Nothing is kept between invocations,
 * because one warm process serves several sites.
 */
import type { Connection } from './catalog/model/catalog';
import type { SiteSettings } from './catalog/model/settings';
import { loadSettings, settingsFrom } from './catalog/settings';
import { credentialSchema, hostsOf } from './directories/credential';
import type { Credential, Directory } from './directories/directory';
import { openDirectory } from './directories/registry';
import { systemClock } from './forge/clock';
import { makeHttp } from './forge/http';
import { currentInstallation } from './forge/installation';
import { forgeLog } from './forge/log';
import type { Secrets } from './forge/ports';
import { openQueues } from './forge/queues';
import { forgeSecrets } from './forge/secrets';
import { forgeStore } from './forge/store';
import { secretTokenCache } from './forge/token-cache';
import { openJira } from './jira/open-jira';
import type { Deps } from './requests/deps';
import { type Failure, no, ok, type Result } from './shared/result';

/** The app's own issue property; `manifest.yml` indexes it for JQL. */
const OWN_PROPERTY = 'latchkey';

export interface App extends Deps {
  readonly secrets: Secrets;
  /** Opens a directory with a credential that is not stored yet. */
  readonly tryDirectory: (connection: Connection, credential: Credential) => Promise<Directory>;
}

export function openApp(handlerContext: unknown, channel: string): App {
  const installation = currentInstallation(handlerContext);
  let known: Promise<SiteSettings> | undefined;
  const settings = () => {
    known ??= loadSettings(forgeStore).then((held) => held.value);
    return known;
  };
  const tokens = secretTokenCache({ secrets: forgeSecrets, clock: systemClock, log: forgeLog });
  const tryDirectory = (connection: Connection, credential: Credential) =>
    openDirectory(connection, credential, {
      http: makeHttp({ allowedHosts: hostsOf(connection) }),
      clock: systemClock,
      tokens,
    });
  const opened = new Map<string, Promise<Result<Directory, Failure>>>();
  return {
    store: forgeStore,
    secrets: forgeSecrets,
    queues: openQueues({ log: forgeLog }),
    log: forgeLog,
    now: () => systemClock.now(),
    installation,
    settings,
    knowSettings: (row) => {
      const read = settingsFrom(row);
      known = Promise.resolve(read);
      return read;
    },
    channel,
    jira: openJira({
      panelKey: installation.appUuid,
      ownPropertyKey: OWN_PROPERTY,
      requestTypeField: async () => (await settings()).requestTypeField,
    }),
    tryDirectory,
    directory: (connection) => {
      const known = opened.get(connection.id);
      if (known !== undefined) return known;
      const opening = open(connection, tryDirectory);
      opened.set(connection.id, opening);
      return opening;
    },
  };
}

async function open(
  connection: Connection,
  tryDirectory: App['tryDirectory'],
): Promise<Result<Directory, Failure>> {
  const stored = credentialSchema.safeParse(await forgeSecrets.get(`connection:${connection.id}`));
  if (!stored.success) {
    return no({
      class: 'needs-human',
      code: 'credential-refused',
      detail: `The connection ${connection.name} has no usable credential stored.`,
    });
  }
  return ok(await tryDirectory(connection, stored.data));
}
