/** The hourly look at everybody with access: leavers lose it at once, movers are listed. */
import { beforeEach, describe, expect, test } from 'vitest';
import { connections } from '../../src/catalog/store';
import { dismissFinding, findings } from '../../src/findings/findings';
import { grants } from '../../src/grants/store';
import { readJob, startJob } from '../../src/jobs/job';
import { confirmGone } from '../../src/people/unseen';
import { intake } from '../../src/requests/intake';
import { DAY, HOUR } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { aConnection } from '../builders/catalog';
import { PERSON, SmallSite } from '../builders/small-site';
import type { MemoryPerson } from '../fakes/memory-directory';

let site: SmallSite;

beforeEach(async () => {
  site = new SmallSite();
  await site.seed();
  const person = site.directory.people.get(PERSON) as MemoryPerson;
  site.directory.people.set(PERSON, { ...person, department: 'Design', manager: 'person-9' });
});

async function watch(about = 'site'): Promise<unknown> {
  await startJob(site.deps(), 'people-watch', about);
  await site.run(240);
  return (await readJob(site.deps(), `people-watch:${about}`))?.result;
}
function change(over: Partial<MemoryPerson>): void {
  const person = site.directory.people.get(PERSON) as MemoryPerson;
  site.directory.people.set(PERSON, { ...person, ...over });
}
const disable = (status: 'suspended' | 'deactivated' = 'deactivated') =>
  change({ status, active: false });
const said = (issueId: string) =>
  site.jira.posted
    .filter((p) => p.issueId === issueId && p.audience === 'public')
    .map((p) => p.text);
const mover = async () => (await load(site.store, findings, `mover:main:${PERSON}`))?.value;

describe('somebody who was disabled', { tags: ['person-suspended'] }, () => {
  test('loses every access within the hour, each on its own issue', async () => {
    const first = await site.active();
    const second = await site.active({ duration: DAY });
    disable();
    expect(await watch()).toMatchObject({ read: 1, ended: 2, unread: [] });
    for (const grant of [first, second]) {
      expect(await site.grant(grant.id)).toMatchObject({
        state: 'revoked',
        because: 'person-disabled',
      });
      expect(said(grant.issueId).join('\n')).toContain('was disabled');
      expect(site.events(grant.issueId)).toContain('grant.revoked');
      expect(site.chainFault(grant.issueId)).toBeUndefined();
    }
    expect(site.isMember()).toBe(false);
    expect(site.store.all('hold')).toEqual([]);
  });

  test('by suspension as well, and what is over is not ended twice', async () => {
    const grant = await site.active();
    disable('suspended');
    await watch();
    expect(await watch()).toMatchObject({ read: 0, ended: 0 });
    expect(site.events(grant.issueId).filter((e) => e === 'grant.ending')).toHaveLength(1);
  });

  test('loses access without an end, too, and a pending request stops in words', async () => {
    await site.active({ duration: null });
    const issue = site.jira.add({ panel: { app: 'figma', role: 'figma.editor', duration: HOUR } });
    await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    expect((await site.request(issue.id)).state).toBe('waiting');
    disable();
    expect(await watch()).toMatchObject({ ended: 1, stopped: 1 });
    expect(await site.request(issue.id)).toMatchObject({
      state: 'attention',
      refusal: { check: 'person-active' },
    });
    expect(said(issue.id).join('\n')).toContain('was disabled');
  });

  test('keeps what somebody else gave them', { tags: ['already-a-member'] }, async () => {
    site.directory.put({ group: 'g-users', person: PERSON }, true);
    await site.active();
    disable();
    await watch();
    expect(site.isMember('g-users')).toBe(true);
    expect(site.isMember('g-editors')).toBe(false);
  });

  test('is still let go when the record of the access cannot be read', {
    tags: ['record-unreadable'],
  }, async () => {
    const grant = await site.active();
    const [row] = site.store.all('grant');
    const body = { ...(row?.row.body as object), v: 2 };
    await site.store.transact([
      {
        op: 'put',
        entity: 'grant',
        key: grant.id,
        row: { ...row?.row, rev: 9, body },
        ifRev: 'any',
      },
    ]);
    disable();
    await watch();
    expect(site.isMember()).toBe(false);
  });
});

/** More people with the same access. */
async function bystanders(count: number): Promise<void> {
  const [first] = site.store.all('grant');
  const person = site.directory.people.get(PERSON) as MemoryPerson;
  for (let n = 0; n < count; n++) {
    const personId = `person-1${n}`;
    site.directory.people.set(personId, { ...person, id: personId, addresses: [], email: '' });
    const grant = { ...(first?.row.body as object), id: `g-1${n}`, personId };
    await site.store.transact([put(grants, grant as never, 0)]);
  }
}
const unseen = async () => (await load(site.store, findings, 'leavers-unseen:main'))?.value;

describe('somebody who is gone', { tags: ['person-missing-or-double'] }, () => {
  test('loses every access once the look an hour later says it again', async () => {
    const grant = await site.active({ duration: DAY });
    await bystanders(2);
    site.directory.people.delete(PERSON);
    expect(await watch()).toMatchObject({ ended: 0, unread: [] });
    expect(await watch()).toMatchObject({ ended: 0, unread: [] });
    await site.run(HOUR);
    expect(await watch()).toMatchObject({ ended: 1 });
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked', because: 'person-gone' });
    expect(await unseen()).toBeUndefined();
  });

  test('and is there again an hour later has lost nothing', async () => {
    await site.active({ duration: DAY });
    await bystanders(2);
    const person = site.directory.people.get(PERSON) as MemoryPerson;
    for (const there of [false, true, false]) {
      if (there) site.directory.people.set(PERSON, person);
      else site.directory.people.delete(PERSON);
      expect(await watch()).toMatchObject({ ended: 0 });
      await site.run(HOUR);
    }
  });

  test('is asked for alone before anything ends: missing among many is no proof', async () => {
    const grant = await site.active();
    site.directory.trouble = (call) => (call === 'peopleById' ? 'thin' : undefined);
    expect(await watch()).toMatchObject({ ended: 0, unread: [] });
    expect((await site.grant(grant.id)).state).toBe('active');
  });

  // A credential that sees fewer people than before would also call a membership gone that stands.
  test.each([
    ['the only one', 0, [PERSON]],
    ['two of three', 2, [PERSON, 'person-10']],
    ['all of sixty', 59, undefined],
  ])(
    'is not believed when it is %s with access',
    {
      tags: ['list-incomplete'],
    },
    async (_, others, gone) => {
      const grant = await site.active({ duration: DAY });
      await bystanders(others);
      for (const id of gone ?? [...site.directory.people.keys()]) site.directory.people.delete(id);
      for (let hour = 0; hour < 3; hour++) {
        expect(await watch()).toMatchObject({
          ended: 0,
          unread: [{ connectionId: 'main', why: 'too-many-gone' }],
        });
        await site.run(HOUR);
      }
      expect((await site.grant(grant.id)).state).toBe('active');
      expect(await unseen()).toMatchObject({
        status: 'open',
        sentence: expect.stringContaining('too many to believe'),
        nextStep: expect.stringContaining('confirm that they are gone'),
      });
    },
  );

  test('with many others is let go when an administrator says that they left', async () => {
    const grant = await site.active({ duration: DAY });
    await bystanders(2);
    for (const id of [PERSON, 'person-10']) site.directory.people.delete(id);
    expect(await confirmGone(site.deps(), 'main', 'admin')).toMatchObject({ ok: false });
    await watch();
    expect(await confirmGone(site.deps(), 'main', 'admin')).toMatchObject({ ok: true });
    await site.run(240);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked', because: 'person-gone' });
    expect((await site.grant('g-11')).state).toBe('active');
    const [, confirmed] = site.evidence('findings');
    expect(confirmed).toMatchObject({
      event: 'finding.resolved',
      actor: { type: 'person', accountId: 'admin' },
    });
  });

  test('is not let go when still more are missing than an administrator confirmed', async () => {
    const grant = await site.active({ duration: DAY });
    await bystanders(2);
    for (const id of [PERSON, 'person-10']) site.directory.people.delete(id);
    await watch();
    site.directory.people.clear();
    await confirmGone(site.deps(), 'main', 'admin');
    await site.run(240);
    expect((await site.grant(grant.id)).state).toBe('active');
    expect(await unseen()).toMatchObject({ status: 'open', facts: { gone: 3, of: 3 } });
  });
});

describe('leavers that could not be looked for', { tags: ['credential-refused'] }, () => {
  test('are a finding with a next step until a look goes well again', async () => {
    await site.active({ duration: DAY });
    site.directory.trouble = () => ({
      class: 'needs-human',
      code: 'credential-refused',
      detail: 'Refused.',
    });
    await watch();
    const since = site.clock.now().slice(0, 13).replace('T', ' ');
    await site.run(2 * HOUR);
    await watch();
    expect(await unseen()).toMatchObject({
      status: 'open',
      connectionId: 'main',
      sentence: expect.stringContaining(`since ${since}`),
      nextStep: expect.stringContaining('self-test'),
    });
    expect(site.events('findings')).toEqual(['finding.opened']);
    site.directory.trouble = () => undefined;
    await watch();
    expect(await unseen()).toMatchObject({ status: 'resolved', resolved: { how: 'healed' } });
  });

  test('stay dismissed while it goes on, once somebody looked at it', async () => {
    await site.active({ duration: DAY });
    site.directory.trouble = () => ({
      class: 'needs-human',
      code: 'credential-refused',
      detail: 'Refused.',
    });
    await watch();
    await dismissFinding(site.deps(), 'leavers-unseen:main', 'we know', 'admin');
    await site.run(HOUR);
    await watch();
    expect((await unseen())?.status).toBe('resolved');
  });
});

describe('a record that this version cannot read', {
  tags: ['record-unreadable', 'poison-record'],
}, () => {
  const spoil = async (entity: 'grant' | 'config', key: string) => {
    const row = site.store.all(entity).find((one) => one.key === key)?.row;
    const body = { ...(row?.body as object), fromANewerVersion: 1 };
    const spoilt = { ...row, rev: 9, body };
    await site.store.transact([{ op: 'put', entity, key, row: spoilt, ifRev: 'any' }]);
  };

  test('of a mover’s access hides neither their move nor whoever left', async () => {
    const grant = await site.active({ duration: null });
    const person = site.directory.people.get(PERSON) as MemoryPerson;
    site.directory.people.set('person-2', { ...person, id: 'person-2' });
    const other = { ...grant, id: 'g-2', personId: 'person-2' };
    const second = { ...grant, id: 'g-3' };
    await site.store.transact([put(grants, other, 0), put(grants, second, 0)]);
    await watch();
    await spoil('grant', grant.id);
    change({ department: 'Finance' });
    site.directory.people.set('person-2', { ...person, id: 'person-2', status: 'deactivated' });
    expect(await watch()).toMatchObject({ read: 2, ended: 1, moved: 1 });
    expect((await mover())?.grantIds).toEqual(['g-3']);
  });

  test('of the connection still lets go whoever left', async () => {
    const grant = await site.active({ duration: null });
    await spoil('config', 'connection:main');
    disable();
    expect(await watch()).toMatchObject({ ended: 1 });
    expect((await site.grant(grant.id)).state).toBe('revoked');
  });

  test('or any other trouble with one person keeps nobody else', async () => {
    const grant = await site.active({ duration: null });
    const person = site.directory.people.get(PERSON) as MemoryPerson;
    site.directory.people.set('person-2', { ...person, id: 'person-2', status: 'deactivated' });
    const other = { ...grant, id: 'g-2', personId: 'person-2' };
    await site.store.transact([put(grants, other, 0)]);
    site.directory.managerOf = async () => {
      throw new Error('odd');
    };
    expect(await watch()).toMatchObject({ ended: 1, unread: [{ why: 'app-error' }] });
    expect((await site.grant('g-2')).state).not.toBe('active');
  });
});

describe('a reading that failed', { tags: ['directory-down'] }, () => {
  test.each(['peopleById', 'person'] as const)('of %s ends nothing', async (failing) => {
    const grant = await site.active({ duration: DAY });
    if (failing === 'person') {
      await bystanders(2);
      site.directory.people.delete(PERSON);
    } else disable();
    site.directory.trouble = (call) => (call === failing ? 'cut' : undefined);
    expect(await watch()).toMatchObject({ ended: 0, unread: [{ connectionId: 'main' }] });
    expect((await site.grant(grant.id)).state).toBe('active');
    site.directory.trouble = () => undefined;
    if (failing === 'person') await watch();
    await site.run(HOUR - 600);
    expect(await watch()).toMatchObject({ ended: 1 });
  });

  test('because of a rate limit is waited out', { tags: ['rate-limited'] }, async () => {
    await site.active();
    disable();
    let times = 0;
    site.directory.trouble = (call) =>
      call === 'peopleById' && times++ < 2
        ? { class: 'retryable', code: 'rate-limited', detail: 'Slowly.', retryAfter: 10 }
        : undefined;
    expect(await watch()).toMatchObject({ ended: 1, unread: [] });
  });

  test('in a connection that leads elsewhere by now ends nothing', {
    tags: ['foreign-host'],
  }, async () => {
    const grant = await site.active();
    site.directory.people.clear();
    const held = await load(site.store, connections, 'connection:main');
    const moved = aConnection({ tenant: 'other.okta.com' });
    await site.store.transact([put(connections, moved, held?.rev ?? 0)]);
    expect(await watch()).toMatchObject({ ended: 0, unread: [{ why: 'tenant-changed' }] });
    expect((await site.grant(grant.id)).state).toBe('active');
  });
});

test('a run that is cut off goes on where it stood and counts nobody twice', {
  tags: ['sweep-cut-off'],
}, async () => {
  await site.active();
  const people = ['person-2', 'person-3', 'person-4'];
  const [first] = site.store.all('grant');
  for (const id of people) {
    const person = site.directory.people.get(PERSON) as MemoryPerson;
    site.directory.people.set(id, { ...person, id, email: `${id}@latchkey-demo.example` });
    const grant = { ...(first?.row.body as never as { id: string }), id: `g-${id}`, personId: id };
    await site.store.transact([put(grants, grant as never, 0)]);
  }
  // Each reading takes longer than a step may.
  site.directory.trouble = (call) => {
    if (call === 'peopleById') site.clock.advance(5 * 60);
    return undefined;
  };
  await startJob(site.deps(), 'people-watch', 'site');
  await site.run(3600);
  expect((await readJob(site.deps(), 'people-watch:site'))?.result).toMatchObject({ read: 4 });
});

describe('somebody who moved', { tags: ['mover-listed'] }, () => {
  test('to another department is listed with what they have, and keeps it', async () => {
    const grant = await site.active({ duration: DAY });
    await watch();
    expect(await mover()).toBeUndefined();
    change({ department: 'Finance' });
    expect(await watch()).toMatchObject({ moved: 1, ended: 0 });
    expect(await mover()).toMatchObject({
      status: 'open',
      personId: PERSON,
      grantIds: [grant.id],
      facts: { department: { from: 'Design', to: 'Finance' } },
    });
    expect((await site.grant(grant.id)).state).toBe('active');
    expect(site.isMember()).toBe(true);
  });

  test('to another manager is listed a day later at the latest', async () => {
    await site.active({ duration: null });
    await watch();
    const person = site.directory.people.get(PERSON) as MemoryPerson;
    site.directory.people.set('person-8', { ...person, id: 'person-8' });
    change({ manager: 'person-8' });
    expect(await watch()).toMatchObject({ moved: 0 });
    await site.run(DAY);
    expect(await watch()).toMatchObject({ moved: 1 });
    expect((await mover())?.facts).toEqual({ manager: { from: 'person-9', to: 'person-8' } });
  });

  test('with nothing left from before is nobody’s business', async () => {
    await site.active();
    await watch();
    await site.run(2 * HOUR);
    change({ department: 'Finance' });
    await site.active();
    expect(await watch()).toMatchObject({ moved: 0 });
    expect(await mover()).toBeUndefined();
  });

  // The note of a person is written once a day; what was given after it was given in the old place.
  test('is listed with what they were given since they were first looked at', async () => {
    const first = await site.active({ duration: DAY });
    await watch();
    await site.run(2 * HOUR);
    const second = await site.active({ duration: DAY });
    await site.run(HOUR);
    await watch();
    await site.run(HOUR);
    const later = await site.active({ duration: DAY });
    change({ department: 'Finance' });
    expect(await watch()).toMatchObject({ moved: 1 });
    expect((await mover())?.grantIds).toEqual([first.id, second.id].sort());
    expect(later.id).not.toBe(second.id);
  });

  test('whose new department the directory does not tell has not moved', async () => {
    await site.active({ duration: DAY });
    await watch();
    const { department: _, ...person } = site.directory.people.get(PERSON) as MemoryPerson;
    site.directory.people.set(PERSON, person);
    expect(await watch()).toMatchObject({ moved: 0 });
    change({ department: 'Design' });
    expect(await watch()).toMatchObject({ moved: 0 });
  });

  test('is settled when somebody has looked, and found again only when they move again', async () => {
    await site.active({ duration: DAY });
    await watch();
    change({ department: 'Finance' });
    await watch();
    await dismissFinding(site.deps(), `mover:main:${PERSON}`, 'still needed', 'admin');
    expect(await watch()).toMatchObject({ moved: 0 });
    expect((await mover())?.status).toBe('resolved');
    change({ department: 'Sales' });
    expect(await watch()).toMatchObject({ moved: 1 });
  });

  test('is forgotten when they have no access any more', async () => {
    await site.active();
    await bystanders(1);
    await watch();
    expect(await site.store.readPlain('seen:main:person-10')).toBeDefined();
    await site.run(2 * HOUR);
    const held = await load(site.store, grants, 'g-10');
    await site.store.transact([
      put(grants, { ...held?.value, state: 'cancelled' } as never, 'any'),
    ]);
    await site.run(DAY);
    await watch();
    expect(await site.store.readPlain(`seen:main:${PERSON}`)).toBeUndefined();
    expect(await site.store.readPlain('seen:main:person-10')).toBeUndefined();
    expect(await site.store.readPlain('watched')).toEqual({ v: 1, connections: {} });
  });

  test('leaves ids and the name of a department, nobody’s name', async () => {
    await site.active();
    await watch();
    const seen = await site.store.readPlain(`seen:main:${PERSON}`);
    expect(seen).toMatchObject({ department: 'Design', managerId: 'person-9' });
    expect(JSON.stringify(seen)).not.toMatch(/@|requester|approver/);
  });
});
