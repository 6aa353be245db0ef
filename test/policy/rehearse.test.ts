/** A changed policy on requests that were really made, and a draft beside live ones. */
import { describe, expect, test } from 'vitest';
import { roles } from '../../src/catalog/store';
import { readJob, startJob } from '../../src/jobs/job';
import { savePolicy } from '../../src/policy/documents';
import { discardDraft, readDraft, saveDraft, setShadow } from '../../src/policy/draft';
import { loadDraft } from '../../src/policy/draft-record';
import type { RehearsalMark } from '../../src/policy/rehearse';
import { countsOf } from '../../src/policy/shadow';
import { loadSitePolicy } from '../../src/policy/site-policy';
import { intake } from '../../src/requests/intake';
import { requests } from '../../src/requests/store';
import { DAY, HOUR } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { anAutoRule } from '../builders/policies';
import { SmallSite } from '../builders/small-site';

interface Result {
  readonly words: string;
  readonly hardStops: readonly string[];
  readonly totals: Readonly<Record<string, number>>;
  readonly lines: readonly {
    readonly was: string;
    readonly is: string;
    readonly isWords: string;
  }[];
}

/** Three requests for a role that a named person decides on. */
async function withRequests(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  for (let n = 0; n < 3; n++) await ask(site);
  return site;
}
async function ask(site: SmallSite): Promise<string> {
  const panel = { app: 'figma', role: 'figma.editor', duration: HOUR };
  const issue = site.jira.add({ panel });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  return issue.id;
}
async function draft(site: SmallSite, sensitive: object): Promise<void> {
  const { value } = await loadSitePolicy(site.store);
  const tiers = { ...value.tiers, sensitive: { ...value.tiers.sensitive, ...sensitive } };
  const policy = { ...value, tiers, ticketProjects: ['10000'] };
  const saved = await saveDraft(site.deps(), { version: value.version, policy }, 'owner');
  if (!saved.ok) throw new Error(saved.problem.sentence);
}
async function rehearsal(site: SmallSite, role?: RehearsalMark['role']): Promise<Result> {
  await startJob(site.deps(), 'policy-rehearsal', 'site', {
    mark: { last: 100, ...(role && { role }) },
  });
  await site.run(60);
  const job = await readJob(site.deps(), 'policy-rehearsal:site');
  if (job?.state !== 'done') throw new Error(JSON.stringify(job));
  return job.result as Result;
}

describe('a rehearsal', () => {
  test('of what stands finds nothing that changes', async () => {
    const { totals, lines } = await rehearsal(await withRequests());
    expect([totals['of'], totals['same'], lines.length]).toEqual([3, 3, 0]);
  });

  test('tells what a stricter draft would refuse, and why', async () => {
    const site = await withRequests();
    await draft(site, { ticket: 'required' });
    const { totals, lines } = await rehearsal(site);
    expect([totals['newlyRefused'], totals['skipPerson']]).toEqual([3, 0]);
    expect(lines[0]?.isWords).toBe('refused: No ticket is named.');
  });

  test('counts who would skip a person, and stops hard where a privileged role would', async () => {
    const site = await withRequests();
    await site.saveRole({
      ...(await roleNow(site)),
      risk: 'privileged',
      version: 2,
      policyVersion: 2,
    });
    await site.run(60);
    await ask(site);
    const rules = { auto: anAutoRule() };
    const { totals, words, hardStops } = await rehearsal(site, {
      id: 'figma.editor',
      risk: 'routine',
      rules,
    });
    expect([totals['skipPerson'], totals['guardedEased']]).toEqual([4, 1]);
    expect(words).toMatch(
      /^4 of 4 would skip a person; 1 of a privileged role would lose approval/,
    );
    expect(hardStops).toContain('figma.editor would be decided by a rule');
  });

  test.each<[string, (site: SmallSite) => Promise<RehearsalMark['role']>]>([
    [
      'a group that nobody looked at then',
      async () => ({
        id: 'figma.editor',
        rules: {
          visibleTo: [{ kind: 'directory-group' as const, connection: 'main', group: 'g-other' }],
        },
      }),
    ],
    [
      'facts that were erased',
      async (site) => {
        for (const { key } of site.store.all('request')) {
          const held = await load(site.store, requests, key);
          if (!held?.value.pin) continue;
          const { judged: _, ...pin } = held.value.pin;
          await site.store.transact([put(requests, { ...held.value, pin }, held.rev)]);
        }
        return undefined;
      },
    ],
  ])('cannot tell from %s, and does not guess', async (_, arrange) => {
    const site = await withRequests();
    const { totals } = await rehearsal(site, await arrange(site));
    expect([totals['untold'], totals['same']]).toEqual([3, 0]);
  });

  // Contract: a draft that goes back to how it was in spring is held against what was asked for last.
  test('stops hard where a guarded role would get weaker than it was last', async () => {
    const site = await withRequests();
    const privileged = { ...(await roleNow(site)), risk: 'privileged' as const };
    const rules = { permanent: false, reasonLength: 0 };
    await site.saveRole({ ...privileged, rules, version: 2, policyVersion: 2 });
    await ask(site);
    await site.run(60);
    await site.saveRole({
      ...privileged,
      rules: { ...rules, totalAge: 2 * DAY },
      version: 3,
      policyVersion: 3,
    });
    await ask(site);
    const { hardStops } = await rehearsal(site, { id: 'figma.editor', rules: { totalAge: null } });
    expect(hardStops).toEqual(['figma.editor: longest in all 2 days → no cap, weaker']);
  });

  test('judges the old side by the policy of that day', async () => {
    const site = await withRequests();
    const { value } = await loadSitePolicy(site.store);
    const tiers = { ...value.tiers, sensitive: { ...value.tiers.sensitive, ticket: 'required' } };
    const policy = { ...value, tiers, ticketProjects: ['10000'] };
    expect((await savePolicy(site.deps(), { version: 0, policy }, 'owner')).ok).toBe(true);
    const { lines } = await rehearsal(site);
    expect(lines.map(({ was, is }) => `${was} → ${is}`)).toEqual(Array(3).fill('people → refused'));
  });
});

describe('a draft in shadow mode', () => {
  // Contract: a draft that would let through what is refused today differs on exactly those requests.
  test('is laid beside requests that are refused, too', async () => {
    const site = await withRequests();
    const visibleTo = [{ kind: 'department' as const, is: ['Sales'] }];
    const { value } = await loadSitePolicy(site.store);
    const tiers = { ...value.tiers, sensitive: { ...value.tiers.sensitive, visibleTo } };
    const policy = { ...value, tiers };
    expect((await savePolicy(site.deps(), { version: 0, policy }, 'owner')).ok).toBe(true);
    await draft(site, { visibleTo: [] });
    await setShadow(site.deps(), true, 'owner');
    const issue = await ask(site);
    expect((await site.request(issue)).refusal?.check).toBe('visible-to');
    const id = (await loadDraft(site.store))?.value.id ?? '';
    expect((await countsOf(site.deps(), id)).lines).toEqual([
      { issueId: issue, was: 'refused', is: 'people' },
    ]);
    expect(site.events(issue)).toContain('policy.shadowed');
  });

  test('is laid beside live requests, counted and in the evidence, and decides nothing', async () => {
    const site = await withRequests();
    await draft(site, { ticket: 'required' });
    await ask(site);
    const id = (await loadDraft(site.store))?.value.id ?? '';
    expect((await countsOf(site.deps(), id)).judged).toBe(0);
    await setShadow(site.deps(), true, 'owner');
    const issue = await ask(site);
    expect((await site.request(issue)).state).toBe('waiting');
    expect(await countsOf(site.deps(), id)).toMatchObject({
      judged: 1,
      different: 1,
      lines: [{ issueId: issue, was: 'people', is: 'refused' }],
    });
    expect(site.events(issue)).toContain('policy.shadowed');
    await setShadow(site.deps(), false, 'owner');
    expect(site.events(await ask(site))).not.toContain('policy.shadowed');
  });

  test('that says the same is counted and leaves no evidence', async () => {
    const site = await withRequests();
    await draft(site, {});
    await setShadow(site.deps(), true, 'owner');
    expect(site.events(await ask(site))).not.toContain('policy.shadowed');
    const read = await readDraft(site.deps());
    expect(read.ok && read.value).toMatchObject({ shadow: { judged: 1, different: 0 } });
    expect((await discardDraft(site.deps(), 'owner')).ok).toBe(true);
    expect(await loadDraft(site.store)).toBeUndefined();
  });
});

async function roleNow(site: SmallSite) {
  const held = await load(site.store, roles, 'role:figma.editor');
  if (!held) throw new Error('no role');
  return held.value;
}
