/** Workflows that ask for approval in other ways, on the small site, with Jira's part played. */
import type { Role } from '../../src/catalog/model/catalog';
import type { Binding } from '../../src/catalog/model/settings';
import { loadSettings, putSettings } from '../../src/catalog/settings';
import type { Override, SitePolicy, StageRule } from '../../src/contracts/policy';
import { startingPolicy } from '../../src/policy/model/tiers';
import { sitePolicies } from '../../src/policy/site-policy';
import type { AccessRequest } from '../../src/requests/model/request';
import { requests } from '../../src/requests/store';
import { HOUR, MINUTE } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import type { MemoryIssue } from '../fakes/memory-jira';
import { aBinding, STATUS } from './catalog';
import { SmallSite } from './small-site';

export const SECOND = '2b';
export const WISH = { app: 'figma', role: 'figma.editor', duration: HOUR };

/** One after the other, each with one person who may decide. */
export const stagesOf = (...accounts: string[]): StageRule[] =>
  accounts.map((accountId) => ({
    id: accountId,
    from: [{ kind: 'people', accounts: [accountId] }],
    needs: 'any',
  }));

export class Desk {
  readonly site: SmallSite;
  readonly binding: Binding;

  private constructor(site: SmallSite, binding: Binding) {
    this.site = site;
    this.binding = binding;
  }

  static async open(
    over: {
      rules?: Override;
      role?: Partial<Role>;
      binding?: Partial<Binding>;
      policy?: Partial<SitePolicy>;
    } = {},
  ): Promise<Desk> {
    const site = new SmallSite();
    await site.seed({ role: { ...(over.rules && { rules: over.rules }), ...over.role } });
    const binding = aBinding(over.binding);
    const desk = new Desk(site, binding);
    await desk.bind({});
    if (over.policy) await desk.policy(over.policy);
    return desk;
  }

  async bind(over: Partial<Binding>): Promise<void> {
    const held = await loadSettings(this.site.store);
    const bindings = [{ ...this.binding, ...over }];
    await this.site.store.transact([putSettings({ ...held.value, bindings }, held.rev)]);
  }

  async policy(over: Partial<SitePolicy>): Promise<void> {
    const policy = { ...startingPolicy, ...over };
    await this.site.store.transact([put(sitePolicies, policy, 'any')]);
  }

  async raised(over: Partial<MemoryIssue> = {}): Promise<MemoryIssue> {
    const issue = this.site.jira.add({ panel: WISH, ...over });
    await this.read(issue);
    return issue;
  }

  async read(issue: MemoryIssue): Promise<void> {
    const body = { kind: 'intake', issueId: issue.id, attempt: 9 };
    await this.site.queues.push('intake', [{ body }]);
    await this.site.run(MINUTE);
  }

  /** As the event of the new status does. */
  async looked(issue: MemoryIssue): Promise<void> {
    await this.site.queues.push('grant', [{ body: { kind: 'consent', issueId: issue.id } }]);
    await this.site.run(MINUTE);
  }

  /** Jira takes the answers of one step and moves the issue on, without the app having looked. */
  answeredUnseen(issue: MemoryIssue, by: readonly string[], to: string = STATUS.approved): void {
    const now = this.site.clock.advance(30);
    issue.approvals.push({
      id: String(900 + issue.approvals.length),
      name: 'Approval',
      finalDecision: 'approved',
      created: now,
      completed: now,
      answers: by.map((accountId) => ({ accountId, decision: 'approved' as const })),
    });
    this.moved(issue, to, by.at(-1));
  }

  async answered(issue: MemoryIssue, by: string | readonly string[], to?: string): Promise<void> {
    this.answeredUnseen(issue, typeof by === 'string' ? [by] : by, to);
    await this.looked(issue);
  }

  moved(issue: MemoryIssue, to: string, by = 'agent'): void {
    const change = { at: this.site.clock.advance(1), by, fieldId: 'status', from: issue.statusId };
    issue.changes.push({ ...change, id: String(issue.changes.length + 1), to });
    issue.statusId = to;
  }

  /** What somebody answered on the app's own card, as the card writes it. */
  async card(
    issue: MemoryIssue,
    by: string,
    over: Partial<NonNullable<AccessRequest['cards']>[number]> = {},
  ): Promise<void> {
    const held = await load(this.site.store, requests, issue.id);
    const pin = held?.value.pin;
    if (!held || !pin) throw new Error('nothing is pinned');
    const card = {
      round: held.value.round,
      stage: pin.stages[held.value.stage]?.id ?? 'none',
      by,
      decision: 'approved' as const,
      digest: pin.digest,
      at: this.site.clock.advance(30),
      ...over,
    };
    const cards = [...(held.value.cards ?? []), card];
    await this.site.store.transact([put(requests, { ...held.value, cards }, held.rev)]);
  }

  request = (issue: MemoryIssue) => this.site.request(issue.id);
  approvers = (issue: MemoryIssue): string[] =>
    (issue.fields['f-approvers'] as { accountId: string }[]).map((one) => one.accountId);
  openTasks = (): string[] => this.site.store.all('task').map(({ key }) => key);
  said = (): string => this.site.jira.posted.map((p) => p.text).join('\n');
}
