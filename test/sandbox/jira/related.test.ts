import { describe, expect, it } from 'vitest';
import { aSite, type Body, type Who } from './fixture';

async function withParent(key = 'IT') {
  const s = aSite();
  const parent = await s.aRequest(key);
  const subtask = s.project('IT').issueTypes.find((type) => type.subtask);
  const create = (fields: object, who: Who = 'app') =>
    s.call(who, 'POST', '/rest/api/3/issue', {
      fields: {
        project: { key },
        issuetype: { id: subtask?.id },
        summary: 'Add Ana to the shared drive',
        parent: { key: parent },
        ...fields,
      },
    });
  return { ...s, parent, create, id: (who: string) => s.person(who).accountId };
}

describe('a sub-task', () => {
  it('hangs under its request with its day and its agent', async () => {
    const { create, ok, parent, id } = await withParent();
    const made = await create({ duedate: '2026-03-05', assignee: { accountId: id('agent') } });
    expect(made.status).toBe(201);
    const child = (await ok('app', 'GET', `/rest/api/3/issue/${made.json.key}`)).fields;
    expect(child).toMatchObject({
      duedate: '2026-03-05',
      assignee: { accountId: id('agent') },
      parent: { key: parent, fields: { summary: 'Figma, please' } },
      issuetype: { subtask: true },
      status: { name: 'To do' },
    });
    const above = (await ok('app', 'GET', `/rest/api/3/issue/${parent}`)).fields;
    expect(above.subtasks.map((one: Body) => one.key)).toEqual([made.json.key]);
    expect('parent' in above).toBe(false);
  });

  it('is not in the portal, not even for the reporter of the request', async () => {
    const { create, call } = await withParent();
    const { json } = await create({});
    const path = `/rest/servicedeskapi/request/${json.key}`;
    expect((await call('requester', 'GET', path)).status).toBe(403);
  });

  it.each([
    ['without a parent', { parent: undefined }, 'issuetype'],
    ['under an incident', { parent: { key: 'INC-1' } }, 'parentId'],
    ['with a person who does not work there', { assignee: 'owner' }, 'assignee'],
    ['with a day that does not exist', { duedate: '2026-02-30' }, 'duedate'],
    ['with a time', { duedate: '2026-03-05T10:00:00Z' }, 'duedate'],
  ])('is refused %s', async (_, fields: Record<string, unknown>, wrong) => {
    const { create, id } = await withParent();
    const { assignee } = fields;
    const given = typeof assignee === 'string' ? { assignee: { accountId: id(assignee) } } : fields;
    const reply = await create(given);
    expect(reply.status).toBe(400);
    expect(Object.keys(reply.json.errors)).toEqual([wrong]);
  });

  it('has none of its own', async () => {
    const { create } = await withParent();
    const { json } = await create({});
    expect((await create({ parent: { key: json.key } })).json.errors).toHaveProperty('parentId');
  });

  it('cannot be made in the stock project, which has no such work type', async () => {
    const { create } = await withParent('HELP');
    expect((await create({})).json.errors).toHaveProperty('issuetype');
  });

  it('is done and opened again by whoever works there, with an event each', async () => {
    const { create, move, events, status } = await withParent();
    const { json } = await create({});
    await move('agent', json.key, 'Done');
    expect(await status(json.key)).toBe('Done');
    await move('agent', json.key, 'To do');
    expect(
      events
        .slice(-2)
        .map(({ event }) => [
          event.issue.fields.issuetype.subtask,
          event.changelog.items.at(-1).toString,
        ]),
    ).toEqual([
      [true, 'Done'],
      [true, 'To do'],
    ]);
  });

  it('keeps its request from being deleted without it', async () => {
    const { create, call, parent, events } = await withParent();
    const { json } = await create({});
    expect((await call('admin', 'DELETE', `/rest/api/3/issue/${parent}`)).status).toBe(400);
    const whole = `/rest/api/3/issue/${parent}?deleteSubtasks=true`;
    expect((await call('admin', 'DELETE', whole)).status).toBe(204);
    expect(events.slice(-2).map(({ event }) => event.issue.key)).toEqual([json.key, parent]);
  });
});

describe('a day that something is due', () => {
  it('is in the history when it moves', async () => {
    const { ok, parent } = await withParent();
    const path = `/rest/api/3/issue/${parent}`;
    await ok('app', 'PUT', path, { fields: { duedate: '2026-03-05' } });
    await ok('app', 'PUT', path, { fields: { duedate: null } });
    const { values } = await ok('app', 'GET', `${path}/changelog`);
    expect(values.map((entry: Body) => [entry.items[0].from, entry.items[0].to])).toEqual([
      [null, '2026-03-05'],
      ['2026-03-05', null],
    ]);
  });
});

describe('a link between two issues', () => {
  const body = (from: string, to: string) => ({
    type: { name: 'Relates' },
    inwardIssue: { key: from },
    outwardIssue: { key: to },
  });

  it('shows on both, in both histories, and with one event', async () => {
    const { ok, parent, events, aRequest } = await withParent();
    const other = await aRequest();
    const before = events.length;
    await ok('app', 'POST', '/rest/api/3/issueLink', body(parent, other));
    const read = async (key: string) =>
      ok('app', 'GET', `/rest/api/3/issue/${key}?fields=issuelinks&expand=changelog`);
    const [from, to] = [await read(parent), await read(other)];
    expect(from.fields.issuelinks[0].outwardIssue.key).toBe(other);
    expect(to.fields.issuelinks[0].inwardIssue.key).toBe(parent);
    for (const [end, far] of [
      [from, other],
      [to, parent],
    ]) {
      expect(end.changelog.histories[0].items[0]).toMatchObject({
        field: 'Link',
        to: far,
        toString: `This work item relates to ${far}`,
      });
    }
    expect(events.slice(before).map(({ event }) => event)).toMatchObject([
      {
        eventType: 'avi:jira:created:issuelink',
        sourceIssueId: from.id,
        destinationIssueId: to.id,
        issueLinkType: { name: 'Relates' },
      },
    ]);
  });

  it('is made once, however often it is asked for', async () => {
    const { ok, parent } = await withParent();
    for (let i = 0; i < 2; i++) {
      await ok('app', 'POST', '/rest/api/3/issueLink', body(parent, 'INC-1'));
    }
    const { fields } = await ok('app', 'GET', `/rest/api/3/issue/${parent}?fields=issuelinks`);
    expect(fields.issuelinks).toHaveLength(1);
  });

  it('goes with the issue at its end', async () => {
    const { ok, parent } = await withParent();
    await ok('app', 'POST', '/rest/api/3/issueLink', body(parent, 'INC-1'));
    await ok('admin', 'DELETE', '/rest/api/3/issue/INC-1');
    const { fields } = await ok('app', 'GET', `/rest/api/3/issue/${parent}?fields=issuelinks`);
    expect(fields.issuelinks).toEqual([]);
  });

  it.each([
    ['of an unknown type', 'app', { type: { name: 'Likes' } }, 404],
    ['to an issue that is not there', 'app', { outwardIssue: { key: 'IT-999' } }, 404],
    ['by a customer', 'requester', {}, 404],
    ['without its other end', 'app', { outwardIssue: undefined }, 400],
  ])('is refused %s', async (_, who, change, expected) => {
    const { call, parent } = await withParent();
    const reply = await call(who, 'POST', '/rest/api/3/issueLink', {
      ...body(parent, 'INC-1'),
      ...change,
    });
    expect(reply.status).toBe(expected);
  });
});
