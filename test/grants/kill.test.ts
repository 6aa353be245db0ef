import { beforeEach, describe, expect, test } from 'vitest';
import { deciderNow } from '../../src/approvals/deciders';
import type { StopTarget } from '../../src/contracts/emergency';
import { followKill, liftKill, listKills, previewKill, startKill } from '../../src/grants/kill';
import { report } from '../../src/grants/kill-report';
import type { Grant } from '../../src/grants/model/grant';
import { quickRevoke } from '../../src/grants/quick-revoke';
import { requests } from '../../src/requests/store';
import type { Failure } from '../../src/shared/result';
import { SmallSite } from '../builders/small-site';

const PERSON: StopTarget = { kind: 'person', accountId: 'requester' };
const APP: StopTarget = { kind: 'app', app: 'figma' };
const REASON = 'The account was taken over';
const DENIED: Failure = { class: 'needs-human', code: 'forbidden', detail: 'Not allowed.' };

let site: SmallSite;
beforeEach(async () => {
  site = new SmallSite();
  await site.seed();
});

async function preview(target: StopTarget) {
  const seen = await previewKill(site.deps(), target);
  if (!seen.ok) throw new Error(seen.problem.check);
  return seen.value;
}

/** As an operator does: looks, then runs what was seen. */
async function kill(target: StopTarget): Promise<void> {
  const { preview: seen } = await preview(target);
  const started = await startKill(
    site.deps(),
    { target, reason: REASON, preview: seen },
    'operator',
  );
  expect(started).toMatchObject({ ok: true });
}

async function asked() {
  const issue = site.jira.add({ panel: { app: 'figma', role: 'figma.editor', duration: 3600 } });
  await site.queues.push('intake', [{ body: { kind: 'intake', issueId: issue.id, attempt: 9 } }]);
  await site.run(10);
  return issue;
}

const jobState = async (label: string) =>
  ((await site.store.readPlain(`job:kill-switch:${label}`)) as { state: string }).state;
const parent = () =>
  [...site.jira.issues.values()].find(({ summary }) => summary.startsWith('Kill switch'));

describe('the preview of a kill switch', () => {
  test('counts what is live and asked for, and says what stays', async () => {
    const grant = await site.active();
    const open = await asked();
    const seen = await preview(PERSON);
    expect(seen).toMatchObject({ accesses: 1, privileged: 0, requests: 1, more: false });
    expect(seen.groups).toEqual([
      { group: 'Figma editors', accesses: 1 },
      { group: 'Figma users', accesses: 1 },
    ]);
    expect([...seen.issues].sort()).toEqual([grant.issueKey, open.key].sort());
    expect(seen.stays.join(' ')).toMatch(/Sessions that are open/);
  });

  test('is the same for the app, and changes nothing', async () => {
    await site.active();
    const before = site.store.all('config').length;
    expect((await preview(APP)).accesses).toBe(1);
    expect(site.store.all('config')).toHaveLength(before);
    expect(site.isMember()).toBe(true);
  });

  test('that is out of date stops nothing', async () => {
    const { preview: seen } = await preview(PERSON);
    await asked();
    const started = await startKill(
      site.deps(),
      { target: PERSON, reason: REASON, preview: seen },
      'operator',
    );
    expect(started).toMatchObject({ ok: false, problem: { check: 'preview-current' } });
    expect(await listKills(site.deps())).toMatchObject({ value: [] });
  });

  test.each([
    ['an app', { kind: 'app', app: 'no-such-app' }, 'app-known'],
    ['an issue', { kind: 'issue', issueId: '9999' }, 'request-known'],
  ] as const)('of %s that nobody knows is refused', async (_, target, check) => {
    expect(await previewKill(site.deps(), target)).toMatchObject({ problem: { check } });
  });
});

describe('a kill switch', () => {
  test('for a person ends every access, stops every open request and says so on one issue', async () => {
    const grant = await site.active();
    const open = await asked();
    await kill(PERSON);
    await site.run(600);
    expect(await site.grant(grant.id)).toMatchObject({
      state: 'revoked',
      because: 'kill-switch',
      endedBy: 'operator',
    });
    expect(site.isMember()).toBe(false);
    expect((await site.request(open.id)).state).toBe('declined');
    expect(await jobState('person:requester')).toBe('done');
    expect(parent()?.own).toMatch(/1 of 1 accesses are gone; 1 open requests were stopped/);
    expect(parent()?.own).toMatch(/Figma users: 1 removed/);
    expect(site.events(parent()?.id ?? '')).toEqual(['stop.begun', 'stop.over']);
    expect(site.events(open.id).at(-1)).toBe('request.stopped');
    for (const id of [grant.issueId, open.id, parent()?.id ?? ''])
      expect(site.chainFault(id)).toBeUndefined();
  });

  test.each([
    ['the person', PERSON],
    ['the app', APP],
  ])('on %s keeps new access away until it is lifted', async (_, target) => {
    await kill(target);
    const open = await asked();
    expect(await site.request(open.id)).toMatchObject({
      state: 'attention',
      refusal: { check: expect.stringContaining('stopped') },
    });
    await site.run(600);
    const lifted = await liftKill(site.deps(), { target, reason: 'All clear again' }, 'operator');
    expect(lifted).toMatchObject({ ok: true });
    const later = await asked();
    expect((await site.request(later.id)).state).toBe('waiting');
  });

  test('on a person also keeps away what they ask for in the name of others', async () => {
    await kill({ kind: 'person', accountId: 'operator' });
    const issue = site.jira.add({
      creator: 'operator',
      panel: { app: 'figma', role: 'figma.editor', duration: 3600 },
    });
    await site.queues.push('intake', [{ body: { kind: 'intake', issueId: issue.id, attempt: 9 } }]);
    await site.run(10);
    expect((await site.request(issue.id)).refusal?.check).toContain('stopped');
  });

  // Whoever took over an account would go on through what others ask for.
  test('on an approver makes their answer count for nothing, by whatever account', async () => {
    site.jira.person('second', { email: 'approver@latchkey-demo.example' });
    await kill({ kind: 'person', accountId: 'second' });
    await site.run(300);
    await expect(site.approved()).rejects.toThrow('no grant');
    expect(site.isMember()).toBe(false);
    const [request] = site.store.all('request');
    const refused = site.evidence(request?.key ?? '').find(({ event }) => event === 'gate.refused');
    expect(refused?.facts).toMatchObject({ check: 'decider-not-stopped' });
    const decider = await deciderNow(
      site.deps(),
      requests.schema.parse(request?.row.body),
      'approver',
    );
    expect(decider).toMatchObject({ error: { check: 'decider-not-stopped' } });
  });

  test('that comes between approval and grant keeps the grant away', async () => {
    const held = await site.approved();
    await kill(APP);
    await site.run(900);
    expect((await site.grant(held.value.id)).state).toBe('cancelled');
    expect(site.isMember()).toBe(false);
  });

  test('for one issue leaves all else alone', async () => {
    const grant = await site.active();
    const open = await asked();
    await kill({ kind: 'issue', issueId: grant.issueId });
    await site.run(600);
    expect((await site.grant(grant.id)).state).toBe('revoked');
    expect((await site.request(open.id)).state).toBe('waiting');
    expect(await listKills(site.deps())).toMatchObject({ value: [] });
  });

  test('follows what is stuck until it is gone, and names it', async () => {
    const grant = await site.active();
    site.directory.trouble = (call) => (call === 'ensureNotMember' ? DENIED : undefined);
    await kill(PERSON);
    await site.run(1800);
    expect((await site.grant(grant.id)).state).toBe('stuck');
    expect(parent()?.own).toMatch(/0 of 1 accesses are gone, 1 are stuck/);
    expect(parent()?.own).toContain(grant.issueKey);
    expect(await jobState('person:requester')).toBe('running');
    expect(await followKill(site.deps(), PERSON)).toMatchObject({
      value: { state: 'running', progress: { done: 0, of: 1 }, parent: parent()?.id },
    });
    site.directory.trouble = () => undefined;
    await site.run(3600);
    expect(parent()?.own).toMatch(/1 of 1 accesses are gone/);
    expect(await jobState('person:requester')).toBe('done');
  });

  test('ends everything although Jira takes no issue for it', async () => {
    await site.active();
    site.jira.trouble = (call) => (call === 'createIssue' ? DENIED : undefined);
    await kill(PERSON);
    await site.run(600);
    expect(site.isMember()).toBe(false);
    expect(await jobState('person:requester')).toBe('done');
  });

  test('is lifted once, and only where one is on', async () => {
    await kill(APP);
    await site.run(600);
    const lift = () => liftKill(site.deps(), { target: APP, reason: 'All clear' }, 'operator');
    expect(await lift()).toMatchObject({ ok: true, value: { lifted: 1 } });
    expect(await lift()).toMatchObject({ problem: { check: 'kill-switch-on' } });
    const changes = site.evidence('config').map(({ facts }) => facts['what']);
    expect(changes).toEqual(['stop:app:figma', 'stop:app:figma']);
  });
});

describe('a kill switch whose removals take long', () => {
  const lift = (target: StopTarget, by = 'operator') =>
    liftKill(site.deps(), { target, reason: 'All clear again' }, by);
  const refuse = () => {
    site.directory.trouble = (call) => (call === 'ensureNotMember' ? DENIED : undefined);
  };

  // Set by mistake, a stop must not stand until the last stuck removal is proven.
  test('can be lifted once nothing new is found, and does not say then that it is on', async () => {
    await site.active();
    refuse();
    await kill(APP);
    expect(await lift(APP)).toMatchObject({ problem: { check: 'kill-switch-idle' } });
    await site.run(600);
    expect(await jobState('app:figma')).toBe('running');
    expect(await lift(APP)).toMatchObject({ ok: true });
    expect((await site.request((await asked()).id)).state).toBe('waiting');
    site.directory.trouble = () => undefined;
    await site.run(3600);
    expect(await jobState('app:figma')).toBe('done');
    expect(parent()?.own).not.toMatch(/stays stopped/);
  });

  // A request whose access began is over when the removal is, which nobody has to be looking for.
  test('looks no more while an access that had begun is on its way out', async () => {
    const held = await site.approved();
    site.directory.trouble = (call) =>
      call === 'ensureMember'
        ? { class: 'retryable', code: 'timeout', detail: 'Late.' }
        : undefined;
    await site.run(400);
    expect((await site.grant(held.value.id)).state).toBe('provisioning');
    site.directory.trouble = (call) => (call.startsWith('ensure') ? DENIED : undefined);
    await kill(APP);
    await site.run(600);
    const seen = await followKill(site.deps(), APP);
    expect(seen).toMatchObject({
      value: { progress: { what: expect.stringMatching(/removal|gone/) } },
    });
  });

  // An emergency does not wait for what is stuck from the last one.
  test('ends what came since when it is thrown anew', async () => {
    const stuck = await site.active();
    refuse();
    await kill(APP);
    await site.run(600);
    await lift(APP);
    site.directory.trouble = () => undefined;
    const open = await asked();
    refuse();
    await kill(APP);
    await site.run(600);
    expect((await site.request(open.id)).state).toBe('declined');
    expect((await site.grant(stuck.id)).state).toBe('stuck');
    expect(await listKills(site.deps())).toMatchObject({ value: [{ about: 'figma' }] });
  });
});

describe('a kill switch and records of another version', () => {
  async function spoil(grantId: string, body: (old: object) => object): Promise<void> {
    const row = await site.store.get('grant', grantId);
    if (!row) throw new Error('no such grant');
    const { rev } = row;
    await site.store.transact([
      {
        op: 'put',
        entity: 'grant',
        key: grantId,
        ifRev: rev,
        row: { ...row, rev: rev + 1, body: body(row.body as object) },
      },
    ]);
  }

  // "All of it is gone" must be true also of what this version cannot read.
  test.each([
    ['a person', () => PERSON],
    ['an app', () => APP],
    ['an issue', (issueId: string): StopTarget => ({ kind: 'issue', issueId })],
  ])('ends them for %s by what is left of them', { tags: ['record-unreadable'] }, async (_, of) => {
    const grant = await site.active();
    await spoil(grant.id, (old) => ({ ...old, v: 2 }));
    const target = of(grant.issueId);
    const seen = await preview(target);
    expect(seen.accesses).toBe(1);
    expect(seen.stays.join(' ')).toMatch(/records of 1 of these/);
    await kill(target);
    await site.run(900);
    expect(site.isMember()).toBe(false);
    expect(await followKill(site.deps(), target)).toMatchObject({ value: { state: 'done' } });
    expect(parent()?.own).toMatch(/1 of 1 accesses are gone/);
    expect(site.events(grant.issueId).filter((e) => e === 'grant.revoked')).toHaveLength(1);
  });

  test('never says that all is gone while one says nothing', {
    tags: ['record-unreadable'],
  }, async () => {
    const grant = await site.active();
    await spoil(grant.id, () => ({ nothing: 'to go by' }));
    await kill(APP);
    await site.run(1800);
    expect(await jobState('app:figma')).toBe('running');
    expect(parent()?.own).toMatch(/0 of 1 accesses are gone/);
    expect(parent()?.own).toMatch(/cannot read.*: 1/);
  });
});

// A description of more than 32,767 characters is refused, and the issue would keep its first text.
test('what a kill switch says of three hundred stuck accesses fits into one issue', async () => {
  const grant = await site.active();
  const edges = Array.from({ length: 15 }, (_, i) => ({
    groupId: `g-${i}`,
    groupName: `${'A group with a long name '.repeat(8)}${i}`,
    state: 'removing' as const,
  }));
  const cause = { check: 'stuck', sentence: 'The directory refused it. '.repeat(8), nextStep: '' };
  const { state: _, verified: __, ...rest } = grant as Extract<Grant, { state: 'active' }>;
  const all = Array.from({ length: 300 }, (_one, i): Grant => {
    const ended = { because: 'kill-switch' as const, since: site.clock.now(), cause };
    return { ...rest, ...ended, id: `g-${i}-1`, edges, state: 'stuck' };
  });
  const mark = {
    target: APP,
    by: 'operator',
    reason: REASON,
    run: 'run',
    at: site.clock.now(),
    grants: all.map(({ id }) => id),
    stopped: [],
    looks: 0,
    turns: 0,
  };
  await report(site.deps(), mark, { all, unreadable: 0, gone: 0 });
  expect(parent()?.own).toMatch(/0 of 300 accesses are gone, 300 are stuck/);
  expect(parent()?.own).toMatch(/And 260 more/);
  expect(parent()?.own?.length).toBeLessThan(32_767);
});

describe('lifting a kill switch', () => {
  // Second accounts are stopped with the account, by whatever run they were found.
  test('lifts every record of it, also of an earlier run whose directory answered', async () => {
    await kill(PERSON);
    await site.run(600);
    const stopsOn = () =>
      site.store
        .all('config')
        .filter(({ row }) => row['kind'] === 'stop' && row['status'] === 'on')
        .map(({ key }) => key);
    expect(stopsOn()).toHaveLength(2);
    const changes = site.evidence('config').map(({ facts }) => facts['what']);
    expect(changes).toEqual(['stop:person:requester', 'stop:person:requester']);
    site.directory.trouble = () => DENIED;
    await kill(PERSON);
    await site.run(600);
    site.directory.trouble = () => undefined;
    const lifted = await liftKill(site.deps(), { target: PERSON, reason: 'All clear' }, 'operator');
    expect(lifted).toMatchObject({ ok: true, value: { lifted: 2 } });
    expect(stopsOn()).toEqual([]);
  });

  test.each([
    ['an operator', 'the owner', false, false],
    ['an operator', 'an operator', false, true],
    ['the owner', 'the owner', false, true],
    ['an operator and then the owner', 'the owner', true, false],
  ])('that %s set, by %s', async (setBy, liftedBy, again, isLifted) => {
    const as = (who: string) => {
      site.jira.administrator = !who.includes('owner');
      return who.includes('owner') ? 'owner' : 'operator';
    };
    const throwIt = async (who: string) => {
      const by = as(who);
      const { preview: seen } = await preview(APP);
      await startKill(site.deps(), { target: APP, reason: REASON, preview: seen }, by);
      await site.run(600);
    };
    await throwIt(again ? 'an operator' : setBy);
    if (again) await throwIt('the owner');
    const by = as(liftedBy);
    const lifted = await liftKill(site.deps(), { target: APP, reason: 'All clear' }, by);
    expect(lifted.ok ? 'lifted' : lifted.problem.check).toBe(
      isLifted ? 'lifted' : 'right-operator',
    );
  });
});

describe('one access', () => {
  const revoke = (issueId: string, by: string) =>
    quickRevoke(site.deps(), { issueId, reason: REASON }, by);

  test.each(['owner', 'approver'])(
    'is revoked by the %s, who is named in the record',
    async (by) => {
      site.jira.administrator = false;
      const grant = await site.active();
      expect(await revoke(grant.issueId, by)).toMatchObject({ ok: true });
      await site.run(300);
      expect(await site.grant(grant.id)).toMatchObject({
        state: 'revoked',
        because: 'revoked-by-person',
        endedBy: by,
      });
      expect(site.isMember()).toBe(false);
      const ending = site.evidence(grant.issueId).find(({ event }) => event === 'grant.ending');
      expect(ending).toMatchObject({ actor: { accountId: by }, facts: { right: by } });
      expect(JSON.stringify(ending)).not.toContain(REASON);
      const said = site.jira.posted.filter((p) => p.text.includes(REASON));
      expect(said.map((p) => p.audience)).toEqual(['internal']);
    },
  );

  test('is not there for anybody else, as one that does not exist is not', async () => {
    site.jira.administrator = false;
    const grant = await site.active();
    const others = [await revoke(grant.issueId, 'friend'), await revoke('9999', 'friend')];
    expect(others[0]).toMatchObject({ ok: false, problem: { check: 'grant-yours' } });
    expect(others[1]).toEqual(others[0]);
    expect(site.isMember()).toBe(true);
  });

  test('that was not given yet is stopped', async () => {
    const held = await site.approved();
    expect(await revoke(held.value.issueId, 'operator')).toMatchObject({ ok: true });
    await site.run(900);
    expect((await site.grant(held.value.id)).state).toBe('cancelled');
    expect(site.isMember()).toBe(false);
  });

  test('that is over already is said to be', async () => {
    const grant = await site.active();
    await revoke(grant.issueId, 'operator');
    await site.run(300);
    expect(await revoke(grant.issueId, 'operator')).toMatchObject({
      problem: { check: 'grant-live' },
    });
  });
});
