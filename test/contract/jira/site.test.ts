import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Block, Issue, Text } from '../../../src/jira/port';
import { standsAs } from '../../../src/requests/model/document';
import type { Failure, Result } from '../../../src/shared/result';
import { jiraOnSite, PANEL_KEY } from './jira-on-site';

let on: ReturnType<typeof jiraOnSite>;
beforeEach(() => {
  on = jiraOnSite();
});
afterEach(() => on.stop());

function value<T>(result: Result<T, Failure>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.detail}`);
  return result.value;
}
const words = (...lines: string[]): Text => ({
  blocks: lines.map((text): Block => ({ kind: 'paragraph', text })),
});
const project = (key = 'IT') => {
  const found = on.site.configuration.projects.find((p) => p.key === key);
  if (!found) throw new Error(key);
  return found;
};
const status = (name: string) =>
  project().issueTypes[0]?.workflow.statuses.find((s) => s.name === name)?.id;

async function filed(more: object = {}): Promise<string> {
  const { issueId } = await on.as<{ issueId: string }>(
    'requester',
    'POST',
    '/rest/servicedeskapi/request',
    {
      serviceDeskId: project().serviceDeskId,
      requestTypeId: project().requestTypes[0]?.id,
      requestFieldValues: {
        summary: 'Figma, please',
        description: 'Quarter end\nfor print',
        ...more,
      },
    },
  );
  return issueId;
}
async function moved(issueId: string, to: string, property?: unknown): Promise<Issue> {
  const issue = value(await on.jira.issue(issueId, { transitions: true }));
  const transition = issue.transitions.find((t) => t.toStatusId === status(to));
  if (!transition) throw new Error(`${issue.status.name} does not lead to ${to}`);
  value(await on.jira.transition(issueId, transition.id, property));
  return value(await on.jira.issue(issueId, { changes: true }));
}
async function waitingFor(approvers: string[]): Promise<string> {
  const issueId = await filed();
  const field = on.site.configuration.system.approvers.id;
  const fields = { [field]: approvers.map((key) => ({ accountId: on.account(key) })) };
  value(await on.jira.edit(issueId, { fields }));
  await moved(issueId, 'Waiting for approval');
  return issueId;
}

describe('a request on the site', () => {
  it('is read whole in one request', async () => {
    const issueId = await filed();
    const issue = value(await on.jira.issue(issueId, { changes: true, transitions: true }));
    expect(issue).toMatchObject({
      id: issueId,
      projectId: project().id,
      requestTypeId: project().requestTypes[0]?.id,
      status: { name: 'New', category: 'new' },
      summary: 'Figma, please',
      descriptionText: 'Quarter end\nfor print',
      creator: on.account('requester'),
      reporter: on.account('requester'),
      changes: [],
    });
    expect(issue.transitions.map((t) => t.toStatusId)).toContain(status('Waiting for approval'));
    expect(value(await on.jira.issue(issue.key)).id).toBe(issueId);
  });

  it('that does not exist is not found', async () => {
    expect(await on.jira.issue('999999')).toMatchObject({
      error: { code: 'not-found', class: 'permanent' },
    });
  });

  it('takes the app’s part of the description and keeps the requester’s', async () => {
    const issueId = await filed();
    for (const who of ['Who: Bob', 'Who: Ada']) {
      const { description } = value(await on.jira.issue(issueId));
      const part = { before: description, heading: 'Access request', text: words(who) };
      const sent = value(await on.jira.edit(issueId, { description: part })).description;
      expect(standsAs(sent, value(await on.jira.issue(issueId)).description)).toBe(true);
    }
    const { descriptionText } = value(await on.jira.issue(issueId));
    expect(descriptionText).toBe('Quarter end\nfor print\nAccess request\nWho: Ada');
  });

  it('moves on and carries the app’s property along', async () => {
    const issueId = await filed();
    const issue = await moved(issueId, 'Needs attention', { state: 'attention' });
    expect(issue.status.name).toBe('Needs attention');
    expect(issue.property).toEqual({ state: 'attention' });
    expect(issue.changes.at(-1)).toMatchObject({
      fieldId: 'status',
      from: status('New'),
      to: status('Needs attention'),
      by: on.app.accountId,
    });
    value(await on.jira.setProperty(issueId, { state: 'new' }));
    expect(value(await on.jira.issue(issueId)).property).toEqual({ state: 'new' });
  });

  it('refuses a transition that is not there', async () => {
    const issueId = await filed();
    expect(await on.jira.transition(issueId, '141')).toMatchObject({ error: { code: 'invalid' } });
  });

  it('shows the create panel’s property', async () => {
    const issueId = await filed();
    const panel = { app: 'figma', role: 'editor' };
    await on.as('agent', 'PUT', `/rest/api/3/issue/${issueId}/properties/${PANEL_KEY}`, panel);
    expect(value(await on.jira.issue(issueId)).panel).toEqual(panel);
  });

  it('shows every past reporter, however many changes came after', {
    tags: ['reporter-swapped'],
  }, async () => {
    const issueId = await filed();
    const reporter = (key: string) => ({ fields: { reporter: { accountId: on.account(key) } } });
    await on.as('agent', 'PUT', `/rest/api/3/issue/${issueId}`, reporter('friend'));
    for (let i = 0; i < 120; i++) {
      on.clock.restart(on.clock.now() + 10_000);
      await on.as('agent', 'PUT', `/rest/api/3/issue/${issueId}`, {
        fields: { summary: `edit ${i}` },
      });
    }
    const { changes } = value(await on.jira.issue(issueId, { changes: true }));
    expect(changes).toHaveLength(121);
    expect(changes[0]).toMatchObject({
      fieldId: 'reporter',
      from: on.account('requester'),
      to: on.account('friend'),
    });
  });
});

describe('approvals on the site', () => {
  it('are none before the approval status', async () => {
    expect(value(await on.jira.approvals(await filed()))).toEqual([]);
  });

  it('name who was asked and what each answered', async () => {
    const issueId = await waitingFor(['manager', 'owner']);
    const [open] = value(await on.jira.approvals(issueId));
    expect(open).toMatchObject({ finalDecision: 'pending', completed: undefined });
    expect(open?.answers.map(({ accountId }) => accountId).sort()).toEqual(
      [on.account('manager'), on.account('owner')].sort(),
    );
    const path = `/rest/servicedeskapi/request/${issueId}/approval/${open?.id}`;
    await on.as('manager', 'POST', path, { decision: 'approve' });
    const [closed] = value(await on.jira.approvals(issueId));
    expect(closed?.finalDecision).toBe('approved');
    expect(closed?.completed).toBeDefined();
    expect(closed?.answers).toContainEqual({
      accountId: on.account('manager'),
      decision: 'approved',
    });
    expect(value(await on.jira.issue(issueId)).status.name).toBe('Approved');
  });
});

describe('comments on the site', () => {
  const seenBy = async (key: string, issueId: string) => {
    const page = await on.as<{ values: { body: string }[] }>(
      key,
      'GET',
      `/rest/servicedeskapi/request/${issueId}/comment`,
    );
    return page.values.map(({ body }) => body);
  };

  it('show the requester the public ones only', async () => {
    const issueId = await filed();
    value(
      await on.jira.comment(issueId, { text: words('Granted.'), audience: 'public', marker: 'a' }),
    );
    value(
      await on.jira.comment(issueId, { text: words('00g1'), audience: 'internal', marker: 'b' }),
    );
    expect(await seenBy('requester', issueId)).toEqual(['Granted.']);
    expect(await seenBy('agent', issueId)).toEqual(expect.arrayContaining(['Granted.', '00g1']));
  });

  it('of the largest size are shortened and posted', async () => {
    const issueId = await filed();
    const text = words('Stopped.', 'x"\n'.repeat(30_000));
    value(await on.jira.comment(issueId, { text, audience: 'public', marker: 'a' }));
    expect((await seenBy('requester', issueId))[0]).toMatch(/^Stopped\.[\s\S]*Shortened/);
  });

  it('are found again by their markers after the answer was lost', {
    tags: ['answer-lost'],
  }, async () => {
    const issueId = await filed();
    on.faults.add({
      server: 'jira',
      method: 'POST',
      path: '/comment$',
      times: 1,
      kind: 'cut',
      applied: true,
    });
    const comment = { text: words('Granted.'), audience: 'public', marker: 'g1:told:1' } as const;
    expect(await on.jira.comment(issueId, comment)).toMatchObject({
      error: { class: 'retryable', outcomeUnknown: true },
    });
    expect(value(await on.jira.commentMarkers(issueId))).toEqual(['g1:told:1']);
  });

  it('of people are never taken for ours', { tags: ['forged-record'] }, async () => {
    const issueId = await filed();
    await on.as('agent', 'POST', `/rest/api/3/issue/${issueId}/comment`, {
      body: { type: 'doc', version: 1, content: [] },
      properties: [{ key: 'latchkey', value: { marker: 'g1:told:1' } }],
    });
    expect(value(await on.jira.commentMarkers(issueId))).toEqual([]);
  });
});

describe('people on the site', () => {
  it('are read with kind and state', async () => {
    const ids = ['manager', 'portal-only'].map((key) => on.account(key));
    const accounts = value(await on.jira.accounts([...ids, ...ids, on.app.accountId, 'nobody']));
    const kinds = Object.fromEntries(accounts.map((a) => [a.accountId, a.type]));
    expect(kinds).toEqual({
      [ids[0] as string]: 'atlassian',
      [ids[1] as string]: 'customer',
      [on.app.accountId]: 'app',
    });
  });

  it('have an address for the app, whatever their profile shows', async () => {
    const manager = on.world.people.find(({ key }) => key === 'manager');
    const email = manager?.jira?.email.toLowerCase() ?? '';
    expect(value(await on.jira.email(on.account('manager')))).toBe(email);
    const found = value(await on.jira.accountsByEmail(email.toUpperCase()));
    expect(found.map(({ accountId }) => accountId)).toEqual([on.account('manager')]);
    expect(value(await on.jira.email('nobody'))).toBeNull();
    expect(value(await on.jira.accountsByEmail(email.slice(0, -1)))).toEqual([]);
  });

  it('become participants of a request', async () => {
    const issueId = await filed();
    value(await on.jira.addParticipants(issueId, [on.account('friend')]));
    const page = await on.as<{ values: { accountId: string }[] }>(
      'requester',
      'GET',
      `/rest/servicedeskapi/request/${issueId}/participant`,
    );
    expect(page.values.map(({ accountId }) => accountId)).toEqual([on.account('friend')]);
  });

  it.each([
    ['admin', true],
    ['agent', false],
    ['requester', false],
  ])('are administrators or not: %s', { tags: ['not-an-admin'] }, async (key, administrator) => {
    on.signIn(key);
    expect(value(await on.jira.callerIsAdministrator())).toBe(administrator);
  });
});

describe('the site’s set-up', () => {
  it('names fields by their schema', async () => {
    const fields = value(await on.jira.fields());
    const custom = fields.find(({ custom: c }) => c === 'com.atlassian.servicedesk:vp-origin');
    expect(custom?.id).toBe(on.site.configuration.system.requestType.id);
    expect(fields.find(({ id }) => id === 'summary')?.custom).toBeUndefined();
  });

  it('names each status of a project once', async () => {
    const statuses = value(await on.jira.statuses(project().id));
    expect(statuses).toContainEqual({ id: status('New'), name: 'New', category: 'new' });
    expect(new Set(statuses.map(({ id }) => id)).size).toBe(statuses.length);
  });

  it('names projects and their request types', async () => {
    const { id, key, name } = project();
    expect(value(await on.jira.project(key))).toEqual({ id, key, name });
    const types = value(await on.jira.requestTypes(key));
    expect(types.map((type) => type.name)).toContain('Request access to an app');
    expect(value(await on.jira.requestTypes('NONE'))).toEqual([]);
  });

  it('takes an issue of the app’s own that customers do not see', async () => {
    const id = value(await on.jira.createIssue(project().id, 'Records', ['line']));
    const issue = value(await on.jira.issue(id));
    expect(issue).toMatchObject({
      requestTypeId: undefined,
      summary: 'Records',
      descriptionText: 'line',
    });
  });

  it('finds issues by search once the index has caught up', async () => {
    const issueId = await filed();
    await on.clock.advance(60_000);
    expect(value(await on.jira.search(`project = IT AND issue = ${issueId}`, 50))).toEqual([
      issueId,
    ]);
    const [found] = value(
      await on.jira.summaries(
        `project in (${project().id}) AND created >= "-90d" AND issue = ${issueId} ORDER BY created DESC`,
        50,
      ),
    );
    expect(found).toEqual({ id: issueId, summary: value(await on.jira.issue(issueId)).summary });
    expect(await on.jira.search('this is no query', 50)).toMatchObject({
      error: { code: 'invalid' },
    });
  });
});
