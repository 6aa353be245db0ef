/** The hourly look at everybody with access: leavers lose it at once, movers are listed. */
import { beforeEach, describe, expect, test } from 'vitest';
import { connections } from '../../src/catalog/store';
import { dismissFinding, findings } from '../../src/findings/findings';
import { grants } from '../../src/grants/store';
import { readJob, startJob } from '../../src/jobs/job';
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

describe('somebody who is gone', { tags: ['person-missing-or-double'] }, () => {
  test('loses every access', async () => {
    const grant = await site.active();
    site.directory.people.delete(PERSON);
    expect(await watch()).toMatchObject({ ended: 1 });
    expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked', because: 'person-gone' });
  });

  test('is asked for alone before anything ends: missing among many is no proof', async () => {
    const grant = await site.active();
    site.directory.trouble = (call) => (call === 'peopleById' ? 'thin' : undefined);
    expect(await watch()).toMatchObject({ ended: 0, unread: [] });
    expect((await site.grant(grant.id)).state).toBe('active');
  });

  test('is not believed when half of everybody is', async () => {
    const grant = await site.active();
    for (let n = 0; n < 11; n++) {
      const row = { ...grant, id: `g-${n}`, personId: `stranger-${n}` };
      await site.store.transact([put(grants, row, 0)]);
    }
    site.directory.people.clear();
    expect(await watch()).toMatchObject({
      ended: 0,
      unread: [{ connectionId: 'main', why: 'too-many-gone' }],
    });
    expect((await site.grant(grant.id)).state).toBe('active');
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
    const grant = await site.active();
    disable();
    if (failing === 'person') site.directory.people.delete(PERSON);
    site.directory.trouble = (call) => (call === failing ? 'cut' : undefined);
    expect(await watch()).toMatchObject({ ended: 0, unread: [{ connectionId: 'main' }] });
    expect((await site.grant(grant.id)).state).toBe('active');
    site.directory.trouble = () => undefined;
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

  test('leaves ids and the name of a department, nobody’s name', async () => {
    await site.active();
    await watch();
    const seen = await site.store.readPlain(`seen:main:${PERSON}`);
    expect(seen).toMatchObject({ department: 'Design', managerId: 'person-9' });
    expect(JSON.stringify(seen)).not.toMatch(/@|requester|approver/);
  });
});
