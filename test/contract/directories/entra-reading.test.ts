import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  expression,
  literal,
  memberReference,
  within,
} from '../../../src/directories/entra/client';
import { Bench, failureIn, valueIn } from './bench';
import { byHand, openEntra, secret } from './entra-tenant';

const bench = new Bench();
beforeEach(() => bench.reset());
const person = (key = 'requester') => bench.account('entra', key).id;
const group = (key = 'salesforce-users') => bench.group('entra', key).id;
const ATTRIBUTE = { address: { accountAttribute: 'extensionAttribute3' } };
const hold = (key: string, value: string, name = 'extensionAttribute3') =>
  byHand(bench, 'PATCH', `/users/${person(key)}`, {
    onPremisesExtensionAttributes: { [name]: value },
  });

describe('a person of Entra ID', () => {
  test('has a title, a department and one switch for the status', async () => {
    const directory = await openEntra(bench);
    const world = bench.world.people.find(({ key }) => key === 'requester');
    expect(valueIn(await directory.person(person()))).toMatchObject({
      title: world?.title,
      department: world?.department,
      status: 'active',
    });
    expect(valueIn(await directory.person(person('leaver')))).toMatchObject({
      status: 'suspended',
      active: false,
    });
  });

  test('who never signed in is active all the same', async () => {
    const directory = await openEntra(bench);
    const made = await byHand(bench, 'POST', '/users', {
      accountEnabled: true,
      displayName: 'New',
      mailNickname: 'new',
      userPrincipalName: 'new@latchkey-demo.example',
      passwordProfile: { password: 'x' },
    });
    await bench.settle();
    const id = String(made.json?.['id']);
    expect(valueIn(await directory.person(id))?.status).toBe('active');
    expect(valueIn(await directory.lastActivity(id))).toMatchObject({ kind: 'no-data' });
  });

  test('is found by the attribute that holds the Atlassian account id, exactly', async () => {
    await hold('requester', '712020:aB-1');
    await hold('friend', '712020:ab-1');
    await bench.settle();
    const directory = await openEntra(bench, ATTRIBUTE);
    const ids = async (value: string) =>
      valueIn(await directory.findByAccount(value)).map(({ id }) => id);
    // Graph itself takes both for the same.
    expect(await ids('712020:aB-1')).toEqual([person()]);
    expect(await ids('712020:AB-1')).toEqual([]);
    for (const odd of ["' or 1 eq 1", 'a#b', 'a+b', 'a&$top=1', "o'neil", '']) {
      expect(await ids(odd), odd).toEqual([]);
    }
  });

  test.each([
    ["a'#+&b", 'extensionAttribute3'],
    ['712020:x', 'onPremisesExtensionAttributes/extensionAttribute3'],
  ])('is found by the value %s of %s', async (value, accountAttribute) => {
    await hold('requester', value);
    await bench.settle();
    const directory = await openEntra(bench, { address: { accountAttribute } });
    const found = valueIn(await directory.findByAccount(value));
    expect(found.map(({ id }) => id)).toEqual([person()]);
  });

  test('is found by an employee id, and by no attribute that could say anything else', async () => {
    await byHand(bench, 'PATCH', `/users/${person()}`, { employeeId: '4711' });
    await bench.settle();
    const by = (accountAttribute: string) => openEntra(bench, { address: { accountAttribute } });
    const found = valueIn(await (await by('employeeId')).findByAccount('4711'));
    expect(found.map(({ id }) => id)).toEqual([person()]);
    for (const wrong of ['displayName', 'extensionAttribute16', "mail eq 'x' or mail", 'a/b']) {
      const refused = failureIn(await (await by(wrong)).findByAccount('4711'));
      expect(refused).toMatchObject({ class: 'permanent', code: 'invalid' });
    }
    expect(valueIn(await (await openEntra(bench)).findByAccount('4711'))).toEqual([]);
  });

  test('is read with fourteen others in one call', async () => {
    const directory = await openEntra(bench);
    const all = bench.world.people.flatMap(({ accounts }) =>
      accounts.filter((a) => a.directory === 'entra').map(({ id }) => id),
    );
    const some = all.slice(0, 40);
    const read = valueIn(await directory.peopleById([...some, ...some, 'nobody']));
    expect(read.map(({ id }) => id).sort()).toEqual([...some].sort());
    expect(bench.calls()).toHaveLength(3);
  });

  test('is listed with everybody else, page by page', async () => {
    const directory = await openEntra(bench);
    const first = valueIn(await directory.listPeople());
    expect(first.cursor).toBeUndefined();
    expect(first.items.map(({ id }) => id)).toContain(person());
    expect(bench.calls()).toHaveLength(1);
  });
});

describe('a page of Entra ID', () => {
  test('that belongs to another list or host is not asked for', {
    tags: ['foreign-host'],
  }, async () => {
    const directory = await openEntra(bench);
    for (const odd of [
      'https://elsewhere.example/v1.0/users?$skiptoken=x',
      'https://graph.microsoft.com.elsewhere.example/v1.0/users?x=1',
      'https://graph.microsoft.com/v1.0/users/../applications?x=1',
      'https://graph.microsoft.com/v1.0/applications?x=1',
      'https://graph.microsoft.com@elsewhere.example/v1.0/users?x=1',
      'x',
    ]) {
      expect(failureIn(await directory.listPeople(odd)).code, odd).toBe('bad-answer');
      expect(failureIn(await directory.membersOf(group(), odd)).code, odd).toBe('bad-answer');
      expect(failureIn(await directory.changedGroups({ mark: odd })).code, odd).toBe(
        'mark-expired',
      );
    }
    expect(bench.calls()).toEqual([]);
  });

  test('that names a next one elsewhere is not believed', { tags: ['foreign-host'] }, async () => {
    const directory = await openEntra(bench);
    const body = { value: [], '@odata.nextLink': 'https://elsewhere.example/v1.0/users?x=1' };
    bench.faults.add({ server: 'entra', path: '/users$', status: 200, body, times: 1 });
    expect(failureIn(await directory.listPeople()).code).toBe('bad-answer');
  });
});

test('a page is recognised however Graph writes its address', () => {
  const v1 = 'https://graph.microsoft.com/v1.0';
  for (const link of [
    '/groups/delta?x=1',
    '/groups/microsoft.graph.delta()?x=1',
    '/Groups/delta()?x=1',
  ]) {
    expect(within('/groups/delta', v1 + link)).toEqual({ ok: true, value: v1 + link });
  }
  for (const link of [
    '/groups/delta2?x=1',
    '/groups?x=1',
    '/groups/delta/../x?x=1',
    '/groups/%2e%2e/x',
  ]) {
    expect(within('/groups/delta', v1 + link).ok, link).toBe(false);
  }
});

describe('groups of Entra ID', () => {
  const names = (found: readonly { name: string }[]) => found.map(({ name }) => name);

  test('are found by how their name begins, whatever its case', async () => {
    const directory = await openEntra(bench);
    const found = valueIn(await directory.searchGroups('sALESf'));
    expect(names(found)).toContain('Salesforce Users');
    expect(found.find(({ id }) => id === group())).toMatchObject({
      writable: true,
      kind: 'Security',
    });
    for (const odd of ["' or displayName ne '", 'a#b', 'a+b&c', "o'neil"]) {
      expect(valueIn(await directory.searchGroups(odd)), odd).toEqual([]);
    }
    expect(valueIn(await directory.searchGroups('')).length).toBe(50);
  });

  test('are called as the admin center calls them', async () => {
    const directory = await openEntra(bench);
    const all = valueIn(await directory.searchGroups(''));
    const kind = (of: Parameters<typeof bench.groupOfKind>[1]) =>
      all.find(({ id }) => id === bench.groupOfKind('entra', of).id)?.kind;
    expect(kind('dynamic')).toBe('Security, dynamic');
    expect(kind('m365')).toBe('Microsoft 365');
    expect(kind('mail')).toBe('Mail-enabled security');
  });

  test('that can hold administrator roles are privileged, and say why', {
    tags: ['privileged-group'],
  }, async () => {
    const directory = await openEntra(bench);
    const helpDesk = bench.groupOfKind('entra', 'privileged').id;
    expect(valueIn(await directory.inspectGroup(helpDesk))).toMatchObject({
      privileged: true,
      privilegedBecause: 'The group can hold administrator roles of Entra ID.',
      writable: { no: 'privileged' },
    });
  });

  test('tell who is in them, groups within groups and departments included', async () => {
    const outer = group('project-2');
    await byHand(bench, 'POST', `/groups/${outer}/members/$ref`, {
      '@odata.id': `https://graph.microsoft.com/v1.0/groups/${group()}`,
    });
    await bench.settle();
    const directory = await openEntra(bench);
    const { items } = valueIn(await directory.membersOf(outer));
    expect(items.find(({ id }) => id === group())).toEqual({ id: group(), kind: 'group' });
    const people = items.filter(({ kind }) => kind === 'person');
    expect(people.length).toBe(bench.group('entra', 'project-2').members.length);
    for (const { department } of people) expect(department).toBeTruthy();
    const gone = failureIn(await directory.membersOf('00000000-0000-4000-8000-000000000001'));
    expect(gone.code).toBe('group-not-found');
  });
});

describe('what changed in the groups', () => {
  const everything = async (ask: { mark?: string } = {}) => {
    const directory = await openEntra(bench);
    const changed = new Map<string, string>();
    const deleted: string[] = [];
    let pages = 0;
    let cursor: string | undefined;
    for (;;) {
      const page = valueIn(await directory.changedGroups(cursor ? { cursor } : ask));
      pages++;
      for (const one of page.changed) changed.set(one.id, one.name);
      deleted.push(...page.deleted);
      expect(page.whole).toBe(ask.mark === undefined);
      if (page.cursor === undefined) return { changed, deleted, pages, mark: page.mark ?? '' };
      cursor = page.cursor;
    }
  };
  const here = bench.world.groups.filter(({ directory }) => directory === 'entra');

  test('is everything at first, in the fewest pages', async () => {
    const { changed, deleted, pages, mark } = await everything();
    expect([...changed.keys()].sort()).toEqual(here.map(({ id }) => id).sort());
    expect(deleted).toEqual([]);
    expect(pages).toBe(Math.ceil(here.length / 100));
    expect(mark).toMatch(/^https:/);
    expect(bench.calls().every(({ path }) => !/members/.test(path))).toBe(true);
  });

  test('is a name, a kind and a deletion afterwards, and nothing else', {
    tags: ['group-deleted'],
  }, async () => {
    const { mark } = await everything();
    await bench.settle();
    expect(await everything({ mark })).toMatchObject({ changed: new Map(), deleted: [] });
    await byHand(bench, 'PATCH', `/groups/${group()}`, { displayName: 'Renamed' });
    await byHand(bench, 'DELETE', `/groups/${group('project-2')}`);
    await bench.settle();
    const { changed, deleted, pages } = await everything({ mark });
    expect(changed).toEqual(new Map([[group(), 'Renamed']]));
    expect(deleted).toEqual([group('project-2')]);
    expect(pages).toBe(1);
  });

  test('is not missed when a replica is behind', { tags: ['absent-or-lagging'] }, async () => {
    let { mark } = await everything();
    const seen = new Set<string>();
    await byHand(bench, 'PATCH', `/groups/${group()}`, { displayName: 'Renamed' });
    for (let i = 0; i < 12; i++) {
      const round = await everything({ mark });
      for (const id of round.changed.keys()) seen.add(id);
      mark = round.mark;
      await bench.clock.advance(1000);
    }
    expect(seen).toEqual(new Set([group()]));
  });

  test('is read from the beginning when the mark is a week old, or nothing that Graph made', async () => {
    const { mark } = await everything();
    await bench.clock.advance(8 * 86_400_000);
    const directory = await openEntra(bench);
    const old = failureIn(await directory.changedGroups({ mark }));
    expect(old).toMatchObject({ class: 'permanent', code: 'mark-expired' });
    const odd = 'https://graph.microsoft.com/v1.0/groups/delta?$deltatoken=odd';
    expect(failureIn(await directory.changedGroups({ mark: odd })).code).toBe('mark-expired');
    const waiting = { status: 503, body: 'later', times: 1 };
    bench.faults.add({ server: 'entra', path: 'delta', ...waiting });
    expect(failureIn(await directory.changedGroups({ mark })).code).toBe('server-error');
  });

  test('is completed where Graph tells only what changed, and told once', async () => {
    const directory = await openEntra(bench);
    const body = {
      value: [
        { id: group(), displayName: 'Half' },
        { id: group(), displayName: 'Half again' },
        { id: group('project-2'), '@removed': { reason: 'deleted' } },
      ],
      '@odata.deltaLink': 'https://graph.microsoft.com/v1.0/groups/delta?$deltatoken=x',
    };
    bench.faults.add({ server: 'entra', path: 'delta', status: 200, body, times: 1 });
    const told = valueIn(await directory.changedGroups({}));
    expect(told.changed).toEqual([
      expect.objectContaining({ id: group(), name: 'Salesforce Users', writable: true }),
    ]);
    expect(told.deleted).toEqual([group('project-2')]);
  });
});

describe('applications of Entra ID', () => {
  test('are those that people use, with the groups assigned to them', async () => {
    const directory = await openEntra(bench);
    const { items } = valueIn(await directory.listApps());
    expect(items.map(({ name }) => name)).toContain('Salesforce');
    expect(items.map(({ name }) => name)).not.toContain('Microsoft Graph Command Line Tools');
    const app = items.find(({ name }) => name === 'Salesforce');
    const assigned = valueIn(await directory.groupsOfApp(app?.id ?? ''));
    expect(assigned.items).toContain(group());
    expect(new Set(assigned.items).size).toBe(assigned.items.length);
    for (const id of assigned.items) {
      expect(valueIn(await directory.describeGroup(id)), 'no person among them').not.toBeNull();
    }
  });

  test('need a permission, and the answer names it', { tags: ['credential-refused'] }, async () => {
    const directory = await openEntra(bench, { as: secret(bench, 'least') });
    for (const refused of [
      failureIn(await directory.listApps()),
      failureIn(await directory.groupsOfApp(group())),
    ]) {
      expect(refused).toMatchObject({ class: 'needs-human', code: 'scope-missing' });
      expect(refused.detail).toContain('Application.Read.All');
    }
  });
});

describe('when somebody was last seen', () => {
  const salesforce = async () => {
    const apps = valueIn(await (await openEntra(bench)).listApps()).items;
    return apps.find(({ name }) => name === 'Salesforce')?.id ?? '';
  };
  const seenPeople = async () => {
    const directory = await openEntra(bench);
    const told = [];
    for (const id of bench.group('entra', 'salesforce-users').members.slice(0, 12)) {
      const activity = valueIn(await directory.lastActivity(id));
      if (activity.kind === 'seen') told.push({ id, at: activity.at });
    }
    return told.sort((a, b) => b.at.localeCompare(a.at));
  };

  test('is the last successful sign-in, not the last attempt', async () => {
    const [latest] = await seenPeople();
    const read = await byHand(bench, 'GET', `/users/${latest?.id}?$select=id,signInActivity`);
    const activity = read.json?.['signInActivity'] as Record<string, string>;
    const { lastSuccessfulSignInDateTime: success = '', lastSignInDateTime: attempt = '' } =
      activity;
    expect(Date.parse(latest?.at ?? '')).toBe(Date.parse(success));
    expect(Date.parse(attempt)).toBeGreaterThan(Date.parse(success));
  });

  test('in one application leaves out what failed', async () => {
    const directory = await openEntra(bench);
    const app = await salesforce();
    const [latest] = await seenPeople();
    const within = valueIn(await directory.lastActivity(latest?.id ?? '', app));
    expect(within).toMatchObject({ kind: 'seen', at: latest?.at, source: 'Entra sign-in logs' });
    const nobody = bench.account('entra', 'owner').id;
    expect(valueIn(await directory.lastActivity(nobody, app)).kind).toBe('no-data');
  });

  test.each(['least', 'free'] as const)('is no data, with the reason (%s)', async (why) => {
    const app = await salesforce();
    if (why === 'free') bench.directories.entra.setLicence('free');
    const directory = await openEntra(bench, why === 'least' ? { as: secret(bench, 'least') } : {});
    for (const activity of [
      valueIn(await directory.lastActivity(person())),
      valueIn(await directory.lastActivity(person(), app)),
    ]) {
      expect(activity).toMatchObject({ kind: 'no-data' });
      if (activity.kind === 'no-data') {
        expect(activity.why).toMatch(why === 'free' ? /licence/ : /lacks/);
      }
    }
  });

  test('of somebody who is gone is a question, not silence', async () => {
    const directory = await openEntra(bench);
    const nobody = '00000000-0000-4000-8000-000000000002';
    expect(failureIn(await directory.lastActivity(nobody)).code).toBe('person-not-found');
  });

  test('may be asked five times in ten seconds, and nothing else waits for it', {
    tags: ['rate-limited'],
  }, async () => {
    const app = await salesforce();
    const directory = await openEntra(bench);
    await bench.clock.advance(20_000);
    for (let i = 0; i < 5; i++) valueIn(await directory.lastActivity(person(), app));
    const slow = failureIn(await directory.lastActivity(person(), app));
    expect(slow).toMatchObject({ code: 'rate-limited' });
    const asked = bench.calls().length;
    expect(failureIn(await directory.lastActivity(person(), app)).code).toBe('rate-limited');
    expect(bench.calls()).toHaveLength(asked);
    valueIn(await directory.describeGroup(group()));
    await bench.clock.advance((slow.retryAfter ?? 0) * 1000);
    valueIn(await directory.lastActivity(person(), app));
  });
});

describe('what is written into an address of Graph', () => {
  test('is a reference to a member for every two ids, or nothing', () => {
    const id = fc.uuid();
    fc.assert(
      fc.property(id, id, (one, other) => {
        const path = memberReference({ group: one, person: other });
        return path.endsWith('/$ref') && path.split('/').length === 6;
      }),
    );
    const odd = fc.string().filter((text) => !/^[0-9a-f-]{36}$/i.test(text));
    fc.assert(
      fc.property(odd, id, (wrong, right) => {
        expect(() => memberReference({ group: wrong, person: right })).toThrow();
        expect(() => memberReference({ group: right, person: wrong })).toThrow();
      }),
    );
  });

  test('comes out of the query as it went in, and never ends the text it stands in', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const url = new URL(
          `https://x.example/?$filter=${expression(`mail eq ${literal(value)}`)}&z=1`,
        );
        const read = url.searchParams.get('$filter') ?? '';
        expect(url.searchParams.get('z')).toBe('1');
        expect(/^mail eq '((?:[^']|'')*)'$/s.exec(read)?.[1]?.replaceAll("''", "'")).toBe(value);
      }),
    );
  });
});
