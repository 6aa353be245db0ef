import { expect, test } from 'vitest';
import { bench, call } from './bench';
import { GRAPH, OKTA, oktaToken } from './sign-in';

test('a saved state comes back as it was: memberships, tokens and keys', async () => {
  const b = bench();
  const { okta } = b.directories;
  const facts = okta.consoleFacts();
  const token = `Bearer ${(await oktaToken(b, facts)).body.access_token}`;
  const member = `/api/v1/groups/${b.group('figma-editors').id}/users/${b.account('okta', 'requester').id}`;
  await call(okta.routes, OKTA, `PUT ${member}`, { token });
  const saved: unknown = JSON.parse(JSON.stringify(okta.snapshot()));
  const rows = okta.memberships();
  await call(okta.routes, OKTA, `DELETE ${member}`, { token });

  const other = bench();
  other.directories.okta.restore(saved);
  expect(other.directories.okta.memberships()).toEqual(rows);
  expect(other.directories.okta.consoleFacts()).toEqual(facts);
  const reads = await call(other.directories.okta.routes, OKTA, 'GET /api/v1/groups?limit=1', {
    token,
  });
  expect(reads.status).toBe(200);
  b.clock.close();
  other.clock.close();
});

test('a snapshot does not follow what happens after it', async () => {
  const b = bench({ profile: { entraReadLagMs: 0 } });
  const { entra } = b.directories;
  const token = `Bearer ${entra.consoleFacts().adminToken}`;
  const before = entra.snapshot();
  const rows = entra.memberships();
  const group = b.group('salesforce-users').id;
  await call(entra.routes, GRAPH, `POST /v1.0/groups/${group}/members/$ref`, {
    token,
    body: {
      '@odata.id': `https://graph.microsoft.com/v1.0/users/${b.account('entra', 'friend').id}`,
    },
  });
  await call(entra.routes, GRAPH, `DELETE /v1.0/groups/${b.group('entra-team-launch').id}`, {
    token,
  });
  expect(entra.memberships()).not.toEqual(rows);
  entra.restore(before);
  expect(entra.memberships()).toEqual(rows);
  b.clock.close();
});

test('a restored directory repeats its chances, ids and all', async () => {
  const b = bench();
  const { okta } = b.directories;
  const saved = okta.snapshot();
  const token = `SSWS ${okta.consoleFacts().ssws}`;
  const made = async () => {
    okta.restore(saved);
    const body = { profile: { name: 'Made twice' } };
    return (await call(okta.routes, OKTA, 'POST /api/v1/groups', { token, body })).body.id;
  };
  expect(await made()).toBe(await made());
  b.clock.close();
});

test('answers are dated by the sandbox clock', async () => {
  const b = bench();
  await b.clock.advance(30 * 86_400_000);
  const { okta } = b.directories;
  const answer = await call(okta.routes, OKTA, 'GET /api/v1/groups', {});
  expect(Math.abs(Date.parse(answer.headers['date'] ?? '') - b.clock.now())).toBeLessThan(2000);
  b.clock.close();
});

test('what is not modelled is named, not guessed', async () => {
  const b = bench();
  const { okta } = b.directories;
  const answer = await call(okta.routes, OKTA, 'GET /api/v1/zones', {});
  expect(answer.status).toBe(501);
  expect(okta.routes.unmodelled).toEqual(['GET /api/v1/zones']);
  b.clock.close();
});
