import { beforeEach, describe, expect, test } from 'vitest';
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

const USERS = '/admin/directory/v1/users';

describe('people of Google Workspace', () => {
  const bench = new Bench();
  beforeEach(() => bench.reset());
  heldToDescription(bench);
  const open = (more = {}) => openGoogle(bench, more);
  const requester = () => bench.account('google', 'requester');
  const all = bench.world.people.flatMap((person) =>
    person.accounts.filter((a) => a.directory === 'google').map((a) => ({ ...a, person })),
  );
  const ending = (digits: string) =>
    all.find(({ id }) => digits.includes(id.at(-1) ?? ''))?.id ?? '';

  test('are found by an alias, with their primary address', {
    tags: ['email-mismatch'],
  }, async () => {
    const owner = all.find(
      ({ email, person }) =>
        /[13579]$/.test(person.key) && person.jira && email !== person.jira.email,
    );
    const found = valueIn(await (await open()).findPeople(owner?.person.jira?.email ?? ''));
    expect(found).toMatchObject([{ id: owner?.id, email: owner?.email }]);
  });

  test('keep their id when their primary address changes, and are found by both', {
    tags: ['email-mismatch'],
  }, async () => {
    const { id, email } = requester();
    const renamed = `new.name@${bench.world.google.domain}`;
    await byHand(bench, `PUT ${USERS}/${id}`, { primaryEmail: renamed });
    const directory = await open();
    const person = valueIn(await directory.person(id));
    expect(person).toMatchObject({ id, email: renamed });
    for (const address of [email, renamed]) {
      expect(valueIn(await directory.findPeople(address)).map((one) => one.id)).toEqual([id]);
    }
  });

  test('tell suspended from archived, title and department with them', {
    tags: ['person-suspended'],
  }, async () => {
    const { id } = requester();
    const directory = await open();
    expect(valueIn(await directory.person(id))).toMatchObject({
      status: 'active',
      department: 'Design',
      title: expect.any(String),
    });
    const organizations = [{ title: 'Lead', department: 'Research', primary: true }];
    await byHand(bench, `PUT ${USERS}/${id}`, { suspended: true, organizations });
    expect(valueIn(await directory.person(id))).toMatchObject({
      status: 'suspended',
      active: false,
      department: 'Research',
      title: 'Lead',
    });
    await byHand(bench, `PUT ${USERS}/${id}`, { archived: true });
    expect(valueIn(await directory.person(id))).toMatchObject({ status: 'deactivated' });
  });

  test('are found by the attribute that holds their account, as it is written', async () => {
    const { id, person } = all.find((one) => one.person.jira && one.person.key === 'requester') ?? {
      id: '',
      person: undefined,
    };
    const accountId = person?.jira?.accountId ?? '';
    const directory = await open();
    expect(valueIn(await directory.findByAccount(accountId)).map((p) => p.id)).toEqual([id]);
    for (const wrong of [accountId.slice(1), `${accountId}*`, `x' email:*`, '']) {
      expect(valueIn(await directory.findByAccount(wrong)), wrong).toEqual([]);
    }
    const upper = accountId.toUpperCase();
    if (upper !== accountId) expect(valueIn(await directory.findByAccount(upper))).toEqual([]);
    const odd = await open({ attribute: 'nickname or so' });
    expect(failureIn(await odd.findByAccount(accountId)).code).toBe('invalid');
  });

  test('are read many at once, and listed in pages of 500', async () => {
    const ids = all.slice(0, 12).map(({ id }) => id);
    const directory = await open();
    const many = valueIn(await directory.peopleById([...ids, subject.missing.person]));
    expect(many.map(({ id }) => id)).toEqual(ids);
    bench.forgetCalls();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = valueIn(await directory.listPeople(cursor));
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(new Set(seen)).toEqual(new Set(all.map(({ id }) => id)));
    expect(bench.calls()).toHaveLength(Math.ceil(seen.length / 500));
  });

  test('who never signed in have no date, and others the one of their last sign-in', async () => {
    const directory = await open();
    expect(valueIn(await directory.lastActivity(ending('0')))).toMatchObject({
      kind: 'no-data',
      why: 'Google has seen no sign-in of this person.',
      source: 'lastLoginTime (Directory API)',
    });
    expect(valueIn(await directory.lastActivity(ending('3')))).toMatchObject({
      kind: 'seen',
      at: '2025-12-03T07:30:00.000Z',
    });
    const nobody = failureIn(await directory.lastActivity(subject.missing.person));
    expect(nobody.code).toBe('person-not-found');
  });

  test('have used an application when Google reports it, hours late, and not by withdrawing', async () => {
    const { appClientId } = bench.directories.google.consoleFacts();
    const directory = await open();
    const use = async (digits: string) =>
      valueIn(await directory.lastActivity(ending(digits), appClientId));
    // Today's use of 08:00 is not in the report at 09:00.
    const today = new Date(bench.clock.now()).toISOString().slice(0, 10);
    const daily = await use('01234');
    expect(daily).toMatchObject({ kind: 'seen', source: 'Token activity (Reports API)' });
    const hour = new Date(bench.clock.now()).getUTCHours();
    if (daily.kind === 'seen' && hour < 11) expect(daily.at < `${today}T00`).toBe(true);
    const withdrawn = await use('567');
    const thirtyDaysAgo = bench.clock.now() - 30 * 86_400_000;
    if (withdrawn.kind !== 'seen') throw new Error('The consent was not seen');
    expect(Math.abs(Date.parse(withdrawn.at) - thirtyDaysAgo)).toBeLessThan(60_000);
    expect(await use('89')).toMatchObject({
      kind: 'no-data',
      why: expect.stringContaining('180 days'),
    });
    const odd = failureIn(await directory.lastActivity(ending('0'), `${appClientId},x==y`));
    expect(odd.code).toBe('invalid');
  });

  test('are not called inactive where the permission to look is missing', {
    tags: ['credential-refused'],
  }, async () => {
    const { appClientId } = bench.directories.google.consoleFacts();
    const directory = await open({ http: withoutScopes(bench, /admin\.reports/) });
    const activity = valueIn(await directory.lastActivity(requester().id, appClientId));
    expect(activity).toMatchObject({
      kind: 'no-data',
      why: expect.stringContaining('lacks a permission'),
    });
  });

  test('are signed out, and nobody is left to sign out when they are gone', async () => {
    const directory = await open({ credential: account(bench) });
    const { id } = requester();
    expect(valueIn(await directory.endSessions(id)).status).toBe(204);
    expect(bench.calls().at(-1)?.path).toBe(`${USERS}/${id}/signOut`);
    const gone = valueIn(await directory.endSessions(subject.missing.person));
    expect(gone.outcome).toBe('person-gone');
    const http = withoutScopes(bench, /user\.security/);
    const poor = await open({ credential: delegated(bench), http });
    const refused = failureIn(await poor.endSessions(id));
    expect(refused).toMatchObject({ class: 'needs-human', code: 'scope-missing' });
  });
});
