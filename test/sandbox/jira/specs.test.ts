/** Every answer of the site against Atlassian's own OpenAPI files, where they are at hand. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { CallRecord } from '../../../sandbox/kit/calls';
import { aSite, type Body, paragraph } from './fixture';

const FOLDER = process.env['API_SPECS'] ?? path.resolve('../shared/specs');
const FILES = ['jira-platform.openapi.json', 'jsm.openapi.json'];
const atHand = FILES.every((file) => existsSync(path.join(FOLDER, file)));

interface Operation {
  readonly path: RegExp;
  readonly method: string;
  readonly responses: Record<string, { content?: Record<string, { schema?: object }> }>;
  readonly validator: (schema: object) => ValidateFunction;
}

function operationsOf(file: string): Operation[] {
  const spec: Body = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ components: spec.components }, file);
  const compiled = new Map<string, ValidateFunction>();
  const validator = (schema: object) => {
    const text = JSON.stringify(schema).replaceAll('"#/components', `"${file}#/components`);
    const known = compiled.get(text) ?? ajv.compile(JSON.parse(text));
    compiled.set(text, known);
    return known;
  };
  return Object.entries<Body>(spec.paths).flatMap(([template, methods]) =>
    Object.entries<Body>(methods).map(([method, { responses }]) => ({
      path: new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`),
      method: method.toUpperCase(),
      responses,
      validator,
    })),
  );
}

/** Where the files are wrong about the real service, with where that can be seen. */
const SPEC_ERRORS: { at: RegExp; why: string }[] = [
  {
    at: /\/items\/\d+\/(from|fromString|to|toString) must be string$/,
    why: 'Jira gives null for "none"; the examples of the same page show it.',
  },
  {
    at: /^GET \/rest\/api\/3\/user\/email\/bulk .* must be object$/,
    why: 'A list; the schema repeats the one of the single e-mail.',
  },
];

function violations(record: CallRecord, operations: readonly Operation[]): string[] {
  const { pathname } = new URL(record.path, 'http://site');
  const name = `${record.method} ${pathname}`;
  const found = operations.filter((o) => o.method === record.method && o.path.test(pathname));
  // A literal segment wins over a parameter, so the candidate that fits is enough.
  if (found.length === 0) return [`${name} is not in the specification`];
  const complaints = found.map(({ responses, validator }) => {
    const response = responses[String(record.status)];
    if (!response) return [`${name} answers ${record.status}, which is not documented`];
    const schema = response.content?.['application/json']?.schema;
    if (!schema || (record.status ?? 0) >= 400) return [];
    const validate = validator(schema);
    if (validate(JSON.parse(record.responseBody || 'null'))) return [];
    return (validate.errors ?? []).map((e) =>
      `${name} ${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`.replace(
        / \{"type":"\w+"\}$/,
        '',
      ),
    );
  });
  const best = complaints.sort((a, b) => a.length - b.length)[0] ?? [];
  return best.filter((complaint) => !SPEC_ERRORS.some(({ at }) => at.test(complaint)));
}

async function everyRoute() {
  const s = aSite();
  const { ok, call } = s;
  const issue = await s.aRequest();
  await s.setApprovers(issue, ['manager']);
  await s.move('app', issue, 'Waiting for approval');
  const rest = '/rest/api/3';
  const desk = '/rest/servicedeskapi';
  await s.answer('manager', issue, 'approve');
  const note = await ok('app', 'POST', `${rest}/issue/${issue}/comment`, {
    body: paragraph('Granted.'),
    properties: [{ key: 'accessRequest', value: { op: 'grant' } }],
  });
  await ok('agent', 'POST', `${desk}/request/${issue}/comment`, { body: 'Seen.', public: false });
  await ok('app', 'PUT', `${rest}/issue/${issue}/properties/accessRequest`, { state: 'active' });
  await ok('app', 'POST', `${desk}/request/${issue}/participant`, {
    accountIds: [s.person('friend').accountId],
  });
  const it = s.project('IT');
  const reads: [method: string, target: string, body?: unknown][] = [
    ['GET', `${rest}/serverInfo`],
    ['GET', `${rest}/myself`],
    ['GET', `${rest}/field`],
    ['GET', `${rest}/field/search?type=custom&query=Approvers`],
    ['GET', `${rest}/mypermissions?permissions=ADMINISTER,EDIT_ISSUES&projectKey=IT`],
    [
      'POST',
      `${rest}/permissions/check`,
      {
        accountId: s.person('admin').accountId,
        globalPermissions: ['ADMINISTER'],
        projectPermissions: [{ permissions: ['EDIT_ISSUES'], projects: [Number(it.id)] }],
      },
    ],
    ['GET', `${rest}/project/search?typeKey=service_desk`],
    ['GET', `${rest}/project/IT`],
    ['GET', `${rest}/project/IT/statuses`],
    [
      'POST',
      `${rest}/workflows`,
      { projectAndIssueTypes: [{ projectId: it.id, issueTypeId: it.issueTypes[0]?.id }] },
    ],
    ['GET', `${rest}/issue/${issue}?properties=accessRequest&expand=changelog,names,transitions`],
    ['GET', `${rest}/issue/${issue}/changelog`],
    ['GET', `${rest}/issue/${issue}/transitions`],
    ['GET', `${rest}/issue/${issue}/comment`],
    ['GET', `${rest}/issue/${issue}/comment/${note.id}`],
    ['POST', `${rest}/comment/list?expand=properties`, { ids: [Number(note.id)] }],
    ['PUT', `${rest}/issue/${issue}/comment/${note.id}`, { body: paragraph('Granted again.') }],
    ['GET', `${rest}/issue/${issue}/properties`],
    ['GET', `${rest}/issue/${issue}/properties/accessRequest`],
    ['POST', `${rest}/search/jql`, { jql: 'project = IT', fields: ['summary', 'status'] }],
    ['GET', `${rest}/search/jql?jql=project%20%3D%20IT&fields=key`],
    ['POST', `${rest}/search/approximate-count`, { jql: 'project = IT' }],
    ['GET', `${rest}/user?accountId=${s.person('requester').accountId}`],
    ['GET', `${rest}/user/bulk?accountId=${s.person('requester').accountId}`],
    ['GET', `${rest}/user/search?query=${s.person('manager').email}`],
    ['GET', `${rest}/user/email?accountId=${s.person('requester').accountId}`],
    ['GET', `${rest}/user/email/bulk?accountId=${s.person('requester').accountId}`],
    ['GET', `${rest}/groups/picker?query=jira`],
    ['GET', `${desk}/info`],
    ['GET', `${desk}/servicedesk`],
    ['GET', `${desk}/servicedesk/${it.serviceDeskId}`],
    ['GET', `${desk}/servicedesk/${it.serviceDeskId}/requesttype`],
    ['GET', `${desk}/requesttype?serviceDeskId=${it.serviceDeskId}`],
    ['GET', `${desk}/servicedesk/${it.serviceDeskId}/requesttype/${it.requestTypes[0]?.id}/field`],
    ['GET', `${desk}/request/${issue}`],
    ['GET', `${desk}/request/${issue}/comment`],
    ['GET', `${desk}/request/${issue}/participant`],
    ['GET', `${desk}/request/${issue}/sla`],
    ['GET', `${desk}/request/${issue}/status`],
    ['GET', `${desk}/request/${issue}/transition`],
    ['GET', `${desk}/request/${issue}/approval`],
  ];
  for (const [method, target, body] of reads) await ok('app', method, target, body);
  const groups = await ok('app', 'GET', `${rest}/groups/picker?query=admins`);
  await ok('admin', 'GET', `${rest}/group/member?groupId=${groups.groups[0].groupId}`);
  const [approval] = await s.approvals(issue);
  await ok('manager', 'GET', `${desk}/request/${issue}/approval/${approval.id}`);
  await ok('requester', 'GET', `${desk}/request`);
  const made = await ok('agent', 'POST', `${rest}/issue`, {
    fields: {
      project: { key: 'IT' },
      issuetype: { id: it.issueTypes[0]?.id },
      summary: 'By an agent',
    },
  });
  await ok('admin', 'PUT', `${rest}/issue/${made.key}?returnIssue=true`, {
    fields: { summary: 'Changed' },
  });
  const withdraw = await s.aRequest();
  const { values } = await ok('requester', 'GET', `${desk}/request/${withdraw}/transition`);
  await ok('requester', 'POST', `${desk}/request/${withdraw}/transition`, { id: values[0].id });
  await ok('app', 'DELETE', `${rest}/issue/${issue}/properties/accessRequest`);
  await ok('app', 'DELETE', `${rest}/issue/${issue}/comment/${note.id}`);
  await ok('app', 'DELETE', `${rest}/issue/${made.key}`);
  await call('requester', 'GET', `${rest}/issue/${issue}`);
  await call('anonymous', 'GET', `${desk}/request/${issue}`);
  await call('portal-only', 'GET', `${desk}/request/${issue}`);
  await call('agent', 'PUT', `${rest}/issue/${issue}`, { fields: { summary: '' } });
  await ok('admin', 'DELETE', `${rest}/project/HELP`);
  return s;
}

describe('answers of the Jira site', () => {
  it('come from every modelled route', async () => {
    const { site } = await everyRoute();
    const api = site.routes.usage().filter(({ route }) => route.includes(' /rest/'));
    expect(api.filter(({ hits }) => hits === 0).map(({ route }) => route)).toEqual([
      'DELETE /rest/servicedeskapi/request/:issue/participant',
    ]);
    expect(site.routes.unmodelled).toEqual([]);
  });

  it.skipIf(!atHand)(`are valid against the specifications in ${FOLDER}`, async () => {
    const operations = FILES.flatMap(operationsOf);
    const { calls } = await everyRoute();
    expect(calls.since().flatMap((record) => violations(record, operations))).toEqual([]);
  });
});
