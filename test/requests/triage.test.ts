import { describe, expect, test } from 'vitest';
import { intake } from '../../src/requests/intake';
import { triage } from '../../src/requests/triage';
import { SmallSite } from '../builders/small-site';

/** Somebody asked for what the catalog does not have. */
async function unknown() {
  const site = new SmallSite();
  await site.seed();
  const issue = site.jira.add({
    panel: { app: 'sketchboard', reason: 'Workshop with the sales team', duration: 3600 },
  });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  const name = (role: string) => triage(site.deps(), { issueId: issue.id, role }, 'operator');
  return { site, issueId: issue.id, name };
}

describe('a request for something the catalog does not have', () => {
  test('goes on in the same issue once IT has named its role', async () => {
    const { site, issueId, name } = await unknown();
    expect(await site.request(issueId)).toMatchObject({ refusal: { check: 'app-known' } });
    expect(await name('figma.editor')).toMatchObject({ ok: true });
    await site.run(60);
    expect(await site.request(issueId)).toMatchObject({
      state: 'waiting',
      pin: { subject: { roleId: 'figma.editor', duration: 3600 } },
    });
    const record = site.evidence(issueId).find(({ event }) => event === 'request.triaged');
    expect(record).toMatchObject({
      actor: { accountId: 'operator' },
      facts: { role: 'figma.editor', was: 'app-known' },
    });
    expect(site.chainFault(issueId)).toBeUndefined();
  });

  test('stays as it is when the named role is not offered', async () => {
    const { site, issueId, name } = await unknown();
    expect(await name('figma.owner')).toMatchObject({ problem: { check: 'role-offered' } });
    expect(await site.request(issueId)).toMatchObject({ state: 'attention' });
  });

  test('is given a role once: afterwards it waits for its approvers, not for IT', async () => {
    const { site, name } = await unknown();
    await name('figma.editor');
    await site.run(60);
    expect(await name('figma.editor')).toMatchObject({ problem: { check: 'triage-waits' } });
  });
});
