/**
 * One site in memory: ledger, project, directory, clock. `run` plays the platform: the schedule every
 * five minutes and the queues in between, with nothing remembered that is not in the ledger.
 */
import { expect } from 'vitest';
import { checkConsent } from '../../src/approvals/consent';
import type { Connection, Role } from '../../src/catalog/model/catalog';
import type { SiteSettings } from '../../src/catalog/model/settings';
import { loadSettings, putSettings, settingsFrom } from '../../src/catalog/settings';
import { apps, connections, putVersioned, roles } from '../../src/catalog/store';
import { emptyHead, fault } from '../../src/evidence/model/chain';
import { evidenceType, headType } from '../../src/evidence/record';
import type { Keyed, QueueName, Store } from '../../src/forge/ports';
import { StoreUnavailable } from '../../src/forge/store-unavailable';
import { type Due, runDue } from '../../src/grants/due';
import { runSlice, sweep } from '../../src/grants/expire';
import type { Grant } from '../../src/grants/model/grant';
import { provision } from '../../src/grants/provision';
import { grants } from '../../src/grants/store';
import type { Deps } from '../../src/requests/deps';
import { intake, type Next } from '../../src/requests/intake';
import type { AccessRequest } from '../../src/requests/model/request';
import { requests } from '../../src/requests/store';
import { epochSeconds, parseInstant } from '../../src/shared/instant';
import { type Held, load, put } from '../../src/shared/record';
import { ok } from '../../src/shared/result';
import { setTimer } from '../../src/shared/timer';
import { intercept, Killed, type Watch } from '../fakes/intercept';
import { MemoryDirectory } from '../fakes/memory-directory';
import { MemoryJira } from '../fakes/memory-jira';
import { MemoryStore } from '../fakes/memory-store';
import { FixedClock, type Pushed, RecordingLog, RecordingQueues } from '../fakes/platform';
import { aConnection, anApp, aRole, CLOUD, STATUS, someSettings } from './catalog';
import { aGrant } from './grants';
import { aPin, aRequest } from './requests';

export const PERSON = 'person-1';
const SWEEP = 300;

export class SmallSite {
  readonly clock = new FixedClock();
  readonly store = new MemoryStore();
  readonly queues = new RecordingQueues();
  readonly jira = new MemoryJira();
  readonly log = new RecordingLog();
  readonly directory: MemoryDirectory;
  licensed: boolean | undefined;
  /** On everything the platform runs, until it kills one function. */
  watch: Watch | undefined;
  #delayed: { readonly at: number; readonly message: Pushed }[] = [];

  constructor(directory: Omit<ConstructorParameters<typeof MemoryDirectory>[0], 'now'> = {}) {
    this.directory = new MemoryDirectory({ ...directory, now: () => this.clock.now() });
    for (const name of ['requester', 'approver', 'friend', 'owner', 'operator'])
      this.jira.person(name);
    this.#person(PERSON, 'requester');
    this.#person('person-9', 'approver');
    for (const { id, name } of [...aRole().groups, { id: 'g-other', name: 'Other group' }])
      this.directory.groups.set(id, { id, name, writable: true, privileged: false });
    const { intake, waiting, approved, granted, ended, attention, declined } = STATUS;
    this.jira.workflow.set(intake, [waiting, approved, attention, declined]);
    this.jira.workflow.set(waiting, [attention, declined]);
    this.jira.workflow.set(approved, [granted, attention, waiting, declined]);
    this.jira.workflow.set(attention, [waiting, approved, granted, declined]);
    this.jira.workflow.set(granted, [ended, attention]);
  }

  #person(id: string, account: string): void {
    const email = `${account}@latchkey-demo.example`;
    this.directory.people.set(id, {
      id,
      email,
      addresses: [email],
      displayName: account,
      active: true,
    });
  }

  deps(watch = this.watch, channel = 'event'): Deps {
    const seen = <T extends object>(name: string, port: T) =>
      watch ? intercept(name, port, watch) : port;
    const directory = seen('directory', this.directory);
    let known: SiteSettings | undefined;
    return {
      store: seen('store', this.store as Store),
      jira: seen('jira', this.jira),
      queues: seen('queues', this.queues),
      log: this.log,
      now: () => this.clock.now(),
      installation: {
        cloudId: CLOUD,
        installationId: 'installation-1',
        appUuid: '11111111-2222-3333-4444-555555555555',
        licensed: this.licensed,
        appVersion: '1.0.0',
      },
      settings: async () => known ?? (await loadSettings(this.store)).value,
      knowSettings: (row) => {
        known = settingsFrom(row);
        return known;
      },
      channel,
      directory: async () => ok(directory),
    };
  }

  async seed(over: { role?: Partial<Role>; connection?: Partial<Connection> } = {}): Promise<void> {
    await this.store.transact([
      putSettings(someSettings(), 0),
      put(connections, aConnection(over.connection), 0),
      ...putVersioned(apps, anApp(), 0),
    ]);
    await this.saveRole(aRole(over.role));
  }

  async saveRole(role: Role): Promise<void> {
    const held = await load(this.store, roles, `role:${role.id}`);
    await this.store.transact(putVersioned(roles, role, held?.rev ?? 0));
  }

  /** As consent leaves it: the request approved, the grant in the ledger, the issue at approved. */
  async approved(over: Partial<Grant> = {}): Promise<Held<Grant>> {
    const issue = this.jira.add({ statusId: STATUS.approved });
    const grant = {
      ...aGrant('approved'),
      id: `g-${issue.id}-1`,
      issueId: issue.id,
      issueKey: issue.key,
      decidedAt: this.clock.now(),
      changedAt: this.clock.now(),
      ...over,
    } as Grant;
    const request = aRequest({
      issueId: issue.id,
      issueKey: issue.key,
      state: 'approved',
      round: 1,
      pin: aPin(),
      grantId: grant.id,
    });
    const timer = setTimer({
      kind: 'grant',
      objectId: grant.id,
      what: 'provision',
      at: this.#in(180),
      privileged: false,
    });
    await this.store.transact([put(grants, grant, 0), put(requests, request, 0), timer]);
    return { value: grant, rev: 1 };
  }

  #in(seconds: number) {
    return parseInstant(new Date(Date.parse(this.clock.now()) + seconds * 1000).toISOString());
  }

  async active(over: Partial<Grant> = {}): Promise<Grant> {
    const held = await this.approved(over);
    await provision(this.deps(), held);
    const grant = await this.grant(held.value.id);
    expect(grant.state).toBe('active');
    return grant;
  }

  async grant(id: string): Promise<Grant> {
    const held = await load(this.store, grants, id);
    if (!held) throw new Error(`no grant ${id}`);
    return held.value;
  }

  async request(issueId: string): Promise<AccessRequest> {
    const held = await load(this.store, requests, issueId);
    if (!held) throw new Error(`no request ${issueId}`);
    return held.value;
  }

  evidence(issueId: string) {
    return this.store
      .all('evidence')
      .map(({ row }) => evidenceType.schema.parse(row.body))
      .filter((record) => record.chain === issueId);
  }

  events(issueId: string): string[] {
    return this.evidence(issueId).map(({ event }) => event);
  }

  chainFault(issueId: string): string | undefined {
    const head = this.store.all('chain').find(({ key }: Keyed) => key === issueId);
    return fault(
      this.evidence(issueId),
      head ? headType.schema.parse(head.row.body) : emptyHead(issueId),
    );
  }

  isMember(group = 'g-users', person = PERSON): boolean {
    return this.directory.has({ group, person });
  }

  /** The schedule and the queues for so long; answers what ran. */
  async run(seconds: number): Promise<string[]> {
    const ran: string[] = [];
    const end = epochSeconds(this.clock.now()) + seconds;
    let nextSweep = epochSeconds(this.clock.now());
    for (;;) {
      await this.#drain(ran);
      const now = epochSeconds(this.clock.now());
      if (now >= nextSweep) {
        await this.#survive(() => sweep(this.deps(undefined, 'sweep')));
        nextSweep = now + SWEEP;
        continue;
      }
      const next = Math.min(nextSweep, end, ...this.#delayed.map((d) => d.at));
      if (next >= end && now >= end) return ran;
      this.clock.advance(Math.max(next - now, 1));
    }
  }

  async #drain(ran: string[]): Promise<void> {
    for (;;) {
      const now = epochSeconds(this.clock.now());
      for (const message of this.queues.take())
        this.#delayed.push({ at: now + (message.delay ?? 0), message });
      const due = this.#delayed.find((d) => d.at <= now);
      if (!due) return;
      this.#delayed.splice(this.#delayed.indexOf(due), 1);
      await this.#survive(() => this.#handle(due.message, ran));
    }
  }

  async #handle({ queue, body }: Pushed, ran: string[]): Promise<void> {
    if (body['kind'] === 'slice') {
      const again = await runSlice(
        this.deps(undefined, 'delayed'),
        body['slice'] as number,
        body['shard'] as number,
      );
      for (const due of again) this.#bringBack('revoke', { kind: 'due', due: [due] }, 30);
    } else if (body['kind'] === 'due') {
      for (const due of body['due'] as Due[]) {
        const next = await runDue(this.deps(), due);
        ran.push(`${due.what}: ${next.kind === 'done' ? next.what : next.kind}`);
        if (next.kind === 'later')
          this.#bringBack(queue, { kind: 'due', due: [due] }, next.seconds);
      }
    } else await this.#request(queue, body, ran);
  }

  async #request(queue: QueueName, body: Pushed['body'], ran: string[]): Promise<void> {
    const issueId = body['issueId'] as string;
    let next: Next;
    if (body['kind'] === 'intake') next = await intake(this.deps(), { issueId, attempt: 9 });
    else {
      const checked = await checkConsent(this.deps(), issueId);
      next =
        checked.kind === 'provision'
          ? await provision(this.deps(), checked.grant, checked)
          : checked;
    }
    ran.push(`${body['kind']}: ${next.kind === 'done' ? next.what : next.kind}`);
    if (next.kind === 'later') this.#bringBack(queue, body, next.seconds);
    if (next.kind === 'check-consent')
      await this.queues.push('grant', [{ body: { kind: 'consent', issueId } }]);
    if (next.kind === 'read-first')
      await this.queues.push('intake', [{ body: { kind: 'intake', issueId } }]);
  }

  /** A message whose function fails is not brought back here: the ledger alone must find the work again. */
  async #survive(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      if (!(cause instanceof StoreUnavailable || cause instanceof Killed)) throw cause;
      if (cause instanceof Killed) this.watch = undefined;
    }
  }

  #bringBack(queue: QueueName, body: Pushed['body'], seconds: number): void {
    const at = epochSeconds(this.clock.now()) + Math.min(Math.max(Math.ceil(seconds), 1), 900);
    this.#delayed.push({ at, message: { queue, body } });
  }

  /** What must be true of a request whose access is over, whatever happened on the way. */
  expectOver(grant: { id: string; issueId: string }, before: readonly string[] = []): void {
    for (const { id } of [...aRole().groups])
      expect(this.isMember(id), id).toBe(before.includes(id));
    expect(this.store.all('hold')).toEqual([]);
    expect(this.store.all('outbox')).toEqual([]);
    expect(this.store.all('timer')).toEqual([]);
    expect(this.chainFault(grant.issueId)).toBeUndefined();
    const markers = this.jira.posted.map((p) => `${p.issueId}/${p.marker}`);
    expect(markers).toEqual([...new Set(markers)]);
  }
}
