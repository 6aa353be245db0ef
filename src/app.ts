/**
 * The only wiring: ports to adapters, once per invocation. Nothing is kept between invocations,
 * because one warm process serves several sites.
 */
import { storedCredentials } from './catalog/connection-credential';
import type { Connection } from './catalog/model/catalog';
import type { SiteSettings } from './catalog/model/settings';
import { loadSettings, settingsFrom } from './catalog/settings';
import { spentFrom, spentKeeping } from './catalog/spent';
import { type Lane, RateBudget } from './directories/budget';
import { hostsOf } from './directories/credential';
import type { Credentials, Directory, KeyMaking, Spent } from './directories/directory';
import { openDirectory } from './directories/registry';
import { systemClock } from './forge/clock';
import { makeHttp } from './forge/http';
import { currentInstallation } from './forge/installation';
import { forgeLog } from './forge/log';
import type { Secrets } from './forge/ports';
import { forgePrivacy } from './forge/privacy';
import { openQueues } from './forge/queues';
import { forgeSecrets } from './forge/secrets';
import { forgeStore } from './forge/store';
import { secretTokenCache } from './forge/token-cache';
import { openJira } from './jira/open-jira';
import type { Deps } from './requests/deps';
import { epochMs } from './shared/instant';
import { type Failure, no, ok, type Result } from './shared/result';

/** The app's own issue property; `manifest.yml` indexes it for JQL. */
const OWN_PROPERTY = 'latchkey';

export interface App extends Deps {
  readonly secrets: Secrets;
  /** Opens a directory with a credential that is not stored yet. */
  readonly tryDirectory: (connection: Connection, credentials: Credentials) => Promise<Directory>;
  readonly makeKeys: KeyMaking;
}

/** How urgent this invocation is to a directory, and how long the platform lets it run. */
export interface Run {
  readonly lane: Lane;
  /** Seconds. */
  readonly limit: number;
}

const USUAL_RUN: Run = { lane: 'grant', limit: 25 };

export function openApp(handlerContext: unknown, channel: string, run: Run = USUAL_RUN): App {
  const endsAtMs = epochMs(systemClock.now()) + run.limit * 1000;
  const installation = currentInstallation(handlerContext);
  let known: Promise<SiteSettings> | undefined;
  const settings = () => {
    known ??= loadSettings(forgeStore).then((held) => held.value);
    return known;
  };
  const tokens = secretTokenCache({ secrets: forgeSecrets, clock: systemClock, log: forgeLog });
  const spent = new Map<string, Spent>();
  const tryDirectory = (connection: Connection, credentials: Credentials) =>
    openDirectory(addressOf(connection), credentials, {
      http: makeHttp({
        allowedHosts: hostsOf(connection),
        endsAtMs,
        nowMs: () => epochMs(systemClock.now()),
      }),
      clock: systemClock,
      tokens,
      budget: new RateBudget(run.lane, {
        clock: systemClock,
        keeping: spentKeeping({ store: forgeStore, log: forgeLog }, connection.id, () =>
          spent.get(connection.id),
        ),
      }),
    });
  const opened = new Map<string, Promise<Result<Directory, Failure>>>();
  return {
    store: forgeStore,
    secrets: forgeSecrets,
    queues: openQueues({ log: forgeLog }),
    log: forgeLog,
    privacy: forgePrivacy,
    now: () => systemClock.now(),
    installation,
    settings,
    knowSettings: (row) => {
      const read = settingsFrom(row);
      known = Promise.resolve(read);
      return read;
    },
    knowSpent: (connectionId, row) => {
      spent.set(connectionId, spentFrom(row));
    },
    channel,
    jira: openJira({
      panelKey: installation.appUuid,
      ownPropertyKey: OWN_PROPERTY,
      requestTypeField: async () => (await settings()).requestTypeField,
    }),
    tryDirectory,
    // With libraries of its own: no other function pays for loading them.
    makeKeys: {
      keyPair: async () => (await import('./directories/key-pair')).makeKeyPair(),
      certificate: async (nowMs) => (await import('./directories/key-pair')).makeCertificate(nowMs),
    },
    directory: (connection) => {
      const known = opened.get(connection.id);
      if (known !== undefined) return known;
      const opening = open(connection, tryDirectory);
      opened.set(connection.id, opening);
      return opening;
    },
  };
}

/** What an adapter needs to know of a connection. */
function addressOf({ id, kind, tenant, accountAttribute, nativeExpiry }: Connection) {
  return {
    id,
    kind,
    tenant,
    ...(accountAttribute !== undefined && { accountAttribute }),
    ...(nativeExpiry && { nativeExpiry: true }),
  };
}

async function open(
  connection: Connection,
  tryDirectory: App['tryDirectory'],
): Promise<Result<Directory, Failure>> {
  const credentials = await storedCredentials(forgeSecrets, connection);
  if (!credentials) {
    return no({
      class: 'needs-human',
      code: 'credential-refused',
      detail: `The connection ${connection.name} has no usable credential stored: none, or not the one that it names.`,
    });
  }
  return ok(await tryDirectory(connection, credentials));
}
