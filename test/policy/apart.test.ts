/** Roles that are kept apart, asked for and approved in the same moment. */
import { expect, test } from 'vitest';
import { checkConsent } from '../../src/approvals/consent';
import { savePolicy } from '../../src/policy/documents';
import { loadSitePolicy } from '../../src/policy/site-policy';
import { intake } from '../../src/requests/intake';
import { HOUR } from '../../src/shared/instant';
import { aRole, STATUS } from '../builders/catalog';
import { aSet } from '../builders/policies';
import { SmallSite } from '../builders/small-site';

/** Both pinned, both approved; the indexes of grants have not caught up. */
async function bothApproved(): Promise<{ site: SmallSite; issues: string[] }> {
  const site = new SmallSite();
  await site.seed();
  const groups = [{ id: 'g-other', name: 'Other group' }];
  await site.saveRole(aRole({ id: 'figma.auditor', name: 'Auditor', groups }));
  const { value } = await loadSitePolicy(site.store);
  const policy = { ...value, sod: [aSet({ roles: ['figma.editor', 'figma.auditor'] })] };
  const saved = await savePolicy(site.deps(), { version: value.version, policy }, 'owner');
  if (!saved.ok) throw new Error(saved.problem.sentence);
  const issues: string[] = [];
  for (const role of ['figma.editor', 'figma.auditor']) {
    const issue = site.jira.add({ panel: { app: 'figma', role, duration: HOUR } });
    await intake(site.deps(), { issueId: issue.id, attempt: 9 });
    expect((await site.request(issue.id)).state).toBe('waiting');
    const now = site.clock.now();
    const answers = [{ accountId: 'approver', decision: 'approved' as const }];
    const approval = { id: `a-${issue.id}`, name: 'Approval', finalDecision: 'approved' as const };
    issue.approvals.push({ ...approval, created: now, completed: now, answers });
    issue.statusId = STATUS.approved;
    issues.push(issue.id);
  }
  const query = site.store.query.bind(site.store);
  site.store.query = async (asked) => (asked.entity === 'grant' ? { rows: [] } : query(asked));
  return { site, issues };
}

// Contract: a combination that is blocked is never held, however close the two approvals are.
test('one after the other within the lag of the index, only the first is given', async () => {
  const { site, issues } = await bothApproved();
  const kinds: string[] = [];
  for (const id of issues) kinds.push((await checkConsent(site.deps(), id)).kind);
  expect(kinds[0]).toBe('provision');
  expect(kinds[1]).not.toBe('provision');
  expect(site.events(issues[1] as string)).toContain('gate.refused');
});

test('in the same instant, only one is given', { tags: ['two-workers-one-grant'] }, async () => {
  const { site, issues } = await bothApproved();
  const looked = await Promise.all(issues.map((id) => checkConsent(site.deps(), id)));
  expect(looked.filter(({ kind }) => kind === 'provision')).toHaveLength(1);
  const late = issues[looked.findIndex(({ kind }) => kind !== 'provision')] as string;
  expect((await checkConsent(site.deps(), late)).kind).not.toBe('provision');
  expect((await site.request(late)).grantId).toBeUndefined();
});
