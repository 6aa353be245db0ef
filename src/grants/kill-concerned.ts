/**
 * What a kill switch is about: everything that is live or asked for of a person, of an app or of one
 * issue. The indexes lag and only find candidates, so whoever acts on one loads it by its key, and
 * looks again later.
 */
import { personKey } from '../catalog/model/catalog';
import { connections, roles } from '../catalog/store';
import type { StopTarget } from '../contracts/emergency';
import type { Deps } from '../requests/deps';
import { type AccessRequest, isOver } from '../requests/model/request';
import { links } from '../requests/person';
import { requests } from '../requests/store';
import { find, load, type RecordType, UnreadableRecord } from '../shared/record';
import type { Grant } from './model/grant';
import { type Stop, stopKey } from './stop-record';
import { grants } from './store';

export interface Concerned {
  readonly grants: readonly Grant[];
  /** Live, in a form that this version cannot read. */
  readonly unreadable: readonly UnreadableRecord[];
  /** Open as the index says, in such a form; the gate lets none of them through. */
  readonly unreadableRequests: number;
  /** Open, with or without a grant that has changed nothing yet. */
  readonly requests: readonly AccessRequest[];
  /** `connection:person`, of a person. */
  readonly persons: readonly string[];
  /** There is more than was read; what ends makes room for the rest. */
  readonly more: boolean;
}

/** One account is few directory persons, and their stops are written in one transaction. */
export const MOST_PERSONS = 20;
/** Pages of a hundred that are read of one list. */
const MOST_PAGES = 10;

export const labelOf = (target: StopTarget): string => {
  if (target.kind === 'person') return `person:${target.accountId}`;
  return target.kind === 'app' ? `app:${target.app}` : `issue:${target.issueId}`;
};

/** Records that keep new access away; an issue has none, because it is over. */
export const stopsFor = (
  target: StopTarget,
  persons: readonly string[],
): { kind: Stop['kind']; about: string }[] => {
  if (target.kind === 'issue') return [];
  if (target.kind === 'app') return [{ kind: 'app', about: target.app }];
  return [target.accountId, ...persons.slice(0, MOST_PERSONS)].map((about) => ({
    kind: 'person',
    about,
  }));
};
export const firstStopKey = (target: StopTarget): string | undefined => {
  const [first] = stopsFor(target, []);
  return first && stopKey(first.kind, first.about);
};

export async function concerned(
  deps: Pick<Deps, 'store'>,
  target: StopTarget,
  /** Known otherwise to be the same person. */
  also: readonly string[] = [],
): Promise<Concerned> {
  const seen = new Reader(deps);
  if (target.kind === 'issue') {
    const grantId = await seen.requestOf(target.issueId);
    if (grantId !== undefined) await seen.grant(grantId);
    await seen.grants('by-issue', [target.issueId]);
    return seen.all([]);
  }
  if (target.kind === 'app') {
    await seen.grants('by-app', [target.app, 'yes']);
    for (const state of ['approved', 'blocked'])
      await seen.grants('by-state', [state], ({ appId }) => appId === target.app);
    for (const roleId of await rolesOf(deps, target.app)) await seen.requests('by-role', [roleId]);
    return seen.all([]);
  }
  const { accountId } = target;
  await seen.grants('by-account', [accountId]);
  await seen.requests('by-requester', [accountId]);
  const persons = new Set([
    ...also,
    ...(await linked(deps, accountId)),
    ...[...seen.foundGrants.values()].map((g) => personKey(g.connectionId, g.personId)),
    ...[...seen.foundRequests.values()].flatMap(({ pin }) =>
      pin?.beneficiary === accountId
        ? [personKey(pin.subject.connectionId, pin.subject.personId)]
        : [],
    ),
  ]);
  for (const person of persons) {
    // Also through another Jira account of the same person.
    await seen.grants('by-person', [person]);
    await seen.requests('by-beneficiary', [person]);
  }
  return seen.all([...persons].sort());
}

const OPEN = new Set(['received', 'asked', 'waiting', 'approved', 'attention']);
const CONCERNED = new Set(['approved', 'provisioning', 'active', 'revoking', 'stuck', 'blocked']);

class Reader {
  readonly foundGrants = new Map<string, Grant>();
  readonly foundRequests = new Map<string, AccessRequest>();
  readonly #unreadable = new Map<string, UnreadableRecord>();
  readonly #deps: Pick<Deps, 'store'>;
  #more = false;

  constructor(deps: Pick<Deps, 'store'>) {
    this.#deps = deps;
  }

  request(one: AccessRequest): void {
    // Of one that was granted the grant speaks.
    if (!isOver(one) && one.state !== 'granted') this.foundRequests.set(one.issueId, one);
  }

  async grant(id: string): Promise<void> {
    const held = await this.#load(grants, id);
    if (held && CONCERNED.has(held.state)) this.foundGrants.set(id, held);
  }

  /** Answers the id of its grant. */
  async requestOf(issueId: string): Promise<string | undefined> {
    const held = await this.#load(requests, issueId);
    if (held) this.request(held);
    return held?.grantId;
  }

  async grants(index: string, partition: string[], wanted: (g: Grant) => boolean = () => true) {
    for (const grant of await this.#read(grants, index, partition))
      if (CONCERNED.has(grant.state) && wanted(grant)) this.foundGrants.set(grant.id, grant);
  }

  async requests(index: string, partition: string[]) {
    for (const one of await this.#read(requests, index, partition)) this.request(one);
  }

  all(persons: readonly string[]): Concerned {
    return {
      // Whatever administers something goes first.
      grants: [...this.foundGrants.values()].sort(
        (a, b) => Number(b.privileged) - Number(a.privileged) || (a.id < b.id ? -1 : 1),
      ),
      requests: [...this.foundRequests.values()].sort((a, b) => (a.issueId < b.issueId ? -1 : 1)),
      unreadable: [...this.#unreadable.values()].filter(isLiveGrant),
      unreadableRequests: [...this.#unreadable.values()].filter(isOpenRequest).length,
      persons,
      more: this.#more,
    };
  }

  #note(one: UnreadableRecord): void {
    this.#unreadable.set(`${one.entity}:${one.key}`, one);
  }

  async #load<T>(type: RecordType<T>, key: string): Promise<T | undefined> {
    try {
      return (await load(this.#deps.store, type, key))?.value;
    } catch (cause) {
      if (!(cause instanceof UnreadableRecord)) throw cause;
      this.#note(cause);
      return undefined;
    }
  }

  async #read<T>(type: RecordType<T>, index: string, partition: string[]): Promise<T[]> {
    const read: T[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const {
        found,
        unreadable,
        cursor: next,
      } = await find(this.#deps.store, type, {
        index,
        partition,
        sort: 'descending',
        limit: 100,
        ...(cursor !== undefined && { cursor }),
      });
      read.push(...found.map(({ value }) => value));
      for (const one of unreadable) this.#note(one);
      cursor = next;
      if (cursor === undefined) return read;
    }
    this.#more = true;
    return read;
  }
}

/** What the row says beside the record, which every version writes. */
const isLiveGrant = ({ entity, row }: UnreadableRecord) =>
  entity === 'grant' && row['live'] === 'yes';
const isOpenRequest = ({ entity, row }: UnreadableRecord) =>
  entity === 'request' && OPEN.has(String(row['state']));

/** Whatever their status: what was withdrawn may still be held. */
async function rolesOf(deps: Pick<Deps, 'store'>, appId: string): Promise<string[]> {
  const ids: string[] = [];
  for (const status of ['live', 'draft', 'withdrawn']) {
    const { found, unreadable } = await find(deps.store, roles, {
      index: 'by-kind',
      partition: ['role', status],
      // Sorted by app and name: '0' is the character after '/'.
      range: { from: `${appId}/`, to: `${appId}0` },
      limit: 100,
    });
    ids.push(
      ...found.filter(({ value }) => value.appId === appId).map(({ value }) => value.id),
      ...unreadable.map(({ key }) => key.slice('role:'.length)),
    );
  }
  return ids;
}

/** As whom an administrator linked the account. */
async function linked(deps: Pick<Deps, 'store'>, accountId: string): Promise<string[]> {
  const ids = (await connectionIds(deps)).slice(0, 25);
  const keys = ids.map((id) => ({ entity: 'link' as const, key: `${accountId}:${id}` }));
  const rows = keys.length === 0 ? [] : await deps.store.getMany(keys);
  return rows.flatMap((row, i) => {
    const link = row && links.schema.safeParse(row.body);
    return link?.success ? [personKey(ids[i] as string, link.data.personId)] : [];
  });
}

async function connectionIds(deps: Pick<Deps, 'store'>): Promise<string[]> {
  const ids: string[] = [];
  for (const status of ['live', 'off']) {
    const { found } = await find(deps.store, connections, {
      index: 'by-kind',
      partition: ['connection', status],
      limit: 100,
    });
    ids.push(...found.map(({ value }) => value.id));
  }
  return ids;
}
