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
import { messageSchema } from '../../src/entrypoints/payloads';
import { work } from '../../src/entrypoints/work';
import { emptyHead, fault } from '../../src/evidence/model/chain';
import { evidenceType, headType } from '../../src/evidence/record';
import type { Keyed, QueueName, Store } from '../../src/forge/ports';
import { StoreUnavailable } from '../../src/forge/store-unavailable';
import { sweep } from '../../src/grants/expire';
import type { Grant } from '../../src/grants/model/grant';
import { provision } from '../../src/grants/provision';
import { grants } from '../../src/grants/store';
import type { Deps } from '../../src/requests/deps';
import { intake } from '../../src/requests/intake';
import type { AccessRequest } from '../../src/requests/model/request';
import { requests } from '../../src/requests/store';
import { epochSeconds, HOUR } from '../../src/shared/instant';
import { type Held, load, put } from '../../src/shared/record';
import { ok } from '../../src/shared/result';
import { intercept, Killed, type Watch } from '../fakes/intercept';
import { MemoryDirectory } from '../fakes/memory-directory';
import { MemoryJira } from '../fakes/memory-jira';
import { MemoryPrivacy } from '../fakes/memory-privacy';
import { MemoryStore } from '../fakes/memory-store';
import { FixedClock, type Pushed, RecordingLog, RecordingQueues } from '../fakes/platform';
import { aConnection, anApp, aRole, CLOUD, STATUS, someSettings } from './catalog';

export const PERSON = 'person-1';
const SWEEP = 300;

export class SmallSite {
  readonly clock = new FixedClock();
  readonly store = new MemoryStore();
  readonly queues = new RecordingQueues();
  readonly jira = new MemoryJira();
  readonly log = new RecordingLog();
  readonly privacy = new MemoryPrivacy();
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
      status: 'active',
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
      privacy: this.privacy,
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
      knowSpent: () => {},
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

  /** Asked, approved by the permitted person, and passed by the gate; nothing is changed yet. */
  async approved(over: Partial<Grant> = {}): Promise<Held<Grant>> {
    const issue = this.jira.add({ panel: { app: 'figma', role: 'figma.editor', duration: HOUR } });
    await intake(this.deps(), { issueId: issue.id, attempt: 9 });
    const now = this.clock.now();
    issue.approvals.push({
      id: '900',
      name: 'Approval',
      finalDecision: 'approved',
      created: now,
      completed: now,
      answers: [{ accountId: 'approver', decision: 'approved' }],
    });
    issue.statusId = STATUS.approved;
    const checked = await checkConsent(this.deps(), issue.id);
    if (checked.kind !== 'provision') throw new Error(`no grant: ${JSON.stringify(checked)}`);
    this.jira.posted.length = 0;
    const grant = { ...checked.grant.value, ...over } as Grant;
    await this.store.transact([put(grants, grant, checked.grant.rev)]);
    return { value: grant, rev: checked.grant.rev + 1 };
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

  /** As the queue's consumer does, with the same function. */
  async #handle({ queue, body }: Pushed, ran: string[]): Promise<void> {
    const message = messageSchema.parse(body);
    const again = await work(this.deps(), message);
    ran.push(`${message.kind}: ${again ? `again in ${again.seconds} s` : 'done'}`);
    if (again) this.#bringBack(queue, body, again.seconds);
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
