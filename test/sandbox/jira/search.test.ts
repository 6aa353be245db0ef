import { describe, expect, it } from 'vitest';
import { aSite, type Body } from './fixture';

async function withRequests() {
  const s = aSite();
  const [first, second, help] = [
    await s.aRequest(),
    await s.aRequest('IT', 'newcomer'),
    await s.aRequest('HELP'),
  ];
  await s.move('agent', second, 'Approved');
  await s.ok('app', 'PUT', `/rest/api/3/issue/${first}/properties/accessRequest`, {
    state: 'active',
    expiresAt: '2026-03-01T09:00:00Z',
  });
  const find = async (jql: string) =>
    (await s.ok('app', 'POST', '/rest/api/3/search/jql', { jql, fields: ['key'] })).issues.map(
      (issue: Body) => issue.key,
    );
  return { ...s, find, first, second, help };
}

describe('searching', () => {
  it.each([
    ['project = IT ORDER BY key ASC', ['IT-1', 'IT-2']],
    ['project in (IT, "Help desk") AND status != Approved', ['HELP-1', 'IT-1']],
    ['status = "approved"', ['IT-2']],
    ['status = "Waiting for approval" AND project = HELP', ['HELP-1']],
    ['key = IT-1 or issuekey in (HELP-1)', ['HELP-1', 'IT-1']],
    ['NOT (project = IT)', ['HELP-1', 'INC-3', 'INC-2', 'INC-1']],
    ['"Request Type" = "Request access to an app (IT)" AND statusCategory = "To Do"', ['IT-1']],
    ["issue.property['accessRequest'].state = active", ['IT-1']],
    ['issue.property[accessRequest].state = "gone"', []],
    ['accessState = active AND accessExpiresAt < now()', ['IT-1']],
    ['accessExpiresAt < "2026-02-01"', []],
    ['updated >= -5m AND created < endOfDay() AND project = IT', ['IT-2', 'IT-1']],
    ['updated >= "2026/03/02 10:00"', []],
  ])('%s', async (jql, keys) => {
    const { find } = await withRequests();
    expect(await find(jql)).toEqual(keys);
  });

  it.each([
    ['', 'Unbounded'],
    ['order by created', 'Unbounded'],
    ['colour = red', "Field 'colour' does not exist"],
    ['issue.property[other].state = x', 'does not exist'],
    ['project = NOPE', "The value 'NOPE' does not exist for the field 'project'"],
    ['key = IT-99', 'does not exist'],
    ['project = IT AND', 'Unexpected end'],
    ['project = IT status = New', 'Expecting'],
    ['status < New', 'not supported'],
    ['created > yesterday', 'is invalid'],
  ])('refuses "%s"', async (jql, message) => {
    const { call } = await withRequests();
    const reply = await call('app', 'POST', '/rest/api/3/search/jql', { jql });
    expect(reply.status).toBe(400);
    expect(reply.json.errorMessages[0]).toContain(message);
  });

  it('pages by a token that belongs to its query', async () => {
    const { ok, call } = await withRequests();
    const jql = 'project in (IT, HELP) order by created asc';
    const one = await ok('app', 'POST', '/rest/api/3/search/jql', { jql, maxResults: 2 });
    expect(one).toMatchObject({ isLast: false, issues: [{}, {}] });
    const { nextPageToken } = one;
    const two = await ok('app', 'POST', '/rest/api/3/search/jql', { jql, nextPageToken });
    expect(two.isLast).toBe(true);
    expect(two.issues).toHaveLength(1);
    const other = { jql: 'project = IT', nextPageToken };
    expect((await call('app', 'POST', '/rest/api/3/search/jql', other)).status).toBe(400);
  });

  it('gives ids alone unless more is asked for', async () => {
    const { ok } = await withRequests();
    const { issues } = await ok('app', 'POST', '/rest/api/3/search/jql', { jql: 'key = IT-1' });
    expect(Object.keys(issues[0])).toEqual(['id']);
  });

  it('finds nothing for customers', async () => {
    const { ok } = await withRequests();
    const jql = 'project = IT';
    const { issues } = await ok('requester', 'POST', '/rest/api/3/search/jql', { jql });
    expect(issues).toEqual([]);
  });

  it('hears of changes late, and shows the issue as it is now', async () => {
    const s = aSite({ profile: { jiraSearchLagMaxMs: 60_000 } });
    const issue = await s.aRequest();
    const find = async (jql: string, more = {}) =>
      (await s.ok('app', 'POST', '/rest/api/3/search/jql', { jql, fields: ['status'], ...more }))
        .issues;
    expect(await find('project = IT')).toEqual([]);
    await s.clock.advance(60_000);
    expect(await find('project = IT')).toHaveLength(1);
    await s.move('agent', issue, 'Approved');
    expect(await find('status = Approved')).toEqual([]);
    const [stale] = await find('status = New');
    expect(stale.fields.status.name).toBe('Approved');
    const reconciled = await find('status = Approved', { reconcileIssues: [Number(stale.id)] });
    expect(reconciled).toHaveLength(1);
    await s.clock.advance(60_000);
    expect(await find('status = Approved')).toHaveLength(1);
  });
});
