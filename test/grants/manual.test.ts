import { describe, expect, test } from 'vitest';
import { loadSettings, putSettings } from '../../src/catalog/settings';
import { attest } from '../../src/grants/attest';
import { provision } from '../../src/grants/provision';
import { endGrant } from '../../src/grants/revoke';
import { DAY, HOUR, secondsBetween } from '../../src/shared/instant';
import { SmallSite } from '../builders/small-site';

const NOTE = 'Added in the vendor console.';

/** Approved, and put before people. */
async function byHand() {
  const site = new SmallSite();
  await site.seed();
  const held = await site.approved({ manual: {}, edges: [] });
  await provision(site.deps(), held);
  site.jira.administrator = false;
  const { issueId, id } = held.value;
  const say = (what: 'given' | 'removed', by = 'owner') =>
    attest(site.deps(), { issueId, what, note: NOTE }, by);
  const tasks = () => (site.jira.issues.get(issueId)?.fields['subtasks'] as unknown[]) ?? [];
  return { site, issueId, id, say, tasks };
}

describe('access given by hand', () => {
  test('opens one task and counts as nothing until somebody attests it', async () => {
    const { site, id, issueId, tasks } = await byHand();
    expect(tasks()).toHaveLength(1);
    expect(await site.grant(id)).toMatchObject({ state: 'provisioning', endsAt: null });
    await site.run(3 * DAY);
    expect(await site.grant(id)).toMatchObject({ state: 'provisioning' });
    expect(tasks()).toHaveLength(1);
    // The first with the task, then one a day.
    expect(site.jira.mails.filter(({ to }) => to.includes('owner')).length).toBe(4);
    expect(site.store.all('finding').map(({ key }) => key)).toContain(`giving-overdue:${id}`);
    expect(site.events(issueId)).not.toContain('grant.active');
    expect(site.directory.changes()).toEqual([]);
  });

  test('starts when it is attested, and the record names who and says MANUAL', async () => {
    const { site, id, issueId, say } = await byHand();
    await site.run(5 * HOUR);
    expect(await say('given')).toMatchObject({ ok: true });
    const grant = await site.grant(id);
    expect(grant).toMatchObject({
      state: 'active',
      manual: { given: { by: 'owner', note: NOTE } },
    });
    expect(secondsBetween(grant.startedAt as never, grant.endsAt as never)).toBe(HOUR);
    const record = site.evidence(issueId).find(({ event }) => event === 'grant.active');
    expect(record).toMatchObject({ actor: { accountId: 'owner' }, facts: { manual: true } });
    expect(await site.request(issueId)).toMatchObject({ state: 'granted' });
  });

  test('ends only when somebody attests the removal, and is stuck out loud until then', async () => {
    const { site, id, issueId, say, tasks } = await byHand();
    await say('given');
    await site.run(HOUR + 360);
    expect(await site.grant(id)).toMatchObject({ state: 'revoking', because: 'expired' });
    expect(tasks()).toHaveLength(2);
    await site.run(4 * HOUR);
    expect(await site.grant(id)).toMatchObject({
      state: 'stuck',
      cause: { check: 'removed-by-hand' },
    });
    const finding = site.store.all('finding').find(({ key }) => key === `removal-overdue:${id}`);
    expect(finding?.row['status']).toBe('open');
    await site.run(2 * DAY);
    expect(site.events(issueId).filter((event) => event === 'grant.stuck')).toHaveLength(1);
    expect(await say('removed')).toMatchObject({ ok: true });
    expect(await site.grant(id)).toMatchObject({ state: 'revoked', because: 'expired' });
    expect(await site.request(issueId)).toMatchObject({ state: 'ended' });
    const after = site.store.all('finding').find(({ key }) => key === `removal-overdue:${id}`);
    expect(after?.row['status']).toBe('resolved');
    expect(site.chainFault(issueId)).toBeUndefined();
    await site.run(DAY);
    expect(await site.grant(id)).toMatchObject({ state: 'revoked' });
  });

  test('withdrawn before it was attested still asks somebody to look that nothing is there', async () => {
    const { site, id, say, tasks } = await byHand();
    await endGrant(site.deps(), id, { because: 'withdrawn', by: 'requester' });
    expect(await site.grant(id)).toMatchObject({ state: 'revoking' });
    expect(tasks()).toHaveLength(2);
    expect(await say('given')).toMatchObject({ problem: { check: 'attestation-due' } });
    await say('removed');
    expect(await site.grant(id)).toMatchObject({ state: 'revoked', because: 'withdrawn' });
  });

  test.each<[string, string, (site: SmallSite) => Promise<void> | void, string | undefined]>([
    ['the owner of the app', 'owner', () => {}, undefined],
    ['an operator', 'operator', operators, undefined],
    ['somebody without a right', 'friend', () => {}, 'attestation-yours'],
    [
      'the person who receives it, even with a right',
      'requester',
      everybody,
      'attester-is-no-party',
    ],
  ])('%s', { tags: ['self-approval'] }, async (_, by, prepare, check) => {
    const { site, say } = await byHand();
    await prepare(site);
    const answer = await say('given', by);
    expect(answer).toMatchObject(check === undefined ? { ok: true } : { problem: { check } });
  });

  test('in observe mode opens no task and gives nothing', async () => {
    const site = new SmallSite();
    await site.seed();
    const held = await site.approved({ manual: {}, edges: [], observed: true });
    await provision(site.deps(), held);
    expect(site.jira.issues.get(held.value.issueId)?.fields['subtasks']).toBeUndefined();
    expect(await site.grant(held.value.id)).toMatchObject({ state: 'cancelled' });
  });

  test('is not asked for when the person has left the directory meanwhile', {
    tags: ['person-missing-or-double'],
  }, async () => {
    const site = new SmallSite();
    await site.seed();
    const held = await site.approved({ manual: {}, edges: [] });
    const person = site.directory.people.get('person-1');
    if (person) site.directory.people.set('person-1', { ...person, active: false });
    await provision(site.deps(), held);
    expect(await site.grant(held.value.id)).toMatchObject({ state: 'blocked' });
    expect(site.jira.issues.get(held.value.issueId)?.fields['subtasks']).toBeUndefined();
  });

  test('withdrawn before it was given is called off on its task', async () => {
    const { site, id } = await byHand();
    const task = (await site.grant(id)).manual?.giveTask;
    await endGrant(site.deps(), id, { because: 'withdrawn', by: 'requester' });
    const said = site.jira.posted.filter(({ issueId }) => issueId === task);
    expect(said.map(({ text }) => text)).toEqual([expect.stringMatching(/Do not give it/)]);
  });

  test('is not attested by a second account of the person who receives it', {
    tags: ['self-approval'],
  }, async () => {
    const { site, id } = await byHand();
    site.jira.person('owner', { email: 'requester@latchkey-demo.example' });
    const { issueId } = await site.grant(id);
    const answer = await attest(site.deps(), { issueId, what: 'given', note: NOTE }, 'owner');
    expect(answer).toMatchObject({ problem: { check: 'attester-is-no-party' } });
  });

  test('is asked for by one task although the answer to its making was lost', {
    tags: ['answer-lost'],
  }, async () => {
    const site = new SmallSite();
    await site.seed();
    const held = await site.approved({ manual: {}, edges: [] });
    let lost = true;
    site.jira.trouble = (call) => {
      if (call !== 'createIssue' || !lost) return undefined;
      lost = false;
      return 'lost';
    };
    const first = await provision(site.deps(), held);
    expect(first).toMatchObject({ kind: 'later' });
    await site.run(DAY + 600);
    expect(site.jira.issues.get(held.value.issueId)?.fields['subtasks']).toHaveLength(1);
    expect((await site.grant(held.value.id)).manual).toHaveProperty('giveTask');
  });
});

async function operators(site: SmallSite): Promise<void> {
  site.jira.groups.set('operator', [{ id: 'ops', name: 'Operators' }]);
  await withRights(site);
}
async function everybody(site: SmallSite): Promise<void> {
  site.jira.groups.set('requester', [{ id: 'ops', name: 'Operators' }]);
  await withRights(site);
}
async function withRights(site: SmallSite): Promise<void> {
  const { value, rev } = await loadSettings(site.store);
  const rights = { operator: ['ops'], auditor: [] };
  expect(await site.store.transact([putSettings({ ...value, rights }, rev)])).toBe('done');
}
