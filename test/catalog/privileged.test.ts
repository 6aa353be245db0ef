/** Administrator rights need two administrators, and neither of them profits on the day after. */
import { describe, expect, test } from 'vitest';
import { checkConsent } from '../../src/approvals/consent';
import { bulkChange } from '../../src/catalog/bulk';
import { undoSet } from '../../src/catalog/changeset';
import { confirmRole } from '../../src/catalog/confirm';
import { saveApp, saveRole } from '../../src/catalog/edit';
import { roles } from '../../src/catalog/store';
import { intake } from '../../src/requests/intake';
import { DAY, HOUR } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import { anApp, STATUS } from '../builders/catalog';
import { answered, applied, looked, withFields } from '../builders/change-sets';
import { SmallSite } from '../builders/small-site';

type Given = Parameters<typeof saveRole>[1];
function raise(): never {
  throw new Error('no role');
}
const given = (over: Partial<Given> = {}): Given => ({
  app: 'figma',
  key: 'editor',
  name: 'Administrator',
  description: '',
  risk: 'privileged',
  status: 'live',
  connection: 'main',
  groups: ['g-admins'],
  durations: [HOUR],
  permanent: false,
  approver: { kind: 'person', accountId: 'approver' },
  acceptPrivileged: true,
  ...over,
});

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  const group = { id: 'g-admins', name: 'Figma admins', writable: true as const, privileged: true };
  site.directory.groups.set(group.id, group);
  for (const who of ['owner', 'operator', 'friend']) aPerson(site, who);
  return site;
}
/** Somebody of the directory with the address of this account. */
function aPerson(site: SmallSite, account: string, over: { id?: string; active?: boolean } = {}) {
  const email = `${account}@latchkey-demo.example`;
  const id = over.id ?? `p-${account}`;
  const { active = true } = over;
  const status = active ? ('active' as const) : ('deactivated' as const);
  site.directory.people.set(id, { id, email, addresses: [email], displayName: '', status, active });
}
async function saved(site: SmallSite, by = 'owner', over: Partial<Given> = {}) {
  const answer = await saveRole(site.deps(), given(over), by);
  if (!answer.ok) throw new Error(answer.problem.check);
  return answer.value;
}
const confirmed = (site: SmallSite, by: string, version: number) =>
  confirmRole(site.deps(), { role: 'figma.editor', version }, by);
async function mapped(site: SmallSite, first = 'owner', second = 'operator') {
  const { version } = await saved(site, first);
  const answer = await confirmed(site, second, version);
  if (!answer.ok) throw new Error(answer.problem.check);
  return answer.value;
}
async function asked(site: SmallSite, reporter = 'requester') {
  const panel = { app: 'figma', role: 'figma.editor', duration: HOUR };
  const issue = site.jira.add({ panel, reporter, creator: reporter });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  return issue;
}
const refusal = async (site: SmallSite, issueId: string) =>
  (await site.request(issueId)).refusal?.check;
function approve(site: SmallSite, issue: Awaited<ReturnType<typeof asked>>): void {
  const now = site.clock.advance(30);
  const answers = [{ accountId: 'approver', decision: 'approved' as const }];
  const approval = { id: 'a-1', name: 'Approval', finalDecision: 'approved' as const, answers };
  issue.approvals.push({ ...approval, created: now, completed: now });
  issue.statusId = STATUS.approved;
}

describe('a role with administrator rights', { tags: ['privileged-group'] }, () => {
  test('is not saved unless somebody says that it may lead there', async () => {
    const answer = await saveRole(
      (await seeded()).deps(),
      given({ acceptPrivileged: false }),
      'owner',
    );
    expect(answer).toMatchObject({ ok: false, problem: { check: 'group-not-privileged' } });
  });

  test('is a privileged role and nothing less', async () => {
    const answer = await saveRole((await seeded()).deps(), given({ risk: 'sensitive' }), 'owner');
    expect(answer).toMatchObject({ ok: false, problem: { check: 'privileged-risk' } });
  });

  test('is a draft that nobody can ask for until another administrator confirms it', async () => {
    const site = await seeded();
    const draft = await saved(site);
    expect(draft).toMatchObject({ status: 'draft', privilegedBy: { groups: ['g-admins'] } });
    const issue = await asked(site);
    expect((await site.request(issue.id)).state).not.toBe('waiting');
    const at = site.clock.now();
    expect(await confirmed(site, 'operator', draft.version)).toMatchObject({
      ok: true,
      value: {
        status: 'live',
        privilegedBy: {
          by: [
            { accountId: 'owner', act: 'saved', at },
            { accountId: 'operator', act: 'confirmed', at },
          ],
        },
      },
    });
    expect(site.events('config').filter((e) => e === 'config.changed')).toHaveLength(2);
    const later = await asked(site);
    expect((await site.request(later.id)).state).toBe('waiting');
  });

  test('is not confirmed by the same person, under whatever account', {
    tags: ['one-person-two-stages'],
  }, async () => {
    const site = await seeded();
    // Two Jira accounts of one directory person.
    site.jira.person('second-account', { email: 'requester@latchkey-demo.example' });
    const { version } = await saved(site, 'requester');
    const same = { ok: false, problem: { check: 'two-administrators' } };
    expect(await confirmed(site, 'requester', version)).toMatchObject(same);
    expect(await confirmed(site, 'second-account', version)).toMatchObject(same);
  });

  // Two accounts of which the directory knows nothing may both be one person.
  test.each<[string, (site: SmallSite) => void]>([
    ['whom the directory does not know', (site) => site.directory.people.delete('p-operator')],
    ['who is not active there', (site) => aPerson(site, 'operator', { active: false })],
    ['who may be one of two people', (site) => aPerson(site, 'operator', { id: 'p-twin' })],
    ['without an address', (site) => site.jira.person('operator', { email: null })],
  ])(
    'is neither saved nor confirmed by somebody %s',
    { tags: ['one-person-two-stages'] },
    async (_, change) => {
      const site = await seeded();
      const { version } = await saved(site);
      change(site);
      const unknown = { check: 'mapper-known', nextStep: expect.stringContaining('links') };
      const no = { ok: false, problem: unknown };
      expect(await confirmed(site, 'operator', version)).toMatchObject(no);
      expect(await saveRole(site.deps(), given(), 'operator')).toMatchObject(no);
    },
  );

  test('is not confirmed when whoever saved it is not certain any more', {
    tags: ['one-person-two-stages'],
  }, async () => {
    const site = await seeded();
    const { version } = await saved(site);
    aPerson(site, 'owner', { active: false });
    const no = { ok: false, problem: { check: 'mapper-known' } };
    expect(await confirmed(site, 'operator', version)).toMatchObject(no);
  });

  test('is confirmed exactly as it was looked at', { tags: ['groups-swapped'] }, async () => {
    const site = await seeded();
    const { version } = await saved(site);
    await saved(site, 'owner', { durations: [24 * HOUR] });
    const answer = await confirmed(site, 'operator', version);
    expect(answer).toMatchObject({ ok: false, problem: { check: 'changed-meanwhile' } });
  });

  test('keeps what two agreed to when only its words change, and loses it with anything else', async () => {
    const site = await seeded();
    await mapped(site);
    const words = { name: 'Admin', acceptPrivileged: false };
    expect(await saved(site, 'friend', words)).toMatchObject({ status: 'live', name: 'Admin' });
    const longer = { durations: [DAY] };
    expect(await saved(site, 'friend', longer)).toMatchObject({ status: 'draft' });
  });

  test('that the directory keeps from the app is carried out by hand all the same', async () => {
    const site = await seeded();
    const writable = { no: 'privileged' as const, sentence: 'It is protected.' };
    const group = { id: 'g-admins', name: 'Figma admins', writable, privileged: true };
    site.directory.groups.set(group.id, group);
    expect(await mapped(site)).toMatchObject({ status: 'live', kind: 'manual' });
  });
});

describe('whoever mapped it', { tags: ['privileged-group', 'self-approval'] }, () => {
  test.each(['owner', 'operator'])('as %s does not receive it for a day', async (who) => {
    const site = await seeded();
    await mapped(site);
    const issue = await asked(site, who);
    expect(await refusal(site, issue.id)).toBe('mapper-waits');
    site.clock.advance(DAY);
    const later = await asked(site, who);
    expect((await site.request(later.id)).state).toBe('waiting');
  });

  test('does not approve it for a day', async () => {
    const site = await seeded();
    await mapped(site, 'approver', 'operator');
    const issue = await asked(site);
    expect(await refusal(site, issue.id)).toBe('mapper-decides-not');
    site.clock.advance(DAY);
    const later = await asked(site);
    expect((await site.request(later.id)).state).toBe('waiting');
  });

  // The role was in order when the request was pinned; who maps it anew meanwhile is caught by the gate.
  test('after the request was pinned is stopped at the gate, too', async () => {
    const site = await seeded();
    await mapped(site);
    const issue = await asked(site);
    const { version } = await saved(site, 'approver', {
      description: 'New',
      groups: ['g-admins'],
      durations: [HOUR, DAY],
    });
    await confirmed(site, 'operator', version);
    approve(site, issue);
    await checkConsent(site.deps(), issue.id);
    const events = site.evidence(issue.id).filter((e) => e.event === 'gate.refused');
    expect(events.map((e) => e.facts['check'])).toEqual(['mapper-decides-not']);
    expect(site.directory.changes()).toEqual([]);
  });
});

// Who decides was part of what two administrators agreed to.
describe('another owner of its app', { tags: ['privileged-group', 'self-approval'] }, () => {
  async function ownersRole() {
    const site = withFields(await seeded());
    const { version } = await saved(site, 'friend', { approver: { kind: 'owner' } });
    answered(await confirmed(site, 'approver', version));
    site.clock.advance(2 * DAY);
    return site;
  }
  const { v: _, version: __, ...figma } = anApp();
  const roleOf = async (site: SmallSite) =>
    (await load(site.store, roles, 'role:figma.editor'))?.value;

  test('makes it wait for another administrator, and whoever entered the owner waits a day', async () => {
    const site = await ownersRole();
    answered(await saveApp(site.deps(), { ...figma, owner: 'operator' } as never, 'operator'));
    const role = await roleOf(site);
    expect(role?.status).toBe('draft');
    const again = await confirmed(site, 'operator', role?.version ?? 0);
    expect(again).toMatchObject({ ok: false, problem: { check: 'two-administrators' } });
    answered(await confirmed(site, 'friend', role?.version ?? 0));
    const issue = await asked(site);
    expect(await refusal(site, issue.id)).toBe('mapper-decides-not');
    expect(site.chainFault('config')).toBeUndefined();
  });

  // Contract: it counts who decides by all rules together, however that is written.
  test('does so too when the rules of its tier ask the owner', async () => {
    const site = await ownersRole();
    const before = await roleOf(site);
    const { approver: _, ...rest } = before ?? raise();
    const stages = [{ id: 'owner', from: [{ kind: 'owner' as const }], needs: 'any' as const }];
    await site.saveRole({ ...rest, version: rest.version + 1, rules: { stages } });
    answered(await saveApp(site.deps(), { ...figma, owner: 'operator' } as never, 'operator'));
    expect((await roleOf(site))?.status).toBe('draft');
  });

  // Contract: whoever chose the owner of a guarded role alone would choose alone who decides on it.
  test('of a guarded role without such rights is confirmed by another administrator first', async () => {
    const site = withFields(await seeded());
    const plain = { groups: ['g-users'], approver: { kind: 'owner' as const } };
    await saved(site, 'friend', plain);
    expect(
      await saveApp(site.deps(), { ...figma, owner: 'operator' } as never, 'friend'),
    ).toMatchObject({
      ok: false,
      problem: { check: 'second-administrator', sentence: expect.stringMatching(/another owner/) },
    });
  });

  test('is not entered by a set of changes', async () => {
    const site = await ownersRole();
    const given = { name: 'Owner', apps: { ids: ['figma'], owner: 'operator' } };
    const { problems } = await looked(site, await bulkChange(site.deps(), given, 'operator'));
    expect(problems.map(({ at, sentence }) => `${at}: ${sentence}`)).toEqual([
      expect.stringMatching(/^apps\.figma\.owner: .*figma\.editor.* by hand/),
    ]);
    expect(await roleOf(site)).toMatchObject({ status: 'live' });
  });

  test('does not come back by undoing a set of before', async () => {
    const site = withFields(await seeded());
    const given = { name: 'Owner', apps: { ids: ['figma'], owner: 'friend' } };
    const { set } = await looked(site, await bulkChange(site.deps(), given, 'operator'));
    await applied(site, set);
    const { version } = await saved(site, 'friend', { approver: { kind: 'owner' } });
    answered(await confirmed(site, 'approver', version));
    expect(await undoSet(site.deps(), set.id, 'owner')).toMatchObject({
      ok: false,
      problem: { check: 'privileged-owner' },
    });
  });
});

// Somebody who mapped it today must not ask for it today by taking it away and giving it back.
describe('whoever mapped it stays named', { tags: ['privileged-group', 'self-approval'] }, () => {
  const rest = { groups: ['g-users'], acceptPrivileged: false };
  test.each<[string, (site: SmallSite) => Promise<unknown>]>([
    [
      'withdrawn by a bulk change',
      async (site) => {
        const roles = { ids: ['figma.editor'], status: 'withdrawn' as const };
        const made = await bulkChange(site.deps(), { name: 'Away', roles }, 'friend');
        await applied(site, (await looked(site, made)).set);
      },
    ],
    ['led to another group', (site) => saved(site, 'friend', rest)],
  ])('when the role is %s and comes back', async (_, away) => {
    const site = withFields(await seeded());
    await mapped(site, 'requester', 'owner');
    await away(site);
    expect(await asked(site).then(({ id }) => refusal(site, id))).not.toBeUndefined();
    await mapped(site, 'friend', 'operator');
    const issue = await asked(site);
    expect(await refusal(site, issue.id)).toBe('mapper-waits');
  });
});
