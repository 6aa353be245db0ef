/**
 * What each directory answers to a change that was made before, cannot be made, or names somebody
 * who is not there. The product's own reading of these answers rests on this table.
 */
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, bench, call } from './bench';
import { GOOGLE_ADMIN, GRAPH, OKTA } from './sign-in';

const b = bench({ profile: { entraReadLagMs: 0, googleReadLagMs: 0 } });
const start = Object.values(b.directories).map((d) => [d, d.snapshot()] as const);
beforeEach(() => {
  for (const [directory, state] of start) directory.restore(state);
});
afterAll(() => b.clock.close());

interface Ends {
  group: string;
  person: string;
}
interface Dialect {
  add(ends: Ends): Promise<Answer>;
  remove(ends: Ends): Promise<Answer>;
  ends(group: string): Ends;
  stranger: string;
  noGroup: string;
  groups: Record<string, string>;
}

const { okta, entra, google } = b.directories;
const ssws = `SSWS ${okta.consoleFacts().ssws}`;
const graphAdmin = `Bearer ${entra.consoleFacts().adminToken}`;
const googleAdmin = `Bearer ${google.consoleFacts().adminToken}`;

const dialects: Record<'okta' | 'entra' | 'google', Dialect> = {
  okta: {
    add: ({ group, person }) =>
      call(okta.routes, OKTA, `PUT /api/v1/groups/${group}/users/${person}`, { token: ssws }),
    remove: ({ group, person }) =>
      call(okta.routes, OKTA, `DELETE /api/v1/groups/${group}/users/${person}`, { token: ssws }),
    ends: (key) => ({ group: b.group(key).id, person: b.account('okta', 'requester').id }),
    stranger: '00uNobodyNobodyNobod',
    noGroup: '00gNothingNothingNot',
    groups: { plain: 'figma-editors' },
  },
  entra: {
    add: ({ group, person }) =>
      call(entra.routes, GRAPH, `POST /v1.0/groups/${group}/members/$ref`, {
        token: graphAdmin,
        body: { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${person}` },
      }),
    remove: ({ group, person }) =>
      call(entra.routes, GRAPH, `DELETE /v1.0/groups/${group}/members/${person}/$ref`, {
        token: graphAdmin,
      }),
    ends: (key) => ({ group: b.group(key).id, person: b.account('entra', 'requester').id }),
    stranger: '00000000-1111-4222-8333-444444444444',
    noGroup: '00000000-1111-4222-8333-555555555555',
    groups: { plain: 'salesforce-users' },
  },
  google: {
    add: ({ group, person }) =>
      call(google.routes, GOOGLE_ADMIN, `POST /admin/directory/v1/groups/${group}/members`, {
        token: googleAdmin,
        body: { id: person, role: 'MEMBER' },
      }),
    remove: ({ group, person }) =>
      call(
        google.routes,
        GOOGLE_ADMIN,
        `DELETE /admin/directory/v1/groups/${group}/members/${person}`,
        {
          token: googleAdmin,
        },
      ),
    ends: (key) => ({ group: b.group(key).id, person: b.account('google', 'requester').id }),
    stranger: '109999999999999999999',
    noGroup: '0nothingnothing',
    groups: { plain: 'bigquery-users' },
  },
};

/** Status, then the code or reason and what the message must say. */
type Expected = [status: number, code?: string, says?: string];

function said({ status, body }: Answer): Expected {
  if (body === undefined) return [status];
  const code = body.errorCode ?? body.error?.errors?.[0].reason ?? body.error?.code;
  return [status, code, body.errorSummary ?? body.error?.message ?? ''];
}

function expectSaid(answer: Answer, [status, code, says]: Expected): void {
  const [gotStatus, gotCode, gotText] = said(answer);
  expect([gotStatus, ...(code === undefined ? [] : [gotCode])]).toEqual([
    status,
    ...(code === undefined ? [] : [code]),
  ]);
  if (says !== undefined) expect(gotText).toContain(says);
}

const STRANGER_OKTA = 'Resource not found: 00uNobodyNobodyNobod (User)';
const table: {
  name: string;
  steps(d: Dialect): Promise<Answer>;
  okta: Expected;
  entra: Expected;
  google: Expected;
}[] = [
  {
    name: 'adding a new member',
    steps: (d) => d.add(d.ends(d.groups['plain'] ?? '')),
    okta: [204],
    entra: [204],
    google: [200],
  },
  {
    name: 'adding a member again',
    steps: async (d) => {
      await d.add(d.ends(d.groups['plain'] ?? ''));
      return d.add(d.ends(d.groups['plain'] ?? ''));
    },
    okta: [204],
    entra: [400, 'Request_BadRequest', 'One or more added object references already exist'],
    google: [409, 'duplicate', 'Member already exists.'],
  },
  {
    name: 'removing a member',
    steps: async (d) => {
      await d.add(d.ends(d.groups['plain'] ?? ''));
      return d.remove(d.ends(d.groups['plain'] ?? ''));
    },
    okta: [204],
    entra: [204],
    google: [204],
  },
  {
    name: 'removing somebody who is no member',
    steps: (d) => d.remove(d.ends(d.groups['plain'] ?? '')),
    okta: [204],
    entra: [404, 'Request_ResourceNotFound', b.account('entra', 'requester').id],
    google: [404, 'notFound', 'Resource Not Found: memberKey'],
  },
  {
    name: 'adding somebody who does not exist',
    steps: (d) => d.add({ ...d.ends(d.groups['plain'] ?? ''), person: d.stranger }),
    okta: [404, 'E0000007', STRANGER_OKTA],
    entra: [404, 'Request_ResourceNotFound', dialects.entra.stranger],
    google: [404, 'notFound', 'Resource Not Found: memberKey'],
  },
  {
    name: 'adding to a group that does not exist',
    steps: (d) => d.add({ ...d.ends(d.groups['plain'] ?? ''), group: d.noGroup }),
    okta: [404, 'E0000007', '00gNothingNothingNot (UserGroup)'],
    entra: [404, 'Request_ResourceNotFound', dialects.entra.noGroup],
    google: [404, 'notFound', 'Resource Not Found: groupKey'],
  },
  {
    name: 'removing from a group that does not exist',
    steps: (d) => d.remove({ ...d.ends(d.groups['plain'] ?? ''), group: d.noGroup }),
    okta: [404, 'E0000007', '(UserGroup)'],
    entra: [404, 'Request_ResourceNotFound', dialects.entra.noGroup],
    google: [404, 'notFound', 'Resource Not Found: groupKey'],
  },
];

describe.each(['okta', 'entra', 'google'] as const)('%s', (directory) => {
  test.each(table)('$name', async (row) => {
    expectSaid(await row.steps(dialects[directory]), row[directory]);
  });
});

describe('groups that nobody may change by hand', () => {
  const kinds: [keyof typeof dialects, string, Expected][] = [
    ['okta', 'okta-directory-sync-sales', [403, 'E0000006']],
    ['okta', 'okta-everyone', [403, 'E0000006']],
    ['entra', 'entra-all-design', [403, 'Authorization_RequestDenied']],
    ['entra', 'entra-domain-vpn', [400, 'Request_BadRequest', 'on-premises mastered']],
    ['entra', 'entra-mail-releases', [400, 'Request_BadRequest', 'Cannot Update a mail-enabled']],
    ['google', 'google-team-sales', [412, 'conditionNotMet']],
  ];
  test.each(kinds)('%s refuses to change %s', async (directory, key, expected) => {
    const dialect = dialects[directory];
    expectSaid(await dialect.add(dialect.ends(key)), expected);
  });
});
