import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { evaluate } from '../../../sandbox/forge/expression';
import { aSite, type Body } from './fixture';

describe('the project of incidents', () => {
  it('is no service desk: it has no portal and no request types', async () => {
    const { ok } = aSite();
    const keys = async (path: string) =>
      (await ok('app', 'GET', path)).values.map((p: Body) => p.projectKey ?? p.key);
    expect(await keys('/rest/servicedeskapi/servicedesk')).not.toContain('INC');
    expect(await keys('/rest/api/3/project/search?typeKey=service_desk')).not.toContain('INC');
    expect(await keys('/rest/api/3/project/search?typeKey=software')).toEqual(['INC']);
    expect((await ok('app', 'GET', '/rest/api/3/project/INC')).projectTypeKey).toBe('software');
  });

  it('has open incidents from the start', async () => {
    const { ok } = aSite();
    const found = await ok('app', 'POST', '/rest/api/3/search/jql', {
      jql: 'project = INC AND statusCategory != Done ORDER BY key ASC',
      fields: ['status'],
    });
    expect(found.issues.map((i: Body) => [i.key, i.fields.status.statusCategory.key])).toEqual([
      ['INC-1', 'new'],
      ['INC-2', 'new'],
      ['INC-3', 'new'],
    ]);
  });

  it('sends an event that the app’s trigger lets through when one is closed and opened again', async () => {
    const { move, ok, events } = aSite();
    await move('agent', 'INC-2', 'Closed');
    const read = await ok('app', 'GET', '/rest/api/3/issue/INC-2?fields=status,resolution');
    expect(read.fields).toMatchObject({
      status: { statusCategory: { key: 'done' } },
      resolution: { name: 'Done' },
    });
    await move('agent', 'INC-2', 'Work in progress');
    const manifest = parse(readFileSync('manifest.yml', 'utf8')) as Body;
    const { filter } = manifest.modules.trigger.find((t: Body) => t.key === 'issue-updated');
    expect(events.map(({ event }) => event.changelog.items.at(-1).toString)).toEqual([
      'Closed',
      'Work in progress',
    ]);
    for (const { event } of events) expect(evaluate(filter.expression, event)).toBe(true);
  });

  it('gives new requests the numbers they would have had without it', async () => {
    const { aRequest, ok } = aSite();
    const issue = await aRequest();
    expect(Number((await ok('app', 'GET', `/rest/api/3/issue/${issue}`)).id)).toBe(10_001);
  });
});
