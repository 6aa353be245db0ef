/** Nobody decides on their own access: whoever may be a party is known as one before anybody is asked. */
import { describe, expect, test } from 'vitest';
import type { Role } from '../../src/catalog/model/catalog';
import { intake } from '../../src/requests/intake';
import { links } from '../../src/requests/person';
import { HOUR } from '../../src/shared/instant';
import { put } from '../../src/shared/record';
import { PERSON, SmallSite } from '../builders/small-site';
import type { MemoryIssue } from '../fakes/memory-jira';

const WISH = { app: 'figma', role: 'figma.editor', duration: HOUR };

/** Nobody takes anybody's place: the owner of the app has left. */
async function seeded(role: Partial<Role> = {}): Promise<SmallSite> {
  const site = new SmallSite();
  site.jira.person('owner', { active: role.approver?.kind === 'owner' });
  await site.seed({ role });
  return site;
}
async function linked(site: SmallSite, accountId: string, personId: string): Promise<void> {
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
/** Another person of the directory who has the same address. */
function namesake(site: SmallSite, of: string, id: string): void {
  const person = site.directory.people.get(of);
  if (!person) throw new Error(`no person ${of}`);
  site.directory.people.set(id, { ...person, id });
}
async function outcome(site: SmallSite, over: Partial<MemoryIssue> = {}): Promise<string> {
  const issue = site.jira.add({ panel: WISH, ...over });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  const { state, refusal } = await site.request(issue.id);
  return refusal?.check ?? state;
}

describe('the approver is a party', { tags: ['self-approval'] }, () => {
  test('when their account is linked to the person who receives the access', async () => {
    const site = await seeded();
    await linked(site, 'approver', PERSON);
    expect(await outcome(site)).toBe('approver-is-party');
  });

  test('when their account is linked to the person who asked for somebody else', async () => {
    const site = await seeded();
    await linked(site, 'approver', 'person-5');
    await linked(site, 'friend', 'person-5');
    expect(await outcome(site, { creator: 'friend' })).toBe('approver-is-party');
  });

  test('as owner of the app under a second account', async () => {
    const site = await seeded({ approver: { kind: 'owner' } });
    await linked(site, 'owner', PERSON);
    expect(await outcome(site)).toBe('approver-is-party');
  });

  test('as manager whose account is linked to the person who receives the access', async () => {
    const site = await seeded({ approver: { kind: 'manager' } });
    const person = site.directory.people.get(PERSON);
    if (person) site.directory.people.set(PERSON, { ...person, manager: 'person-9' });
    expect(await outcome(site)).toBe('waiting');
    await linked(site, 'approver', PERSON);
    expect(await outcome(site)).toBe('manager-has-account');
  });

  test('when their address belongs to several people and one of them is a party', async () => {
    const site = await seeded();
    namesake(site, 'person-9', 'person-10');
    expect(await outcome(site)).toBe('waiting');
    await linked(site, 'requester', 'person-10');
    expect(await outcome(site)).toBe('approver-is-party');
  });

  test('when the one who asked cannot be told apart from them', async () => {
    const site = await seeded();
    site.jira.person('friend');
    site.directory.people.set('person-5', {
      id: 'person-5',
      email: 'friend@latchkey-demo.example',
      addresses: ['friend@latchkey-demo.example'],
      displayName: 'friend',
      active: false,
    });
    namesake(site, 'person-5', 'person-6');
    const sixth = site.directory.people.get('person-6');
    if (sixth) site.directory.people.set('person-6', { ...sixth, active: true });
    await linked(site, 'approver', 'person-6');
    expect(await outcome(site, { creator: 'friend' })).toBe('approver-is-party');
  });
});

test('a manager decides under the account that is linked to them', async () => {
  const site = await seeded({ approver: { kind: 'manager' } });
  const person = site.directory.people.get(PERSON);
  if (person) site.directory.people.set(PERSON, { ...person, manager: 'person-9' });
  await linked(site, 'friend', 'person-9');
  expect(await outcome(site)).toBe('waiting');
  const [issue] = site.jira.issues.values();
  expect(issue?.fields['f-approvers']).toEqual([{ accountId: 'friend' }]);
});

describe('an account with the manager’s address does not decide as the manager', {
  tags: ['self-approval', 'email-mismatch'],
}, () => {
  async function managed(): Promise<SmallSite> {
    const site = await seeded({ approver: { kind: 'manager' } });
    const person = site.directory.people.get(PERSON);
    if (person) site.directory.people.set(PERSON, { ...person, manager: 'person-9' });
    return site;
  }

  test('when an administrator said that it is somebody else’s', async () => {
    const site = await managed();
    await linked(site, 'approver', 'person-5');
    expect(await outcome(site)).toBe('manager-has-account');
    await linked(site, 'friend', 'person-9');
    expect(await outcome(site)).toBe('waiting');
  });

  test('when the directory’s attribute says that it is somebody else’s', async () => {
    const site = await managed();
    const person = site.directory.people.get(PERSON);
    if (!person) throw new Error('no person');
    const other = { ...person, id: 'person-5', email: 'e', addresses: ['e'], account: 'approver' };
    site.directory.people.set('person-5', other);
    expect(await outcome(site)).toBe('manager-has-account');
    expect([...site.jira.issues.values()].at(-1)?.fields['f-approvers']).toBeUndefined();
  });
});

test('an approver whom a link tells apart from a party may decide', async () => {
  const site = await seeded();
  await linked(site, 'requester', PERSON);
  await linked(site, 'approver', 'person-9');
  namesake(site, 'person-9', 'person-10');
  expect(await outcome(site)).toBe('waiting');
});
