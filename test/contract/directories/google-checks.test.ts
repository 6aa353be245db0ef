import { beforeEach, describe, expect, test } from 'vitest';
import type { CheckLine, Credential } from '../../../src/directories/directory';
import type { Http } from '../../../src/forge/ports';
import { Bench, failureIn, valueIn } from './bench';
import {
  account,
  byHand,
  delegated,
  heldToDescription,
  openGoogle,
  subject,
  withoutScopes,
} from './google-subject';

describe('the checklist of a connection to Google', () => {
  const bench = new Bench();
  beforeEach(() => bench.reset());
  heldToDescription(bench);
  const m = () => ({
    group: bench.group('google', 'bigquery-users').id,
    person: bench.account('google', 'requester').id,
  });
  const run = async (credential: Credential = delegated(bench), more = {}) => {
    const lines = await (await openGoogle(bench, { credential, ...more })).selfTest(m());
    return new Map(lines.map((line) => [line.id, line]));
  };
  const states = (lines: Map<string, CheckLine>, state: CheckLine['state']) =>
    [...lines.values()].filter((line) => line.state === state).map(({ id }) => id);

  test('passes with the least scopes and a role that is no super administrator', async () => {
    const lines = await run();
    expect(states(lines, 'failed')).toEqual([]);
    expect(states(lines, 'warning')).toEqual([]);
    expect(states(lines, 'not-tested')).toEqual(['native-expiry']);
    expect(lines.get('change-test-group')?.state).toBe('passed');
    expect(bench.isReallyIn('google', m())).toBe(false);
  });

  test('passes with a role of the service account itself, and says what it cannot see', async () => {
    const lines = await run(account(bench));
    expect(states(lines, 'failed')).toEqual([]);
    expect(states(lines, 'not-tested')).toEqual(['end-sessions', 'native-expiry', 'power']);
  });

  test('names each scope that the delegation lacks, with Google’s own words', {
    tags: ['credential-refused'],
  }, async () => {
    const lines = await run(delegated(bench, 'weak'));
    expect(states(lines, 'failed')).toEqual([
      'token',
      'scope-admin.directory.group.member',
      'change-test-group',
    ]);
    const token = lines.get('token');
    expect(token?.said).toMatch(/^unauthorized_client: Client is unauthorized/);
    expect(token?.mend).toContain('Domain-wide delegation');
    expect(token?.mend).toContain('https://www.googleapis.com/auth/admin.directory.group.member');
  });

  test.each([
    ['a key that was deleted', (b: Bench) => delegated(b)],
    [
      'an administrator who does not exist',
      (b: Bench) => ({ ...account(b), subject: 'x@y.example' }),
    ],
  ])('says what to look at for %s', { tags: ['credential-refused'] }, async (what, credential) => {
    const { serviceAccountJson: file } = bench.directories.google.consoleFacts();
    if (what.startsWith('a key')) {
      const keys = `/v1/projects/x/serviceAccounts/${file.client_email}/keys`;
      await byHand(bench, `DELETE ${keys}/${file.private_key_id}`);
    }
    const lines = await run(credential(bench));
    expect(states(lines, 'failed')).toEqual(['token']);
    expect(lines.get('token')?.said).toMatch(/^invalid_grant: /);
    expect(lines.get('token')?.mend).toContain('Keys');
  });

  test('tells a missing role from a missing scope', { tags: ['credential-refused'] }, async () => {
    const lines = await run(account(bench, 'weak'));
    expect(states(lines, 'failed')).toEqual(['read-people', 'read-groups', 'change-test-group']);
    expect(lines.get('read-groups')).toMatchObject({
      said: 'forbidden: Not Authorized to access this resource/api',
      mend: expect.stringContaining('Admin roles'),
    });
  });

  test('warns of what is left out by what it means', async () => {
    const http = withoutScopes(bench, /cloud-identity|rolemanagement|reports|security/);
    const lines = await run(delegated(bench), { http });
    expect(states(lines, 'warning')).toEqual([
      'admin-roles',
      'group-kinds',
      'activity',
      'end-sessions',
    ]);
    expect(states(lines, 'failed')).toEqual(['native-expiry']);
    expect(lines.get('group-kinds')?.sentence).toContain('taken for writable');
    expect(valueIn(await (await openGoogle(bench, { http })).ensureMember(m())).outcome).toBe(
      'changed',
    );
  });

  test('warns of a super administrator to act for and refuses far too many scopes', async () => {
    const { superAdmin } = bench.directories.google.consoleFacts();
    const over = await run({ ...account(bench), subject: superAdmin });
    expect(over.get('power')).toMatchObject({
      state: 'warning',
      sentence: expect.stringContaining('super administrator'),
      mend: expect.stringContaining('role of its own'),
    });
    const far = await run(delegated(bench, 'powerful'));
    expect(far.get('power')).toMatchObject({
      state: 'refused',
      sentence: expect.stringContaining('delete any person'),
    });
  });

  test('does not take a busy answer for the proof that a dangerous scope is not authorized', {
    tags: ['rate-limited'],
  }, async () => {
    const http: Http = async (url, init) => {
      const assertion = new URLSearchParams(init.body ?? '').get('assertion') ?? '';
      const claims = Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString();
      return claims.includes('admin.directory.user"')
        ? Response.json({}, { status: 429 })
        : bench.http(url, init);
    };
    expect((await run(delegated(bench), { http })).get('power')).toMatchObject({
      state: 'not-tested',
      passing: true,
    });
  });

  test('goes on with the next key when the first is deleted', {
    tags: ['credential-refused'],
  }, async () => {
    const { serviceAccountJson: file } = bench.directories.google.consoleFacts();
    valueIn(await (await openGoogle(bench)).describeGroup(m().group));
    const keys = `/v1/projects/x/serviceAccounts/${file.client_email}/keys`;
    await byHand(bench, `DELETE ${keys}/${file.private_key_id}`);
    const next = delegated(bench, 'nextServiceAccountJson');
    valueIn(await (await openGoogle(bench, { credential: next })).ensureMember(m()));
    bench.tokens.tokens.clear();
    const old = failureIn(await (await openGoogle(bench)).ensureMember(m()));
    expect(old).toMatchObject({ class: 'needs-human', code: 'credential-refused' });
  });

  test('leaves who was in the test group in it', { tags: ['already-a-member'] }, async () => {
    const path = `/admin/directory/v1/groups/${m().group}/members`;
    await byHand(bench, `POST ${path}`, { id: m().person });
    const lines = await run();
    expect(lines.get('change-test-group')?.state).toBe('not-tested');
    expect(bench.isReallyIn(subject.name, m())).toBe(true);
  });
});
