import { afterEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../sandbox/kit/message';
import { openJira } from '../../src/jira/open-jira';
import type { Jira } from '../../src/jira/port';
import { type ForgeCall, serveForge } from '../fakes/forge-globals';

let stop = () => {};
afterEach(() => stop());

const keys = {
  panelKey: 'panel',
  ownPropertyKey: 'latchkey',
  requestTypeField: async () => 'customfield_1',
};

function answering(answer: (call: ForgeCall) => Reply | Promise<Reply>) {
  const calls: ForgeCall[] = [];
  stop = serveForge((call) => {
    calls.push(call);
    return answer(call);
  });
  return { jira: openJira(keys), calls };
}
const ok = (json: unknown): Reply => ({ status: 200, json });

const reads: [string, (jira: Jira) => Promise<unknown>][] = [
  ['an issue', (jira) => jira.issue('10001')],
  ['approvals', (jira) => jira.approvals('10001')],
  ['comments', (jira) => jira.commentMarkers('10001')],
  ['accounts', (jira) => jira.accounts(['5b1'])],
  ['an e-mail address', (jira) => jira.email('5b1')],
  ['accounts by e-mail', (jira) => jira.accountsByEmail('ada@company.example')],
  ['a search', (jira) => jira.search('project = IT', 50)],
  ['summaries', (jira) => jira.summaries('project = IT', 50)],
  ['fields', (jira) => jira.fields()],
  ['statuses', (jira) => jira.statuses('10000')],
  ['a project', (jira) => jira.project('IT')],
  ['request types', (jira) => jira.requestTypes('IT')],
  ['the caller’s permissions', (jira) => jira.callerIsAdministrator()],
];
const text = { blocks: [] };
const writes: [string, (jira: Jira) => Promise<unknown>][] = [
  ['a comment', (jira) => jira.comment('10001', { text, audience: 'public', marker: 'm1' })],
  ['an edit', (jira) => jira.edit('10001', { fields: { customfield_2: [] } })],
  ['a transition', (jira) => jira.transition('10001', '5', { state: 'active' })],
  ['a property', (jira) => jira.setProperty('10001', { state: 'active' })],
  ['participants', (jira) => jira.addParticipants('10001', ['5b1'])],
];
const failed = (code: string, kind: string, more: object = {}) => ({
  ok: false,
  error: { code, class: kind, ...more },
});

describe('a failure of Jira', () => {
  it.each([
    [403, 'forbidden', 'needs-human'],
    [409, 'conflict', 'retryable'],
    [413, 'too-large', 'permanent'],
    [429, 'rate-limited', 'retryable'],
    [500, 'server-error', 'retryable'],
    [503, 'server-error', 'retryable'],
    [302, 'bad-answer', 'retryable'],
  ])('with status %d is %s and %s', async (status, code, kind) => {
    for (const [, call] of [...reads, ...writes]) {
      const { jira } = answering(() => ({ status, text: '<html>', type: 'text/html' }));
      expect(await call(jira)).toMatchObject(failed(code, kind));
    }
  });

  it('says how long Jira wants us to wait', async () => {
    const headers = { 'retry-after': '37' };
    const { jira } = answering(() => ({ status: 429, headers }));
    expect(await jira.issue('1')).toMatchObject(
      failed('rate-limited', 'retryable', { retryAfter: 37 }),
    );
  });

  it('says which fields were refused, and quotes nobody', { tags: ['secret-leaked'] }, async () => {
    const json = {
      errorMessages: ['Ada Lovelace (ada@company.example) cannot be an approver'],
      errors: { customfield_2: 'Ada Lovelace is inactive', '<script>': 'x' },
    };
    const { jira } = answering(() => ({ status: 400, json }));
    const edited = await jira.edit('1', { fields: { customfield_2: [] } });
    expect(edited).toMatchObject(failed('invalid', 'permanent'));
    const detail = edited.ok ? '' : edited.error.detail;
    expect(detail).toContain('customfield_2');
    expect(detail).not.toMatch(/Ada|@|script/);
  });

  it('carries Jira’s id of the request', async () => {
    const { jira } = answering(() => ({ status: 500, headers: { 'atl-traceid': 'abc123' } }));
    expect(await jira.issue('1')).toMatchObject({ error: { requestId: 'abc123' } });
  });

  it.each(reads)(
    'leaves no doubt after reading: %s',
    { tags: ['broken-answer'] },
    async (_, call) => {
      const { jira } = answering(() => ({
        status: 200,
        text: '<html>Sign in</html>',
        type: 'text/html',
      }));
      const answer = await call(jira);
      expect(answer).toMatchObject(failed('bad-answer', 'retryable'));
      expect(answer).not.toMatchObject({ error: { outcomeUnknown: true } });
    },
  );

  it.each(writes)(
    'leaves open whether a change was made: %s',
    { tags: ['answer-lost'] },
    async (_, call) => {
      const cut = answering(() => Promise.reject(new TypeError('fetch failed')));
      expect(await call(cut.jira)).toMatchObject(
        failed('unreachable', 'retryable', { outcomeUnknown: true }),
      );
      const gateway = answering(() => ({ status: 504 }));
      expect(await call(gateway.jira)).toMatchObject({ error: { outcomeUnknown: true } });
      const refused = answering(() => ({ status: 429 }));
      expect(await call(refused.jira)).not.toMatchObject({ error: { outcomeUnknown: true } });
    },
  );

  it('is a timeout when Jira does not answer', async () => {
    const { jira } = answering(() => Promise.reject(new DOMException('slow', 'TimeoutError')));
    expect(await jira.issue('1')).toMatchObject(failed('timeout', 'retryable'));
  });

  it('is a person’s business when the platform has no credential for the app', async () => {
    const headers = { 'forge-proxy-error': 'NEEDS_AUTHENTICATION_ERR' };
    const { jira } = answering(() => ({ status: 401, headers }));
    expect(await jira.issue('1')).toMatchObject(failed('credential-refused', 'needs-human'));
  });
});

describe('e-mail addresses', () => {
  const email = async (reply: Reply) => answering(() => reply).jira.email('5b1');

  it.each([
    ['an object', ok({ accountId: '5b1', email: 'Ada@Company.example' })],
    [
      'a list',
      ok([
        { accountId: 'x', email: 'no@h.example' },
        { accountId: '5b1', email: 'ada@company.example' },
      ]),
    ],
    ['a JSON string', ok('ada@company.example')],
    ['bare text', { status: 200, text: 'ada@company.example\n', type: 'text/plain' }],
  ])('are read from %s', async (_, reply) => {
    expect(await email(reply)).toEqual({ ok: true, value: 'ada@company.example' });
  });

  it.each([
    ok({ accountId: '5b1', email: null }),
    ok({ accountId: '5b1' }),
    ok(''),
    { status: 404, json: {} },
  ])('are absent in %j', async (reply) => {
    expect(await email(reply)).toEqual({ ok: true, value: null });
  });

  it.each([
    ok({ accountId: 'other', email: 'bob@company.example' }),
    ok({ email: 7 }),
    ok('not one'),
  ])('are not guessed from %j', { tags: ['email-mismatch'] }, async (reply) => {
    expect(await email(reply)).toMatchObject(failed('bad-answer', 'retryable'));
  });

  it('need a scope, and say so when it is missing', async () => {
    expect(await email({ status: 400, json: {} })).toMatchObject(
      failed('scope-missing', 'needs-human'),
    );
  });

  it('find only the accounts whose own address is the same', {
    tags: ['email-mismatch'],
  }, async () => {
    const account = (accountId: string, more: object = {}) => ({
      accountId,
      accountType: 'atlassian',
      active: true,
      displayName: accountId,
      ...more,
    });
    const addresses: Record<string, string> = {
      exact: 'ADA@company.example',
      longer: 'ada@company.example.evil.example',
      off: 'ada@company.example',
      bot: 'ada@company.example',
    };
    const { jira } = answering(({ path }) => {
      const id = new URL(path, 'https://x.invalid').searchParams.get('accountId');
      if (id !== null) return ok({ accountId: id, email: addresses[id] });
      return ok([
        account('exact'),
        account('longer'),
        account('off', { active: false }),
        account('bot', { accountType: 'app' }),
      ]);
    });
    const found = await jira.accountsByEmail(' Ada@Company.example');
    expect(found).toMatchObject({ ok: true, value: [{ accountId: 'exact' }] });
  });
});

describe('lists in pages', () => {
  const approval = (id: string) => ({
    id,
    name: 'Approval',
    finalDecision: 'pending',
    createdDate: { epochMillis: 0 },
    approvers: [{ approver: { accountId: '5b1' }, approverDecision: 'pending' }],
  });

  it('are read to their end', async () => {
    const { jira, calls } = answering(({ path }) => {
      const start = Number(new URL(path, 'https://x.invalid').searchParams.get('start'));
      return ok({ values: [approval(`${start}`)], isLastPage: start === 2 });
    });
    const read = await jira.approvals('1');
    expect(read.ok && read.value.map(({ id }) => id)).toEqual(['0', '1', '2']);
    expect(calls).toHaveLength(3);
  });

  it.each([[[]], [[approval('1')]]])(
    'that never end are given up: %j',
    { tags: ['cursor-loops'] },
    async (values) => {
      const { jira, calls } = answering(() => ok({ values, isLastPage: false }));
      expect(await jira.approvals('1')).toMatchObject(failed('bad-answer', 'retryable'));
      expect(calls.length).toBeLessThan(100);
    },
  );

  it('do not turn an unknown decision into one that counts', async () => {
    const odd = { ...approval('1'), finalDecision: 'approved_with_comments' };
    const { jira } = answering(() => ok({ values: [odd], isLastPage: true }));
    expect(await jira.approvals('1')).toMatchObject(failed('bad-answer', 'retryable'));
  });
});

describe('an issue', () => {
  const base = {
    id: '10001',
    key: 'IT-1',
    fields: {
      summary: 'Figma',
      description: null,
      status: { id: '1', name: 'New', statusCategory: { key: 'undefined' } },
      creator: null,
      reporter: { accountId: '5b1' },
      created: '2026-03-02T10:00:00.000+0100',
      project: { id: '10000' },
      customfield_1: { requestType: { id: '25' }, currentStatus: {} },
    },
  };

  it('comes in one request with its properties, changes and transitions', async () => {
    const { jira, calls } = answering(() => ok(base));
    const read = await jira.issue('IT-1', {
      fields: ['customfield_2'],
      changes: true,
      transitions: true,
    });
    expect(read.ok && read.value).toMatchObject({
      requestTypeId: '25',
      status: { category: 'new' },
      creator: undefined,
      reporter: '5b1',
      created: '2026-03-02T09:00:00.000Z',
      fields: { customfield_2: null },
      panel: undefined,
      changes: [],
    });
    const url = new URL(calls[0]?.path ?? '', 'https://x.invalid');
    expect(url.searchParams.get('properties')).toBe('panel,latchkey');
    expect(url.searchParams.get('expand')).toBe('changelog,transitions');
    expect(url.searchParams.get('fields')).toContain('customfield_1');
    expect(calls).toHaveLength(1);
    expect(calls[0]?.meta).toMatchObject({ provider: 'app', remote: 'jira' });
  });

  it('survives changes with and without a member called toString', async () => {
    const item = (more: object) => ({ field: 'status', from: '1', to: '2', ...more });
    const histories = [
      {
        id: '2',
        created: '2026-03-02T10:00:00.000+0000',
        author: { accountId: '5b1' },
        items: [item({ fieldId: 'status', fromString: 'New', toString: 'Approved' }), item({})],
      },
      {
        id: '1',
        created: '2026-03-02T09:00:00.000+0000',
        items: [
          {
            field: 'summary',
            fieldId: 'summary',
            from: null,
            fromString: 'a',
            to: null,
            toString: 'b',
          },
        ],
      },
    ];
    const { jira } = answering(() => ok({ ...base, changelog: { total: 2, histories } }));
    const read = await jira.issue('1', { changes: true });
    expect(
      read.ok &&
        read.value.changes.map(({ id, fieldId, from, to, by }) => [id, fieldId, from, to, by]),
    ).toEqual([
      ['1', 'summary', 'a', 'b', undefined],
      ['2', 'status', '1', '2', '5b1'],
      ['2', 'status', '1', '2', '5b1'],
    ]);
  });

  it('shows changes that Jira no longer sends along', { tags: ['reporter-swapped'] }, async () => {
    const history = (id: number) => ({
      id: String(id),
      created: `2026-03-02T10:00:0${id}.000+0000`,
      items: [{ field: 'reporter', from: String(id), to: String(id + 1) }],
    });
    const { jira } = answering(({ path }) => {
      const url = new URL(path, 'https://x.invalid');
      if (!url.pathname.endsWith('/changelog')) {
        return ok({ ...base, changelog: { total: 3, histories: [history(3)] } });
      }
      const startAt = Number(url.searchParams.get('startAt'));
      const values = [history(1), history(2), history(3)].slice(startAt, startAt + 2);
      return ok({ startAt, total: 3, values });
    });
    const read = await jira.issue('1', { changes: true });
    expect(read.ok && read.value.changes.map(({ from }) => from)).toEqual(['1', '2', '3']);
  });
});

describe('writing', () => {
  it('puts the marker and the audience into the comment’s own request', async () => {
    const { jira, calls } = answering(() => ({ status: 201, json: { id: '7' } }));
    await jira.comment('1', { text, audience: 'internal', marker: 'm1' });
    await jira.comment('1', { text, audience: 'public', marker: 'm2' });
    const sent = calls.map(({ body }) => JSON.parse(body ?? '').properties);
    const internal = { key: 'sd.public.comment', value: { internal: true } };
    expect(sent).toEqual([
      [internal, { key: 'latchkey', value: { marker: 'm1' } }],
      [{ key: 'latchkey', value: { marker: 'm2' } }],
    ]);
  });

  it('never asks Jira to edit in silence', async () => {
    const { jira, calls } = answering(() => ({ status: 204 }));
    await jira.edit('1', { fields: { customfield_2: [{ accountId: '5b1' }] } });
    expect(calls[0]?.path).toBe('/rest/api/3/issue/1');
  });

  it('sends property and transition together, and no field', async () => {
    const { jira, calls } = answering(() => ({ status: 204 }));
    await jira.transition('1', '5', { state: 'active' });
    await jira.transition('1', '5');
    expect(calls.map(({ body }) => JSON.parse(body ?? ''))).toEqual([
      { transition: { id: '5' }, properties: [{ key: 'latchkey', value: { state: 'active' } }] },
      { transition: { id: '5' } },
    ]);
  });

  it('does not send a property that Jira cannot hold', async () => {
    const { jira, calls } = answering(() => ({ status: 204 }));
    const large = { text: 'x'.repeat(32_768) };
    expect(await jira.setProperty('1', large)).toMatchObject(failed('too-large', 'permanent'));
    expect(await jira.transition('1', '5', large)).toMatchObject(failed('too-large', 'permanent'));
    expect(calls).toEqual([]);
  });

  it('says that a description has no room for what approvers need', async () => {
    const { jira } = answering(() => ({
      status: 400,
      json: { errors: { description: 'too long' } },
    }));
    const part = (length: number) => ({
      description: {
        before: { type: 'doc', content: [{ type: 'text', text: 'x'.repeat(length) }] },
        heading: 'Access request',
        text,
      },
    });
    expect(await jira.edit('1', part(32_767))).toMatchObject(failed('too-large', 'permanent'));
    expect(await jira.edit('1', part(5))).toMatchObject(failed('invalid', 'permanent'));
  });
});

describe('the caller', () => {
  const permission = (havePermission: boolean) =>
    ok({ permissions: { ADMINISTER: { havePermission } } });

  it.each([true, false])('is asked as the person, not as the app: %s', async (have) => {
    const { jira, calls } = answering(() => permission(have));
    expect(await jira.callerIsAdministrator()).toEqual({ ok: true, value: have });
    expect(calls[0]?.meta).toMatchObject({ provider: 'user' });
    expect(calls[0]?.path).toBe('/rest/api/3/mypermissions?permissions=ADMINISTER');
  });

  it('is no administrator when nobody is signed in', { tags: ['not-an-admin'] }, async () => {
    const headers = { 'forge-proxy-error': 'NEEDS_AUTHENTICATION_ERR' };
    const { jira } = answering(() => ({ status: 401, headers }));
    expect(await jira.callerIsAdministrator()).toEqual({ ok: true, value: false });
  });
});
