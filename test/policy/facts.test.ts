/** What a policy looks at is read from the directory and the ledger, only where it is named, and never guessed. */
import { describe, expect, test } from 'vitest';
import type { Override, SodSet } from '../../src/contracts/policy';
import { grants } from '../../src/grants/store';
import { readFacts } from '../../src/policy/facts';
import { judgedOf } from '../../src/policy/model/judged';
import { intake } from '../../src/requests/intake';
import { epochSeconds, HOUR, type Instant, MINUTE } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { no } from '../../src/shared/result';
import { anOffer, aRole } from '../builders/catalog';
import { anAsk, aSet, aSitePolicy } from '../builders/policies';
import { PERSON, SmallSite } from '../builders/small-site';

const OTHER = aRole({
  id: 'figma.auditor',
  name: 'Auditor',
  groups: [{ id: 'g-other', name: 'Other' }],
});
const apart = (over: Partial<SodSet> = {}) =>
  aSet({ roles: ['figma.editor', 'figma.auditor'], ...over });
const staff = { kind: 'directory-group' as const, connection: 'main', group: 'g-other' };

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  await site.saveRole(OTHER);
  return site;
}
function read(site: SmallSite, rules: Override = {}, sod: readonly SodSet[] = []) {
  const offer = anOffer({ role: aRole({ rules }), site: aSitePolicy({ sod: [...sod] }) });
  return readFacts(site.deps(), site.directory, {
    offer,
    beneficiary: 'requester',
    personId: PERSON,
    ticket: null,
    stopped: false,
    unreviewed: false,
  });
}
const joined = (site: SmallSite, group: string) =>
  site.directory.ensureMember({ group, person: PERSON });

describe('roles that are kept apart', () => {
  test('are held by real membership, whoever gave it', async () => {
    const site = await seeded();
    expect((await read(site, {}, [apart()])).facts.heldRoles).toEqual([]);
    await joined(site, 'g-other');
    expect((await read(site, {}, [apart()])).facts.heldRoles).toEqual(['figma.auditor']);
  });

  test('are held by a grant that runs, but for the one that is judged', async () => {
    const site = await seeded();
    const grant = await site.active();
    const held = await load(site.store, grants, grant.id);
    if (!held) throw new Error('no grant');
    await site.store.transact([put(grants, { ...held.value, roleId: 'figma.auditor' }, held.rev)]);
    expect((await read(site, {}, [apart()])).facts.heldRoles).toEqual(['figma.auditor']);
    const offer = anOffer({ site: aSitePolicy({ sod: [apart()] }) });
    const own = { offer, beneficiary: 'requester', personId: PERSON, grantId: grant.id };
    const rest = { ticket: null, stopped: false, unreviewed: false };
    const again = await readFacts(site.deps(), site.directory, { ...own, ...rest });
    expect(again.facts.heldRoles).toEqual([]);
  });

  test('cost nothing where no set names the role', async () => {
    const site = await seeded();
    let calls = 0;
    site.directory.groupsOf = async () => {
      calls++;
      throw new Error('not needed');
    };
    expect((await read(site, {}, [apart({ roles: ['a.b', 'c.d'] })])).facts.heldRoles).toEqual([]);
    expect(calls).toBe(0);
  });

  test('are unknown while the directory does not answer, and waiting may help', async () => {
    const site = await seeded();
    const failure = { class: 'retryable', code: 'server-error', detail: 'busy' } as const;
    site.directory.groupsOf = async () => no(failure);
    const { facts, failure: seen } = await read(site, {}, [apart()]);
    expect(facts.looked?.roles.has('figma.auditor')).toBe(false);
    expect(seen).toEqual(failure);
  });
});

// Contract: the longest time in all counts from the first grant of an unbroken line, however each was asked for.
describe('since when the person has the role', () => {
  const CAP = { totalAge: 2 * HOUR };
  const since = async (site: SmallSite, rules: Override = CAP) =>
    (await read(site, { durations: [HOUR], ...rules })).facts.heldSince;

  test('goes back over grants that were asked for anew while the one before ran', async () => {
    const site = await seeded();
    const first = await site.active();
    const started = epochSeconds((await site.grant(first.id)).startedAt as Instant);
    await site.run(50 * MINUTE);
    await site.active();
    await site.run(20 * MINUTE);
    expect((await site.grant(first.id)).state).toBe('revoked');
    expect(await since(site)).toBe(started);
  });

  test('begins anew after a break', async () => {
    const site = await seeded();
    await site.active();
    await site.run(2 * HOUR);
    expect(await since(site)).toBeNull();
  });

  test('is not looked at where nothing limits it', async () => {
    const site = await seeded();
    await site.active();
    expect(await since(site, { totalAge: null })).toBeUndefined();
  });
});

test('asking anew does not go round the longest time in all', async () => {
  const site = new SmallSite();
  await site.seed({ role: aRole({ rules: { totalAge: 90 * MINUTE } }) });
  await site.active();
  await site.run(50 * MINUTE);
  const panel = { app: 'figma', role: 'figma.editor', duration: HOUR };
  const issue = site.jira.add({ panel });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  expect((await site.request(issue.id)).refusal?.check).toBe('total-age');
});

describe('conditions', () => {
  test('of a group are answered by the groups that the person is really in', async () => {
    const site = await seeded();
    await joined(site, 'g-other');
    const { facts } = await read(site, { visibleTo: [staff] });
    expect([...(facts.groups ?? [])]).toContain('main:g-other');
    expect(facts.looked?.groups.has('main:g-other')).toBe(true);
  });

  test('of a connection that is not there are unknown, and no waiting helps', async () => {
    const { facts, failure } = await read(await seeded(), {
      visibleTo: [{ ...staff, connection: 'elsewhere' }],
    });
    expect(facts.looked?.groups.size).toBe(0);
    expect(failure).toBeUndefined();
  });

  test('of a department are read where one is named', async () => {
    const site = await seeded();
    const person = site.directory.people.get(PERSON);
    if (!person) throw new Error('nobody');
    site.directory.people.set(PERSON, { ...person, department: 'Design' });
    const rule: Override = { visibleTo: [{ kind: 'department', is: ['Sales'] }] };
    expect((await read(site, rule)).facts.department).toBe('Design');
    expect((await read(site)).facts.department).toBeUndefined();
  });
});

test('with the pin only groups are kept that the policy named', async () => {
  const site = await seeded();
  await joined(site, 'g-other');
  await joined(site, 'g-users');
  const { facts } = await read(site, { visibleTo: [staff] });
  expect(judgedOf(anAsk(), facts).groups).toEqual(['main:g-other']);
});
