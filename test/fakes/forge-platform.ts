/** Store, queues and permissions behind Forge's two globals, so that whole handlers run in a test. */
import { KvsOperations } from '../../sandbox/forge/kvs/operations';
import { Store as Records } from '../../sandbox/forge/kvs/store';
import { seeded } from '../../sandbox/kit/random';
import { aRuntime, type ForgeCall, serveForge } from './forge-globals';
import { manifestEntities } from './manifest-indexes';

const entities = manifestEntities();

export interface Pushed {
  readonly queueName: string;
  readonly payload: readonly { readonly body: Record<string, unknown> }[];
}

export class ForgePlatform {
  readonly records = new Records({
    now: () => Date.now(),
    random: seeded(1),
    queryLagMaxMs: () => 0,
    ttlDeletionLagMaxMs: () => 0,
  });
  readonly pushed: Pushed[] = [];
  /** Calls of Jira, as `GET /path`. */
  readonly jira: string[] = [];
  isAdministrator: boolean | 'unknown' = true;
  /** Answers of the store fail with this status. */
  storeStatus: number | undefined;
  readonly stop: () => void;

  constructor() {
    const site = { contexts: [{ cloudId: 'cloud-1' }] };
    this.stop = serveForge((call) => this.#answer(call), aRuntime({ installation: site }));
  }

  #answer({ path, method, body }: ForgeCall) {
    if (path.startsWith('/rest/')) return this.#jira(method, path);
    if (path.includes('queue') || /"queueName"/.test(body ?? '')) {
      this.pushed.push(JSON.parse(body ?? '') as Pushed);
      return { status: 201 };
    }
    if (this.storeStatus !== undefined)
      return { status: this.storeStatus, json: { code: 'UNAVAILABLE', message: 'Wait.' } };
    const operations = new KvsOperations(this.records, entities as never);
    const ran = operations.run(path.replace('/api/v1/', ''), JSON.parse(body ?? 'null'));
    return ran?.reply ?? { status: 404, json: { code: 'NOT_FOUND', message: path } };
  }

  #jira(method: string, path: string) {
    this.jira.push(`${method} ${path}`);
    if (path.startsWith('/rest/api/3/mypermissions')) {
      if (this.isAdministrator === 'unknown') return { status: 503, json: {} };
      const ADMINISTER = { id: '0', key: 'ADMINISTER', havePermission: this.isAdministrator };
      return { status: 200, json: { permissions: { ADMINISTER } } };
    }
    return { status: 404, json: { errorMessages: ['Not there'], errors: {} } };
  }
}

/** What Forge hands a function beside its payload. */
export const handlerContext = (accountId: string | undefined = 'admin') => ({
  ...(accountId !== '' && { principal: { accountId } }),
  installContext: 'ari:cloud:jira::site/cloud-1',
});
