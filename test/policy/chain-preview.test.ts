/** Who would decide, shown before anybody asks: the chain that the request will get, and nothing is written. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../../src/catalog/model/catalog';
import { previewChain } from '../../src/policy/chain-preview';
import { startingPolicy } from '../../src/policy/model/tiers';
import { sitePolicies } from '../../src/policy/site-policy';
import { intake } from '../../src/requests/intake';
import { DAY, HOUR } from '../../src/shared/instant';
import { put } from '../../src/shared/record';
import { aRole } from '../builders/catalog';
import { stagesOf } from '../builders/desks';
import { at } from '../builders/instants';
import { PERSON, SmallSite } from '../builders/small-site';

let site: SmallSite;
async function seeded(role: Partial<Role> = {}): Promise<void> {
  site = new SmallSite();
  const person = site.directory.people.get(PERSON);
  if (person)
    site.directory.people.set(PERSON, { ...person, manager: 'person-9', department: 'Design' });
  await site.seed({ role });
}
beforeEach(() => seeded({ approver: { kind: 'manager' } }));

const preview = (role = 'figma.editor', beneficiary?: string, by = 'requester') =>
  previewChain(site.deps(), { role, beneficiary }, by);
async function check(...given: Parameters<typeof preview>): Promise<string> {
  const said = await preview(...given);
  return said.ok ? 'shown' : said.problem.check;
}

test('names each decider with the source, the hour, and who is asked if nobody answers', async () => {
  const said = await preview();
  expect(said.ok && said.value).toMatchObject({
    words:
      'Name of approver (manager in Okta, read 09:00 UTC); if nobody answers: Name of owner (owner of the app in the catalog)',
    stages: [
      {
        needs: 1,
        people: [{ name: 'Name of approver', because: 'manager in Okta' }],
        fallbacks: [{ name: 'Name of owner' }],
      },
    ],
  });
  expect(JSON.stringify(said)).not.toMatch(/person-9|"approver"/);
});

test('is what the request then gets', async () => {
  const said = await preview();
  const panel = {
    app: 'figma',
    role: 'figma.editor',
    duration: HOUR,
    reason: 'Drawing a new logo',
  };
  const issue = site.jira.add({ panel });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  expect(said.ok && issue.own).toContain(said.ok ? said.value.words : 'nothing');
});

// A rule that is published decides only for whom it holds; a set's exception is decided by people.
describe('shows what the request will get', () => {
  const rule = (department: string) => ({
    rule: 'by department',
    when: [{ kind: 'department' as const, is: [department] }],
    signedOffBy: 'owner',
    signedOffAt: at(-DAY),
  });
  const stages = stagesOf('approver');
  test.each([
    ['people, where the rule does not hold', 'Finance', ['Name of approver']],
    ['nobody, where it holds', 'Design', []],
  ])('%s', async (_, department, expected) => {
    await seeded({ risk: 'routine', rules: { stages, auto: rule(department) } });
    const said = await preview();
    const people = said.ok ? said.value.stages.flatMap((s) => s.people.map((p) => p.name)) : said;
    expect(people).toEqual(expected);
  });

  test.each([
    ['and who decides on an exception', 'extra-approver' as const, 'Name of operator'],
    ['or why nobody could', 'block' as const, 'sod:pay'],
  ])('%s', async (_, mode, expected) => {
    await seeded({ rules: { stages } });
    const groups = [{ id: 'g-other', name: 'Other' }];
    await site.saveRole(aRole({ id: 'figma.payer', name: 'Payer', groups }));
    site.directory.put({ group: 'g-other', person: PERSON }, true);
    const approver = { kind: 'people' as const, accounts: ['operator'] };
    const pay = { id: 'pay', name: 'Pay', roles: ['figma.editor', 'figma.payer'], mode };
    const sod = [mode === 'block' ? pay : { ...pay, approver, longest: DAY }];
    await site.store.transact([put(sitePolicies, { ...startingPolicy, sod }, 'any')]);
    const said = await preview();
    expect(said.ok ? said.value.stages.at(-1)?.people[0]?.name : said.problem.check).toBe(expected);
  });
});

test('writes nothing, neither in the ledger nor in Jira', async () => {
  const before = JSON.stringify([site.store.all('evidence'), site.store.all('request')]);
  site.jira.trouble = (call) => {
    if (['edit', 'comment', 'transition', 'notify'].includes(call)) throw new Error(call);
    return undefined;
  };
  await preview();
  expect(JSON.stringify([site.store.all('evidence'), site.store.all('request')])).toBe(before);
  expect(site.directory.changes()).toEqual([]);
});

describe('is refused', { tags: ['other-persons-request', 'self-approval'] }, () => {
  test('for a role that the person may not see, as for one that is not there', async () => {
    const hidden = { visibleTo: [{ kind: 'department' as const, is: ['Finance'] }] };
    await seeded({ approver: { kind: 'manager' }, rules: hidden });
    expect(await check()).toBe('role-offered');
    expect(await check('figma.nothing')).toBe('role-offered');
    const shown = { visibleTo: [{ kind: 'department' as const, is: ['Design'] }] };
    await seeded({ approver: { kind: 'manager' }, rules: shown });
    expect(await check()).toBe('shown');
  });

  test('when nobody may decide, with what to mend', async () => {
    site.jira.person('owner', { active: false });
    site.jira.person('approver', { active: false });
    expect(await check()).toBe('manager-has-account');
  });

  test('for an account that nobody knows in the directory', async () => {
    expect(await check('figma.editor', 'friend')).toBe('person-in-directory');
  });
});

test('whoever asks for somebody else is a party as well', async () => {
  const said = await preview('figma.editor', 'requester', 'approver');
  expect(said.ok && said.value.stages[0]?.people).toMatchObject([{ name: 'Name of owner' }]);
});

// Contract: an account that nobody knows learns nothing about other people, not even whether they are there.
test('for somebody else is shown only to a person of the directory', async () => {
  expect(await check('figma.editor', 'requester', 'approver')).toBe('shown');
  for (const whom of ['requester', 'friend'])
    expect(await check('figma.editor', whom, 'stranger')).toBe('asker-in-directory');
});
