/** Who decides: every source, whoever stands in, and nobody who is a party, by whatever way they come in. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Rules, Source, StageRule } from '../../src/contracts/policy';
import { resolveStages } from '../../src/policy/approvers';
import { type Cover, covers } from '../../src/policy/cover-record';
import type { StageNeeded } from '../../src/policy/model/evaluate';
import { startingPolicy } from '../../src/policy/model/tiers';
import { links } from '../../src/requests/person';
import { DAY, plusSeconds } from '../../src/shared/instant';
import { put } from '../../src/shared/record';
import { anApp, anOffer, aRole } from '../builders/catalog';
import { PERSON, SmallSite } from '../builders/small-site';

let site: SmallSite;
beforeEach(async () => {
  site = new SmallSite();
  await site.seed();
  for (const name of ['boss', 'chief', 'second', 'third', 'queue', 'other-queue']) lives(name);
  reportsTo(PERSON, 'p-boss');
  reportsTo('p-boss', 'p-chief');
});

/** In Jira and, as `p-…`, in the directory. */
function lives(name: string): void {
  site.jira.person(name);
  const email = `${name}@latchkey-demo.example`;
  site.directory.people.set(`p-${name}`, {
    id: `p-${name}`,
    email,
    addresses: [email],
    displayName: name,
    active: true,
  });
}
function reportsTo(id: string, manager: string): void {
  const one = site.directory.people.get(id);
  if (one) site.directory.people.set(id, { ...one, manager });
}
async function linked(accountId: string, personId: string): Promise<void> {
  const at = site.clock.now();
  const link = {
    v: 1,
    accountId,
    connectionId: 'main',
    personId,
    linkedBy: 'operator',
    at,
  } as const;
  await site.store.transact([put(links, link, 0)]);
}
async function covered(away: string, cover: string, over: Partial<Cover> = {}): Promise<void> {
  const now = site.clock.now();
  const one: Cover = {
    v: 1,
    id: `${away}.${cover}`,
    away,
    cover,
    from: plusSeconds(now, -DAY),
    until: plusSeconds(now, DAY),
    setBy: away,
    setAt: now,
    status: 'set',
    ...over,
  };
  await site.store.transact([put(covers, one, 0)]);
}
function group(id: string, ...people: string[]): void {
  site.directory.groups.set(id, { id, name: `The ${id}`, writable: true, privileged: false });
  for (const person of people) site.directory.put({ group: id, person }, true);
}

interface Asking {
  readonly stages: readonly (Pick<StageRule, 'from'> & Partial<StageNeeded>)[];
  readonly rules?: Partial<Rules>;
  readonly fallback?: string[];
  readonly owner?: string;
  readonly parties?: { accounts: string[]; persons: string[] };
}
const PARTIES = { accounts: ['requester'], persons: [PERSON] };

async function resolved({ stages, rules, fallback = [], owner = 'owner', parties }: Asking) {
  const offer = anOffer({
    app: anApp({ owner }),
    role: aRole({ ...(rules && { rules }) }),
    site: { ...startingPolicy, fallback },
  });
  return resolveStages(site.deps(), site.directory, {
    offer,
    stages: stages.map((one, i) => ({ id: `s${i}`, needs: 'any', ...one })),
    beneficiary: PERSON,
    parties: parties ?? PARTIES,
  });
}
async function chain(asking: Asking): Promise<string> {
  const read = await resolved(asking);
  if (!read.ok) return 'refusal' in read.error ? read.error.refusal.check : read.error.failure.code;
  return read.value
    .map((s) => {
      const groups = (s.groups ?? []).map((g) => `[${g.id}]`);
      const people = [...s.approvers.map((a) => a.accountId), ...groups].join('+');
      return s.needs === 1 ? people : `${s.needs} of ${people}`;
    })
    .join(' > ');
}
const MANAGER: Source = { kind: 'manager' };
const OWNER: Source = { kind: 'owner' };
const ABOVE: Source = { kind: 'managers-manager' };
const people = (...accounts: string[]): Source => ({ kind: 'people', accounts });
const inGroup = (id: string): Source => ({
  kind: 'directory-group',
  connection: 'main',
  group: id,
});
const SECURITY: Source = { kind: 'jira-group', group: 'g-1', name: 'security' };
const one = (...from: Source[]) => ({ stages: [{ from }] });

describe('each source names its people', () => {
  test.each<[string, Asking, string]>([
    ['the manager', one(MANAGER), 'boss'],
    ["the manager's manager", one(ABOVE), 'chief'],
    ['the owner', one(OWNER), 'owner'],
    ['named people, any of them', one(people('second', 'third')), 'second+third'],
    ['several sources', one(MANAGER, OWNER), 'boss+owner'],
    ['a Jira group as a whole', one(SECURITY), '[g-1]'],
    ['all of them', { stages: [{ from: [MANAGER, OWNER], needs: 'all' }] }, '2 of boss+owner'],
    [
      'two of three',
      { stages: [{ from: [people('second', 'third', 'queue')], needs: 2 }] },
      '2 of second+third+queue',
    ],
    ['one after the other', { stages: [{ from: [MANAGER] }, { from: [OWNER] }] }, 'boss > owner'],
  ])('%s', async (_, asking, wanted) => {
    expect(await chain(asking)).toBe(wanted);
  });

  test('a directory group: its active members with one account each, and the group itself', async () => {
    group('reviewers', 'p-second', 'p-third', 'p-nobody', PERSON);
    site.directory.people.set('p-nobody', {
      id: 'p-nobody',
      email: 'nobody@latchkey-demo.example',
      addresses: [],
      displayName: 'nobody',
      active: true,
    });
    expect(await chain(one(inGroup('reviewers')))).toBe('second+third+[reviewers]');
    const third = site.directory.people.get('p-third');
    if (third) site.directory.people.set('p-third', { ...third, active: false });
    expect(await chain(one(inGroup('reviewers')))).toBe('second+[reviewers]');
  });

  test('of a large group twenty are asked', async () => {
    const names = Array.from({ length: 25 }, (_, n) => `m${String(n).padStart(2, '0')}`);
    for (const name of names) lives(name);
    group('crowd', ...names.map((name) => `p-${name}`));
    const read = await resolved(one(inGroup('crowd')));
    expect(read.ok && read.value[0]?.approvers).toHaveLength(20);
  });

  test('with the source in words and the hour it was read', async () => {
    const read = await resolved(one(MANAGER));
    const at = site.clock.now();
    expect(read.ok && read.value[0]?.approvers).toMatchObject([
      { accountId: 'boss', because: 'manager in Okta', readAt: at, personId: 'p-boss' },
    ]);
  });
});

describe('when whoever is named cannot be asked', () => {
  const away = (name: string) => site.jira.person(name, { active: false });
  test.each<[string, () => unknown, Asking, string]>([
    ['the owner decides', () => reportsTo(PERSON, ''), one(MANAGER), 'owner'],
    [
      'then the IT queue, any of it',
      () => away('owner'),
      { ...one(OWNER), fallback: ['queue', 'other-queue'] },
      'queue+other-queue',
    ],
    ['nobody without a queue', () => away('owner'), one(OWNER), 'approver-active'],
    [
      'one of the queue for each place where all have to agree',
      () => away('third'),
      {
        stages: [{ from: [people('second', 'third')], needs: 'all' }],
        fallback: ['queue', 'boss'],
      },
      '2 of second+owner',
    ],
    [
      'fewer than a number are filled up',
      () => away('third'),
      { stages: [{ from: [people('second', 'third')], needs: 2 }] },
      '2 of second+owner',
    ],
    [
      'others of the stage are enough',
      () => away('third'),
      one(people('second', 'third')),
      'second',
    ],
    ['an empty group gives way', () => group('empty'), one(inGroup('empty')), 'owner'],
    ['a group that is gone gives way', () => undefined, one(inGroup('gone')), 'owner'],
    [
      'and refused is what is short even then',
      () => [away('third'), away('owner')],
      { stages: [{ from: [people('second', 'third')], needs: 2 }] },
      'approver-active',
    ],
  ])('%s', async (_, before, asking, wanted) => {
    before();
    expect(await chain(asking)).toBe(wanted);
  });

  test('it says whose place it is, and why', async () => {
    reportsTo(PERSON, '');
    const read = await resolved(one(MANAGER));
    expect(read.ok && read.value[0]?.approvers[0]?.because).toBe(
      'owner of the app in the catalog, because the directory names no active manager',
    );
  });

  test('who is asked if nobody answers is resolved with it', async () => {
    const read = await resolved({ ...one(MANAGER), fallback: ['queue', 'requester', 'boss'] });
    const names = read.ok && read.value[0]?.fallbacks?.map(({ accountId }) => accountId);
    expect(names).toEqual(['owner', 'queue']);
  });

  test('a directory that does not answer is waited for', { tags: ['directory-down'] }, async () => {
    site.directory.trouble = (call) => (call === 'managerOf' ? 'cut' : undefined);
    expect(await chain(one(MANAGER))).toBe('timeout');
  });
});

describe('one person decides in one stage', { tags: ['one-person-two-stages'] }, () => {
  const two = (a: Source, b: Source, rules: Partial<Rules> = {}): Asking => ({
    stages: [{ from: [a] }, { from: [b] }],
    rules,
  });
  test.each<[string, Asking, string]>([
    [
      'and the queue in the next',
      { ...two(MANAGER, people('boss')), fallback: ['queue'] },
      'boss > owner',
    ],
    ['refused without anybody else', { ...two(OWNER, OWNER) }, 'approvers-distinct'],
    ['unless the policy lets them', two(OWNER, OWNER, { distinct: false }), 'owner > owner'],
    ['spared where others are', two(people('owner', 'second'), OWNER), 'second > owner'],
    [
      'but never on an exception of theirs',
      {
        stages: [{ from: [OWNER] }, { from: [OWNER], sod: 'pay' }],
        rules: { distinct: false },
        fallback: ['queue'],
      },
      'owner > queue',
    ],
  ])('%s', async (_, asking, wanted) => {
    expect(await chain(asking)).toBe(wanted);
  });

  test('also under a second account', async () => {
    await linked('friend', 'p-boss');
    await linked('boss', 'p-boss');
    reportsTo('p-boss', '');
    expect(
      await chain({ stages: [{ from: [people('boss')] }, { from: [people('friend')] }] }),
    ).toBe('boss > owner');
  });

  test('the owner does not take a place and lose their own', async () => {
    reportsTo(PERSON, '');
    const asking = { stages: [{ from: [MANAGER] }, { from: [OWNER] }] };
    expect(await chain(asking)).toBe('manager-known');
    expect(await chain({ ...asking, fallback: ['queue'] })).toBe('queue > owner');
  });
});

describe('whoever is away is covered', () => {
  test.each<[string, () => Promise<unknown>, Asking, string]>([
    ['by their cover', () => covered('boss', 'second'), one(MANAGER), 'second'],
    [
      'by the cover of their cover',
      async () => [await covered('boss', 'second'), await covered('second', 'third')],
      one(MANAGER),
      'third',
    ],
    [
      'not before it begins',
      () =>
        covered('boss', 'second', {
          from: '2030-01-01T00:00:00.000Z',
          until: '2030-02-01T00:00:00.000Z',
        }),
      one(MANAGER),
      'boss',
    ],
    [
      'not when it was ended',
      () => covered('boss', 'second', { status: 'ended' }),
      one(MANAGER),
      'boss',
    ],
    [
      'not by somebody without an account: the next in line',
      async () => {
        await covered('boss', 'second');
        site.jira.person('second', { active: false });
      },
      one(MANAGER),
      'owner',
    ],
    [
      'not by somebody who decides in another stage',
      () => covered('boss', 'owner'),
      { stages: [{ from: [MANAGER] }, { from: [OWNER] }], fallback: ['queue'] },
      'queue > owner',
    ],
    [
      'not by somebody whose answer is needed beside theirs',
      () => covered('second', 'third'),
      { stages: [{ from: [people('second', 'third')], needs: 'all' }] },
      '2 of third+owner',
    ],
    [
      'and asked all the same when nobody else is left',
      () => covered('owner', 'requester', { setBy: 'operator' }),
      one(OWNER),
      'owner',
    ],
    [
      'nobody by a ring',
      async () => [await covered('boss', 'second'), await covered('second', 'boss')],
      one(MANAGER),
      'boss',
    ],
    [
      'a group covers itself',
      async () => {
        group('reviewers', 'p-second', 'p-third');
        await covered('second', 'boss');
      },
      one(inGroup('reviewers')),
      'second+third+[reviewers]',
    ],
  ])('%s', async (_, before, asking, wanted) => {
    await before();
    expect(await chain(asking)).toBe(wanted);
  });

  test('and stands there with whom they stand in for', async () => {
    await covered('boss', 'second');
    await covered('second', 'third');
    const read = await resolved(one(MANAGER));
    expect(read.ok && read.value[0]?.approvers[0]).toMatchObject({
      accountId: 'third',
      because: expect.stringMatching(/^stands in until \d{4}-\d\d-\d\d: manager in Okta$/),
      covers: ['second', 'boss'],
    });
  });

  test('an owner without an account is covered too', async () => {
    site.jira.person('owner', { active: false });
    await covered('owner', 'second');
    expect(await chain(one(OWNER))).toBe('second');
  });
});

describe('no path leads to a party', { tags: ['self-approval'] }, () => {
  /** How `party` comes into the chain. */
  const paths: [string, (party: string) => Promise<Asking>][] = [
    ['as manager', async () => one(MANAGER)],
    ["as manager's manager", async () => one(ABOVE)],
    ['as owner', async (party) => ({ ...one(OWNER), owner: party })],
    ['by name', async (party) => one(people(party, 'third'))],
    [
      'by name, where all have to agree',
      async (party) => ({
        stages: [{ from: [people(party, 'third')], needs: 'all' }],
      }),
    ],
    [
      'as cover',
      async (party) => {
        await covered('third', party, { setBy: 'operator' });
        return one(people('third'));
      },
    ],
    [
      'as cover of a cover',
      async (party) => {
        await covered('third', 'second', { setBy: 'operator' });
        await covered('second', party, { setBy: 'operator' });
        return one(people('third'));
      },
    ],
    [
      'as fallback',
      async (party) => {
        site.jira.person('third', { active: false });
        return { ...one(people('third')), fallback: [party, 'queue'] };
      },
    ],
    [
      'as owner in the place of another',
      async (party) => {
        site.jira.person('third', { active: false });
        return { ...one(people('third')), owner: party, fallback: ['queue'] };
      },
    ],
    [
      'in a group',
      async () => {
        group('reviewers', 'p-party', 'p-third');
        return one(inGroup('reviewers'));
      },
    ],
  ];
  /** By what they are known to be one. */
  const identities: [string, () => Promise<Asking['parties']>][] = [
    [
      'the account that asks',
      async () => ({ accounts: ['party', 'requester'], persons: [PERSON] }),
    ],
    ['the person who receives it', async () => ({ accounts: ['requester'], persons: ['p-party'] })],
    [
      'a second account, linked',
      async () => {
        await linked('party', PERSON);
        return PARTIES;
      },
    ],
    [
      'an address of two people',
      async () => {
        const own = site.directory.people.get('p-party');
        if (own) site.directory.people.set(PERSON, { ...own, id: PERSON, manager: 'p-party' });
        return PARTIES;
      },
    ],
  ];
  const rows = paths.flatMap(([path, make]) =>
    identities.map(([identity, known]) => [path, identity, make, known] as const),
  );
  test.each(rows)('%s, known by %s', async (path, _, make, known) => {
    lives('party');
    reportsTo(PERSON, path.startsWith("as manager's") ? 'p-boss' : 'p-party');
    reportsTo('p-boss', 'p-party');
    const asking = await make('party');
    const parties = await known();
    const read = await resolved({ ...asking, ...(parties && { parties }) });
    const asked = read.ok
      ? read.value.flatMap((s) => [...s.approvers, ...(s.fallbacks ?? [])].map((a) => a.accountId))
      : [];
    expect(asked).not.toContain('party');
    if (!read.ok)
      expect('refusal' in read.error && read.error.refusal.check).toMatch(
        /^(approver-is-party|manager-has-account)$/,
      );
  });

  test('nor does a party choose who decides on their own request', async () => {
    await covered('owner', 'friend');
    const parties = { accounts: ['owner', 'requester'], persons: [PERSON] };
    expect(await chain({ ...one(OWNER), parties })).toBe('approver-is-party');
    await covered('boss', 'friend', { setBy: 'requester' });
    expect(await chain(one(MANAGER))).toBe('owner');
  });
});
