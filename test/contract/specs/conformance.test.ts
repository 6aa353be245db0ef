/**
 * Every request of the app and every answer of the sandbox against the official descriptions of the
 * APIs. What the descriptions themselves get wrong is listed in `reviewed.ts`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallRecord } from '../../../sandbox/kit/calls';
import { createSandbox, type RunningSandbox } from '../../../sandbox/sandbox';
import { seedApp } from '../../../sandbox/world/seed-app';
import { type Conformance, lineOf, openConformance } from './conformance';
import { missingSpecs, whyUnchecked } from './folder';
import { administer, journey, wishes } from './journey';
import { refusals } from './refusals';
import { inWords } from './report';
import { missingOperations, specErrors } from './reviewed';

if (whyUnchecked) console.warn(whyUnchecked);

const BUNDLING_MS = 180_000;

describe.skipIf(missingSpecs.length > 0)('the official descriptions', () => {
  let running: RunningSandbox;
  beforeAll(async () => {
    running = await createSandbox({ port: 0, appDir: '.', seedApp });
  }, BUNDLING_MS);
  afterAll(() => running?.close());

  it('hold for what the app asks and what the sandbox answers, from set-up to the end of access', async () => {
    const { sandbox } = running;
    const conformance = await openConformance();
    for (const wish of wishes) {
      const [granted] = await journey(sandbox, wish);
      expect([wish.app, granted]).toEqual([wish.app, 'Access granted']);
    }
    expect(await administer(sandbox)).toEqual([]);
    await refusals(sandbox);
    const report = conformance.checkAll(sandbox.calls.since());
    console.log(inWords(report));
    expect(report.violations.map(lineOf)).toEqual([]);
    for (const api of [
      'jira',
      'jsm',
      'jira.js',
      'okta',
      'graph',
      'directory',
      'reports',
      'cloudIdentity',
    ]) {
      expect([api, report.apis[api]?.responses ?? 0]).not.toEqual([api, 0]);
    }
    const neverMet = [...specErrors, ...missingOperations].filter((e) => !report.reviewed.has(e));
    expect(neverMet.map(({ why }) => why)).toEqual([]);
  }, 120_000);
});

describe('what is known to be wrong in the descriptions', () => {
  it('is a short list, each with its source', () => {
    const entries = [...specErrors, ...missingOperations];
    expect(entries.length).toBeLessThanOrEqual(15);
    expect(entries.filter(({ why, source }) => why === '' || source === '')).toEqual([]);
  });
});

describe.skipIf(missingSpecs.length > 0)('a planted violation', () => {
  let conformance: Conformance;
  beforeAll(async () => {
    conformance = await openConformance();
  });

  const call = (server: string, line: string, rest: Partial<CallRecord> = {}): CallRecord => {
    const [method = '', path = ''] = line.split(/ (.*)/s);
    return {
      seq: 1,
      at: '2026-01-01T00:00:00.000Z',
      server,
      host: 'localhost',
      method,
      path,
      route: undefined,
      invocation: undefined,
      fault: undefined,
      latencyMs: 0,
      requestBody: '',
      status: 200,
      responseBody: '',
      ...rest,
    };
  };
  const found = (record: CallRecord) =>
    conformance
      .check(record)
      .map(({ api, part, at, message }) => `${api} ${part} ${at} ${message}`);
  const json = JSON.stringify;
  const oktaGroup = { id: '00g1', profile: { name: 'Editors' } };

  it('of type is seen, in an answer and in a request', () => {
    expect(
      found(
        call('okta', 'GET /api/v1/groups/00g1', { responseBody: json({ ...oktaGroup, id: 7 }) }),
      ),
    ).toEqual(['okta response /id must be string']);
    expect(
      found(
        call('jira', 'POST /rest/api/3/issue/IT-1/transitions', {
          status: 204,
          requestBody: json({ transition: { id: 31 } }),
        }),
      ),
    ).toEqual(['jira request /transition/id must be string']);
    expect(
      found(
        call('google', 'GET /admin/directory/v1/groups/1/hasMember/2', {
          responseBody: json({ isMember: 'true' }),
        }),
      ),
    ).toEqual(['directory response /isMember must be boolean']);
  });

  it('by a missing member is seen', () => {
    expect(
      found(
        call('entra', 'POST /v1.0/groups/1/members/$ref', {
          status: 204,
          requestBody: json({ id: 'https://graph.microsoft.com/v1.0/directoryObjects/2' }),
        }),
      ),
    ).toEqual(["graph request  must have required property '@odata.id'"]);
    expect(
      found(
        call('jira', 'POST /rest/servicedeskapi/request/IT-1/comment', {
          invocation: 'inv-1',
          status: 400,
          requestBody: json({ body: 7 }),
          responseBody: json({ errorMessage: 'no' }),
        }),
      ),
    ).toEqual(['jsm request /body must be string']);
  });

  it('by a member that is not described is seen where the description is complete', () => {
    expect(
      found(
        call('jira', 'GET /rest/servicedeskapi/request/IT-1/approval/1', {
          responseBody: json({ id: '1', comment: 'fine' }),
        }),
      ),
    ).toEqual(['jsm response  must not have the member "comment"']);
    expect(
      found(
        call('google', 'POST /admin/directory/v1/groups/1/members', {
          requestBody: json({ id: '2', expires: 'tomorrow' }),
          responseBody: json({ id: '2' }),
        }),
      ),
    ).toEqual(['directory request  must not have the member "expires"']);
  });

  it('by a member that no description has is seen as well where members are left open', () => {
    expect(
      found(
        call('okta', 'GET /api/v1/groups/00g1', {
          responseBody: json({ ...oktaGroup, owner: 'me' }),
        }),
      ),
    ).toEqual(['okta response  has the undescribed member "owner"']);
    expect(
      found(
        call('entra', 'PATCH /v1.0/users/1', {
          status: 204,
          requestBody: json({ accountEnabled: false, enabled: false }),
        }),
      ),
    ).toEqual(['graph request  has the undescribed member "enabled"']);
  });

  it('by path or method is seen', () => {
    expect(found(call('okta', 'GET /api/v1/groups/00g1/members'))).toEqual([
      'okta request  is not in the description',
    ]);
    expect(found(call('entra', 'DELETE /v1.0/groups/1/members/2', { status: 204 }))).toEqual([
      'graph request  is not in the description',
    ]);
    expect(found(call('jira', 'GET /rest/api/3/search/everything'))).toEqual([
      'jira request  is not in the description',
    ]);
  });

  it('by a query parameter, unknown, missing or of the wrong type, is seen', () => {
    const responseBody = json({ accountId: 'a', email: 'a@latchkey-demo.example' });
    expect(found(call('jira', 'GET /rest/api/3/user/email?accountID=a', { responseBody }))).toEqual(
      [
        'jira request accountID is not a query parameter of this operation',
        'jira request accountId is required in the query',
      ],
    );
    expect(found(call('okta', 'GET /api/v1/groups?limit=many', { responseBody: '[]' }))).toEqual([
      'okta request limit must be integer',
    ]);
  });

  it('by status is seen, unless a fault was injected', () => {
    const teapot = call('okta', 'GET /api/v1/groups/00g1', { status: 418 });
    expect(found(teapot)).toEqual(['okta response  status 418 is not described']);
    expect(found({ ...teapot, fault: 'a fault' })).toEqual([]);
  });

  it('of what a Jira client expects is seen', () => {
    const responseBody = json({ issues: [{ id: 10_001 }] });
    expect(
      found(
        call('jira', 'POST /rest/api/3/search/jql', { requestBody: '{"jql":""}', responseBody }),
      ),
    ).toContain('jira.js response /issues/0/id Invalid input: expected string, received number');
  });
});
