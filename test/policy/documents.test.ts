/** Saving a policy: versions, two administrators, sign-offs; and what is known of a person. */
import { describe, expect, test } from 'vitest';
import { saveApp, saveRole } from '../../src/catalog/edit';
import { roles } from '../../src/catalog/store';
import type { SitePolicy } from '../../src/contracts/policy';
import { comparePolicy, savePolicy } from '../../src/policy/documents';
import { confirmProposal, discardProposal, listProposals } from '../../src/policy/proposals';
import { signOff } from '../../src/policy/sign-off';
import { loadSitePolicy } from '../../src/policy/site-policy';
import { DAY, HOUR } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import { aRole } from '../builders/catalog';
import { anAutoRule } from '../builders/policies';
import { SmallSite } from '../builders/small-site';

const PROD = {
  app: 'figma',
  key: 'editor',
  name: 'Prod Admin',
  description: '',
  risk: 'privileged' as const,
  status: 'live' as const,
  connection: 'main',
  groups: ['g-users'],
  durations: [DAY],
  permanent: false,
  approver: { kind: 'owner' as const },
};
type Given = Parameters<typeof saveRole>[1];

/** A live privileged role, and two administrators whom the directory tells apart. */
async function guarded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed({
    role: aRole({
      name: 'Prod Admin',
      risk: 'privileged',
      durations: [DAY],
      approver: { kind: 'owner' },
      groups: [{ id: 'g-users', name: 'Figma users' }],
    }),
  });
  for (const who of ['owner', 'operator', 'friend']) {
    const email = `${who}@latchkey-demo.example`;
    const person = { id: `p-${who}`, email, addresses: [email], displayName: who };
    site.directory.people.set(person.id, { ...person, status: 'active', active: true });
  }
  return site;
}
const said = async (
  answer: Promise<{ ok: boolean; problem?: { check: string; sentence: string } }>,
) => {
  const one = await answer;
  return one.ok ? 'ok' : `${one.problem?.check}: ${one.problem?.sentence}`;
};
const save = (site: SmallSite, over: Partial<Given> = {}, by = 'owner') =>
  said(saveRole(site.deps(), { ...PROD, ...over }, by));
async function windowNow(site: SmallSite) {
  return (await load(site.store, roles, 'role:figma.editor'))?.value.durations?.at(-1);
}
async function onlyProposal(site: SmallSite) {
  const listed = await listProposals(site.deps());
  const [one] = listed.ok ? listed.value : [];
  if (!one) throw new Error('nothing waits');
  return { what: one.what, at: one.at };
}
async function with_(site: SmallSite, change: (policy: SitePolicy) => object) {
  const { value } = await loadSitePolicy(site.store);
  return { version: value.version, policy: { ...value, ...change(value) } };
}
const tier = (name: 'routine' | 'privileged', rules: object) => (policy: SitePolicy) => ({
  tiers: { ...policy.tiers, [name]: { ...policy.tiers[name], ...rules } },
});

describe('a change that weakens a live privileged role', () => {
  test('waits, in words, and changes nothing', async () => {
    const site = await guarded();
    expect(await save(site, { durations: [3 * DAY] })).toMatch(
      /^second-administrator: .*Prod Admin: longest window 24 hours → 3 days, weaker/,
    );
    expect(await windowNow(site)).toBe(DAY);
  });

  test('is taken when another administrator confirms it', async () => {
    const site = await guarded();
    await save(site, { durations: [3 * DAY] });
    const ref = await onlyProposal(site);
    expect(await said(confirmProposal(site.deps(), ref, 'operator'))).toBe('ok');
    expect(await windowNow(site)).toBe(3 * DAY);
    expect(await said(confirmProposal(site.deps(), ref, 'operator'))).toMatch(
      /^confirmation-awaited/,
    );
  });

  test.each<[string, string, (site: SmallSite) => void]>([
    ['the same account', 'owner', () => undefined],
    [
      'another account of the same person',
      'friend',
      (site) => {
        const owner = site.directory.people.get('p-owner');
        const friend = site.directory.people.get('p-friend');
        if (!owner || !friend) throw new Error('nobody');
        site.directory.people.delete('p-friend');
        site.directory.people.set('p-owner', {
          ...owner,
          addresses: [...owner.addresses, ...friend.addresses],
        });
      },
    ],
  ])('is not confirmed by %s', async (_, who, arrange) => {
    const site = await guarded();
    await save(site, { durations: [3 * DAY] });
    arrange(site);
    expect(await said(confirmProposal(site.deps(), await onlyProposal(site), who))).not.toBe('ok');
    expect(await windowNow(site)).toBe(DAY);
  });

  test('is not confirmed when the role was changed meanwhile', async () => {
    const site = await guarded();
    await save(site, { durations: [3 * DAY] });
    const ref = await onlyProposal(site);
    expect(await save(site, { durations: [HOUR] })).toBe('ok');
    expect(await said(confirmProposal(site.deps(), ref, 'operator'))).toMatch(/^changed-meanwhile/);
    expect(await windowNow(site)).toBe(HOUR);
  });

  test('can be taken back', async () => {
    const site = await guarded();
    await save(site, { durations: [3 * DAY] });
    expect(await said(discardProposal(site.deps(), await onlyProposal(site), 'owner'))).toBe('ok');
    await expect(onlyProposal(site)).rejects.toThrow('nothing waits');
  });

  test.each<[string, Partial<Given>]>([
    ['a shorter window', { durations: [HOUR] }],
    ['a longer reason', { rules: { reasonLength: 100 } }],
    ['withdrawing it', { status: 'withdrawn' }],
  ])('%s needs nobody else', async (_, over) => {
    expect(await save(await guarded(), over)).toBe('ok');
  });

  test('also by the policy of the whole site', async () => {
    const site = await guarded();
    const given = await with_(site, tier('privileged', { reasonLength: 0 }));
    expect(await said(savePolicy(site.deps(), given, 'owner'))).toMatch(
      /^second-administrator: .*privileged roles: reason of at least 20 characters → 0/,
    );
    expect((await loadSitePolicy(site.store)).value.version).toBe(0);
    expect(await said(confirmProposal(site.deps(), await onlyProposal(site), 'operator'))).toBe(
      'ok',
    );
    const { value } = await loadSitePolicy(site.store);
    expect([value.version, value.tiers.privileged.reasonLength]).toEqual([1, 0]);
  });
});

// Contract: what two administrators guard is not let go by taking the offer away in between.
describe('a privileged role that was withdrawn', () => {
  const paused = async () => {
    const site = await guarded();
    expect(await save(site, { status: 'withdrawn' })).toBe('ok');
    return site;
  };

  test('is offered again as it was by one administrator', async () => {
    expect(await save(await paused())).toBe('ok');
  });

  test.each<[string, Partial<Given>]>([
    ['a longer window', { durations: [3 * DAY] }],
    ['a lower risk', { risk: 'sensitive' }],
  ])('is offered again with %s by two', async (_, over) => {
    const site = await paused();
    expect(await save(site, over)).toMatch(/^second-administrator/);
    expect((await load(site.store, roles, 'role:figma.editor'))?.value.status).toBe('withdrawn');
  });

  test('still guards the rules of its app', async () => {
    const app = { id: 'figma', name: 'Figma', description: '', category: '', owner: 'owner' };
    const given = { ...app, status: 'live' as const, rules: { reasonLength: 0 } };
    expect(await said(saveApp((await paused()).deps(), given, 'owner'))).toMatch(
      /^second-administrator: .*reason of at least 20 characters → 0/,
    );
  });

  test('still guards the policy of the site', async () => {
    const site = await paused();
    const given = await with_(site, tier('privileged', { reasonLength: 0 }));
    expect(await said(savePolicy(site.deps(), given, 'owner'))).toMatch(/^second-administrator/);
  });
});

// Contract: whoever cannot look through all roles takes it that there are guarded ones.
test('the policy of a site with more roles than are read on a save is guarded', async () => {
  const site = new SmallSite();
  await site.seed();
  const query = site.store.query.bind(site.store);
  site.store.query = async (asked) => {
    const page = await query(asked);
    return asked.partition[0] === 'role' ? { ...page, cursor: 'more' } : page;
  };
  const given = await with_(site, tier('privileged', { reasonLength: 0 }));
  expect(await said(savePolicy(site.deps(), given, 'owner'))).toMatch(/^second-administrator/);
});

describe('the policy of the site', () => {
  test('is kept under each of its versions', async () => {
    const site = await guarded();
    const first = await with_(site, tier('routine', { reasonLength: 5 }));
    expect(await said(savePolicy(site.deps(), first, 'owner'))).toBe('ok');
    const second = await with_(site, tier('routine', { reasonLength: 6 }));
    expect(await said(savePolicy(site.deps(), second, 'owner'))).toBe('ok');
    const kept = await site.store.get('config', 'policy:site#1');
    expect(kept?.body).toMatchObject({ tiers: { routine: { reasonLength: 5 } } });
    expect(await said(savePolicy(site.deps(), second, 'owner'))).toMatch(/^changed-meanwhile/);
  });

  test('is compared in words without being written', async () => {
    const site = await guarded();
    const given = await with_(site, tier('privileged', { ticket: 'required' }));
    const answer = await comparePolicy(
      site.deps(),
      { ...given, policy: { ...given.policy, ticketProjects: ['1'] } },
      'owner',
    );
    expect(answer.ok && answer.value.lines.map(({ text }) => text)).toEqual([
      'privileged roles: ticket not asked for → required, stronger',
      'projects whose tickets count: 0 → 1, weaker',
    ]);
    expect((await loadSitePolicy(site.store)).rev).toBe(0);
  });

  test('names the projects of tickets in the settings as well, where every event reads them', async () => {
    const site = new SmallSite();
    await site.seed();
    const given = await with_(site, () => ({ ticketProjects: ['10000'] }));
    expect(await said(savePolicy(site.deps(), given, 'owner'))).toBe('ok');
    expect((await site.deps().settings()).ticketProjects).toEqual(['10000']);
  });

  test('is signed off by whoever saves it, at that moment, and anew on request', async () => {
    const site = await guarded();
    const rule = (signedOffBy: string) =>
      tier('routine', {
        auto: anAutoRule({ signedOffBy, signedOffAt: '2031-01-01T00:00:00.000Z' }),
      });
    expect(await said(savePolicy(site.deps(), await with_(site, rule('friend')), 'owner'))).toMatch(
      /signedOffBy/,
    );
    expect(await said(savePolicy(site.deps(), await with_(site, rule('owner')), 'owner'))).toBe(
      'ok',
    );
    const at = async () => (await loadSitePolicy(site.store)).value.tiers.routine.auto?.signedOffAt;
    expect(await at()).toBe(site.clock.now());
    await site.run(HOUR);
    expect(await said(signOff(site.deps(), { of: 'tier:routine' }, 'operator'))).toBe('ok');
    expect(await at()).toBe(site.clock.now());
    expect(await said(signOff(site.deps(), { of: 'tier:sensitive' }, 'operator'))).toMatch(
      /^rule-exists/,
    );
  });
});

describe('rules of a role', () => {
  test.each<[string, RegExp, Partial<Given>]>([
    [
      'say in two places how long',
      /rules\.durations: .*one of the two/,
      { rules: { durations: [HOUR] } },
    ],
    [
      'say in two places who decides',
      /rules\.stages: .*approver/,
      { rules: { stages: [{ id: 'm', from: [{ kind: 'manager' }], needs: 'any' }] } },
    ],
    [
      'let its own members decide',
      /rules\.stages: The role gives the group/,
      {
        approver: undefined,
        rules: {
          stages: [
            {
              id: 'g',
              from: [{ kind: 'directory-group', connection: 'main', group: 'g-users' }],
              needs: 'any',
            },
          ],
        },
      },
    ],
    [
      'ask twice without a way back',
      /adds a transition from the approved status/,
      { approver: undefined },
    ],
    [
      'name a group that is not there',
      /has no group "g-none"/,
      { rules: { visibleTo: [{ kind: 'directory-group', connection: 'main', group: 'g-none' }] } },
    ],
    [
      'are signed off by somebody else',
      /rules\.auto\.signedOffBy/,
      {
        risk: 'routine',
        approver: undefined,
        rules: { auto: anAutoRule({ signedOffBy: 'friend' }) },
      },
    ],
  ])('%s', async (_, words, over) => {
    const { approver, ...rest } = { ...PROD, ...over };
    const given = { ...rest, ...(approver && { approver }) };
    expect(await said(saveRole((await guarded()).deps(), given, 'owner'))).toMatch(words);
  });
});
