/** Privileged roles can sign the person out of the directory when they end. */
import { expect, test } from 'vitest';
import { HOUR } from '../../src/shared/instant';
import { PERSON, SmallSite } from '../builders/small-site';

async function seeded(role: { endSessions?: boolean } = { endSessions: true }): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed({ role: { risk: 'privileged', ...role } });
  return site;
}
const said = (site: SmallSite) => site.jira.posted.map((p) => p.text).join('\n');
const REFUSED = {
  class: 'needs-human',
  code: 'scope-missing',
  detail: 'Not allowed.',
  requestId: 'r-1',
} as const;

test('after the removal, on record and on the issue', async () => {
  const site = await seeded();
  const grant = await site.active();
  expect(site.directory.sessionsEnded).toEqual([]);
  await site.run(HOUR + 600);
  site.expectOver(grant);
  expect(site.directory.sessionsEnded).toEqual([PERSON]);
  const end = site.evidence(grant.issueId).find((e) => e.event === 'grant.revoked');
  expect(end?.facts['sessions']).toMatchObject({ ended: true });
  expect(said(site)).toContain('also signed out of the directory');
});

test('not where the role does not say so', async () => {
  const site = await seeded({});
  await site.active();
  await site.run(HOUR + 600);
  expect(site.directory.sessionsEnded).toEqual([]);
});

test('not where nothing was taken away', { tags: ['already-a-member'] }, async () => {
  const site = await seeded();
  for (const group of ['g-users', 'g-editors']) site.directory.put({ group, person: PERSON }, true);
  await site.active();
  await site.run(HOUR + 600);
  expect(site.directory.sessionsEnded).toEqual([]);
});

test('a directory that refuses is named, and the access has ended all the same', async () => {
  const site = await seeded();
  const grant = await site.active();
  site.directory.trouble = (call) => (call === 'endSessions' ? REFUSED : undefined);
  await site.run(HOUR + 600);
  site.expectOver(grant);
  expect((await site.grant(grant.id)).state).toBe('revoked');
  const end = site.evidence(grant.issueId).find((e) => e.event === 'grant.revoked');
  expect(end?.facts['sessions']).toMatchObject({ ended: false, failed: 'scope-missing' });
  const open = site.jira.posted.filter((p) => p.audience === 'public').map((p) => p.text);
  expect(open.join('\n')).toContain('could not be signed out');
  expect(open.join('\n')).not.toContain('r-1');
  expect(said(site)).toContain('r-1');
});
