import { describe, expect, test } from 'vitest';
import type { Http } from '../../../src/forge/ports';
import { failureIn, valueIn } from './bench';
import {
  account,
  byHand,
  delegated,
  heldToDescription,
  openGoogle,
  quota,
  subject,
} from './google-subject';
import { directoryContract } from './suite';

const MEMBERS = '/admin/directory/v1/groups';

describe('Google Workspace', () => {
  const bench = directoryContract(subject);
  heldToDescription(bench);
  const open = (credential: ReturnType<typeof account> = delegated(bench), http?: Http) =>
    openGoogle(bench, { credential, ...(http && { http }) });
  const analysts = () => ({
    group: bench.group('google', 'bigquery-users').id,
    person: bench.account('google', 'requester').id,
  });
  const refuse = (where: { method: string; path: string }, status: number, reason: string) =>
    bench.faults.add({
      ...where,
      server: 'google',
      status,
      body: { error: { code: status, message: reason, errors: [{ reason, message: reason }] } },
    });

  test('a role of the service account itself does as well as an administrator to act for', async () => {
    valueIn(await (await open(account(bench))).ensureMember(analysts()));
    expect(bench.isReallyIn('google', analysts())).toBe(true);
  });

  test.each([
    [403, 'userRateLimitExceeded'],
    [403, 'rateLimitExceeded'],
    [403, 'quotaExceeded'],
    [429, 'rateLimitExceeded'],
  ])(
    'a %i for %s is a limit and no refusal',
    { tags: ['rate-limited'] },
    async (status, reason) => {
      const directory = await open();
      bench.faults.add({ ...subject.add, server: 'google', status, body: quota(reason), times: 1 });
      const slow = failureIn(await directory.ensureMember(analysts()));
      expect(slow).toMatchObject({ class: 'retryable', code: 'rate-limited' });
      // No time was named, so the usual pause is kept for all that is asked of this API.
      const next = failureIn(await directory.person(analysts().person));
      expect(next).toMatchObject({ code: 'rate-limited', retryAfter: 30 });
    },
  );

  test('a read that fails is not repeated by the library', async () => {
    const directory = await open();
    valueIn(await directory.describeGroup(analysts().group));
    bench.forgetCalls();
    bench.faults.add({ server: 'google', method: 'GET', path: '/groups/', status: 503 });
    failureIn(await directory.describeGroup(analysts().group));
    expect(bench.calls()).toHaveLength(1);
  });

  test('somebody whose id is gone is not taken in as an outsider', async () => {
    const directory = await open();
    failureIn(await directory.ensureMember({ ...analysts(), person: subject.missing.person }));
    const [call] = bench.calls();
    expect(JSON.parse(call?.requestBody ?? '')).toEqual({
      id: subject.missing.person,
      role: 'MEMBER',
    });
  });

  test('an owner of the group is a member already', { tags: ['already-a-member'] }, async () => {
    const { group } = analysts();
    const { members } = (await byHand(bench, `GET ${MEMBERS}/${group}/members?roles=OWNER`)) as {
      members: { id: string }[];
    };
    const owner = { group, person: members[0]?.id ?? '' };
    const receipt = valueIn(await (await open()).ensureMember(owner));
    expect(receipt).toMatchObject({ outcome: 'already-so', status: 409 });
  });

  test('a member of a member group is no member, and removing them changes nothing', async () => {
    const outer = bench.group('google', 'project-3').id;
    const { group, person } = analysts();
    await byHand(bench, `POST ${MEMBERS}/${outer}/members`, { id: group });
    await byHand(bench, `POST ${MEMBERS}/${group}/members`, { id: person });
    const directory = await open();
    const nested = { group: outer, person };
    expect(valueIn(await directory.isMember(nested))).toBe(false);
    expect(valueIn(await directory.ensureNotMember(nested)).outcome).toBe('already-so');
    expect(bench.isReallyIn('google', analysts())).toBe(true);
  });

  test('a member that Google calls invalid is gone only when the person is', {
    tags: ['absent-or-lagging'],
  }, async () => {
    const directory = await open();
    refuse(subject.remove, 400, 'invalid');
    const odd = failureIn(await directory.ensureNotMember(analysts()));
    expect(odd).toMatchObject({ class: 'permanent', code: 'invalid' });
    const nobody = { ...analysts(), person: subject.missing.person };
    expect(valueIn(await directory.ensureNotMember(nobody)).outcome).toBe('person-gone');
  });

  test('a locked group is left to the system that fills it', {
    tags: ['filled-by-rule'],
  }, async () => {
    const { group } = analysts();
    await byHand(bench, `PATCH /v1/groups/${group}?updateMask=labels`, {
      labels: { 'cloudidentity.googleapis.com/groups.locked': '' },
    });
    const directory = await open();
    expect(valueIn(await directory.inspectGroup(group))?.writable).toMatchObject({ no: 'synced' });
    const refused = failureIn(await directory.ensureMember(analysts()));
    expect(refused).toMatchObject({ class: 'permanent', code: 'group-not-writable' });
  });

  test('a group that was given an administrator role is known and refused', {
    tags: ['privileged-group', 'group-turned-privileged'],
  }, async () => {
    const { group } = analysts();
    const { customerId, groupsAdminRoleId: roleId } = bench.directories.google.consoleFacts();
    const directory = await open();
    expect(valueIn(await directory.inspectGroup(group))?.privileged).toBe(false);
    const roles = `/admin/directory/v1/customer/${customerId}/roleassignments`;
    await byHand(bench, `POST ${roles}`, { roleId, assignedTo: group });
    expect(valueIn(await directory.inspectGroup(group))).toMatchObject({
      privileged: true,
      privilegedBecause: expect.stringContaining('_GROUPS_ADMIN_ROLE'),
      unseen: [],
    });
    const refused = failureIn(await directory.ensureMember(analysts()));
    expect(refused).toMatchObject({ class: 'permanent', code: 'group-not-writable' });
  });

  test('all pages of a person’s groups are read, and a list without an end is not', {
    tags: ['cursor-loops'],
  }, async () => {
    let page = 0;
    const pages =
      (last: number): Http =>
      async (url, init) => {
        if (/token$/.test(url)) return bench.http(url, init);
        page++;
        return Response.json({
          groups: [{ id: `g${page}` }],
          ...(page < last && { nextPageToken: `t${page}` }),
        });
      };
    const { person } = analysts();
    const directory = await open(delegated(bench), pages(3));
    expect(valueIn(await directory.groupsOf(person))).toEqual(['g1', 'g2', 'g3']);
    const endless = await open(delegated(bench), pages(Number.POSITIVE_INFINITY));
    expect(failureIn(await endless.groupsOf(person)).code).toBe('too-large');
  });
});
