/** A red role is not given, a nightly look turns roles red, and a removal does not care. */
import { describe, expect, test } from 'vitest';
import { checkConsent } from '../../src/approvals/consent';
import { saveApp, saveRole } from '../../src/catalog/edit';
import { listLint } from '../../src/catalog/lint';
import { roleGivenOf } from '../../src/catalog/model/lay-over';
import { loadSettings, putSettings } from '../../src/catalog/settings';
import { listFindings } from '../../src/findings/findings';
import { jobId, readJob, startJob } from '../../src/jobs/job';
import { intake } from '../../src/requests/intake';
import { HOUR } from '../../src/shared/instant';
import { aRole, STATUS } from '../builders/catalog';
import { answered } from '../builders/change-sets';
import { SmallSite } from '../builders/small-site';

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  return site;
}
async function night(site: SmallSite): Promise<void> {
  await startJob(site.deps(), 'lint', 'site');
  await site.run(60);
  expect(await readJob(site.deps(), jobId('lint', 'site'))).toMatchObject({ state: 'done' });
}
const red = async (site: SmallSite) =>
  answered(await listLint(site.deps(), { severity: 'red' })).roles.map((one) =>
    one.marks.filter((m) => m.severity === 'red').map((m) => m.rule),
  );
const findings = async (site: SmallSite, status: 'open' | 'resolved') =>
  answered(await listFindings(site.deps(), { status })).findings.map((f) => f.key);
function group(site: SmallSite, id: string, over: object): void {
  const known = site.directory.groups.get(id) ?? { id, name: id, writable: true as const };
  site.directory.groups.set(id, { privileged: false, ...known, ...over });
}
async function asked(site: SmallSite) {
  const issue = site.jira.add({ panel: { app: 'figma', role: 'figma.editor', duration: HOUR } });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  return issue;
}
const save = (site: SmallSite, over: object = {}) =>
  saveRole(site.deps(), { ...roleGivenOf(aRole()), ...over }, 'admin');

test('a group that became privileged over night is a finding, and nobody is given the role', {
  tags: ['privileged-group'],
}, async () => {
  const site = await seeded();
  await night(site);
  expect(await red(site)).toEqual([]);
  group(site, 'g-users', { privileged: true });
  await night(site);
  expect(await red(site)).toEqual([['group-privileged']]);
  expect(await findings(site, 'open')).toEqual(['role-red:figma.editor']);
  const issue = await asked(site);
  const request = await site.request(issue.id);
  expect(request).toMatchObject({ state: 'attention', refusal: { check: 'role-sound' } });
  expect(request.refusal?.sentence).toContain('IT has to look at this role first');
  expect(site.jira.posted.filter((p) => p.audience === 'public')[0]?.text).toContain(
    'IT has to look at this role first',
  );
  group(site, 'g-users', { privileged: false });
  await night(site);
  expect(await findings(site, 'open')).toEqual([]);
  expect(await findings(site, 'resolved')).toEqual(['role-red:figma.editor']);
  const later = await asked(site);
  expect((await site.request(later.id)).state).toBe('waiting');
});

test('a role that turned red after the request was put up for approval is not given', {
  tags: ['privileged-group'],
}, async () => {
  const site = await seeded();
  const issue = await asked(site);
  group(site, 'g-users', { privileged: true });
  await night(site);
  const now = site.clock.advance(30);
  const answers = [{ accountId: 'approver', decision: 'approved' as const }];
  const approval = { id: 'a-1', name: 'Approval', finalDecision: 'approved' as const, answers };
  issue.approvals.push({ ...approval, created: now, completed: now });
  issue.statusId = STATUS.approved;
  await checkConsent(site.deps(), issue.id);
  expect((await site.request(issue.id)).refusal?.check).toBe('role-sound');
  expect(site.directory.changes()).toEqual([]);
});

test('access of a role that turned red still ends', {
  tags: ['group-turned-privileged'],
}, async () => {
  const site = await seeded();
  const grant = await site.active();
  group(site, 'g-editors', { privileged: true });
  await night(site);
  await site.run(2 * HOUR);
  expect((await site.grant(grant.id)).state).toBe('revoked');
});

// No answer is no news: neither that a group is gone nor that it is harmless.
test('a directory that does not answer turns no role red and heals none', {
  tags: ['directory-down', 'privileged-group'],
}, async () => {
  const site = await seeded();
  const down = () => {
    site.directory.trouble = () => ({ class: 'retryable', code: 'server-error', detail: '503' });
  };
  down();
  await night(site);
  expect(await red(site)).toEqual([]);
  site.directory.trouble = () => undefined;
  group(site, 'g-users', { privileged: true });
  await night(site);
  down();
  await night(site);
  expect(await red(site)).toEqual([['group-privileged']]);
});

test('a rate limit is waited out', { tags: ['rate-limited'] }, async () => {
  const site = await seeded();
  let times = 0;
  site.directory.trouble = () => {
    times++;
    const limit = {
      class: 'retryable',
      code: 'rate-limited',
      detail: '429',
      retryAfter: 20,
    } as const;
    return times <= 2 ? limit : undefined;
  };
  group(site, 'g-users', { privileged: true });
  await startJob(site.deps(), 'lint', 'site');
  await site.run(10);
  expect((await readJob(site.deps(), jobId('lint', 'site')))?.state).toBe('running');
  await site.run(60);
  expect(await red(site)).toEqual([['group-privileged']]);
});

test('many roles are looked at in pieces', async () => {
  const site = await seeded();
  for (let n = 0; n < 90; n++) await site.saveRole(aRole({ id: `figma.r${n}`, name: `R ${n}` }));
  group(site, 'g-users', { privileged: true });
  await night(site);
  const job = await readJob(site.deps(), jobId('lint', 'site'));
  expect(job).toMatchObject({ result: { roles: 91, red: 91, amber: 0 } });
  expect(job?.turn).toBeGreaterThan(3);
});

describe('a role with a red mark cannot be published', { tags: ['circular-mapping'] }, () => {
  test('when members of its group approve requests here', async () => {
    const site = await seeded();
    const held = await loadSettings(site.store);
    const guardedGroups = [{ connection: 'main', group: 'g-users' }];
    await site.store.transact([putSettings({ ...held.value, guardedGroups }, held.rev)]);
    expect(await save(site)).toMatchObject({ ok: false, problem: { check: 'group-circular' } });
  });

  test.each(['jira-administrators', 'Org-Admins'])('when its group is %s', async (name) => {
    const site = await seeded();
    group(site, 'g-users', { name });
    expect(await save(site)).toMatchObject({ ok: false, problem: { check: 'group-circular' } });
  });

  test('when its owner decides and has left', async () => {
    const site = await seeded();
    site.jira.person('owner', { active: false });
    const answer = await save(site, { approver: { kind: 'owner' } });
    expect(answer).toMatchObject({ ok: false, problem: { check: 'owner-active' } });
  });
});

test('a new owner heals the roles of the app at once', async () => {
  const site = await seeded();
  await site.saveRole(aRole({ version: 2, approver: { kind: 'owner' } }));
  site.jira.person('owner', { active: false });
  await night(site);
  expect(await red(site)).toEqual([['owner-active']]);
  const app = {
    id: 'figma',
    name: 'Figma',
    description: '',
    category: '',
    status: 'live' as const,
  };
  answered(await saveApp(site.deps(), { ...app, owner: 'friend' }, 'admin'));
  await site.run(10);
  expect(await red(site)).toEqual([]);
});

test('saving a mended role settles its finding', async () => {
  const site = await seeded();
  group(site, 'g-users', { privileged: true });
  await night(site);
  answered(await save(site, { groups: ['g-editors'] }));
  expect(await red(site)).toEqual([]);
  expect(await findings(site, 'open')).toEqual([]);
});

test('withdrawing a red role settles its finding, and nothing is found of it any more', async () => {
  const site = await seeded();
  group(site, 'g-users', { privileged: true });
  await night(site);
  answered(await save(site, { status: 'withdrawn' }));
  expect(await findings(site, 'open')).toEqual([]);
  await night(site);
  expect(await red(site)).toEqual([]);
});
