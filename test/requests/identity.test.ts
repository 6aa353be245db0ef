/** Who an account is in the directory: by link, by attribute, by a verified address, and again before each grant. */
import { describe, expect, test } from 'vitest';
import { resumeRequest } from '../../src/approvals/by-hand';
import type { SiteSettings } from '../../src/catalog/model/settings';
import { loadSettings, putSettings } from '../../src/catalog/settings';
import { findings } from '../../src/findings/findings';
import { intake } from '../../src/requests/intake';
import { links } from '../../src/requests/person';
import { HOUR } from '../../src/shared/instant';
import { load, put } from '../../src/shared/record';
import { PERSON, SmallSite } from '../builders/small-site';
import type { MemoryPerson } from '../fakes/memory-directory';

const DOMAIN = 'latchkey-demo.example';
const WISH = { app: 'figma', role: 'figma.editor', duration: HOUR };

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  return site;
}
async function outcome(site: SmallSite): Promise<string> {
  const issue = site.jira.add({ panel: WISH });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  const { state, refusal } = await site.request(issue.id);
  return refusal?.check ?? state;
}
function person(site: SmallSite, over: Partial<MemoryPerson>, id = PERSON): void {
  const before = site.directory.people.get(PERSON);
  if (!before) throw new Error('no person');
  const email = over.email ?? before.email;
  site.directory.people.set(id, { ...before, addresses: [email], ...over, id });
}
async function settings(site: SmallSite, over: Partial<SiteSettings>): Promise<void> {
  const held = await loadSettings(site.store);
  await site.store.transact([putSettings({ ...held.value, ...over }, held.rev)]);
}
async function link(site: SmallSite, accountId: string, personId: string): Promise<void> {
  const at = site.clock.now();
  const made = {
    v: 1,
    accountId,
    connectionId: 'main',
    personId,
    linkedBy: 'operator',
    at,
  } as const;
  const held = await load(site.store, links, `${accountId}:main`);
  await site.store.transact([put(links, made, held?.rev ?? 0)]);
}
const mismatch = async (site: SmallSite, who = 'requester') =>
  (await load(site.store, findings, `person-mismatch:main:${who}`))?.value;

/** As Jira has it; as the directory has it, with everybody who has it in whatever way. */
const FIXTURES: readonly {
  readonly what: string;
  readonly jira: string | null;
  readonly directory: Partial<MemoryPerson>;
  readonly others?: readonly Partial<MemoryPerson>[];
  readonly found: string;
}[] = [
  {
    what: 'the very address',
    jira: `ann@${DOMAIN}`,
    directory: { email: `ann@${DOMAIN}` },
    found: 'waiting',
  },
  {
    what: 'capital letters in Jira',
    jira: `Ann@Latchkey-Demo.Example`,
    directory: { email: `ann@${DOMAIN}` },
    found: 'waiting',
  },
  {
    what: 'capital letters in the directory',
    jira: `ann@${DOMAIN}`,
    directory: { email: `Ann@${DOMAIN}`, addresses: [`ann@${DOMAIN}`] },
    found: 'waiting',
  },
  {
    what: 'a tag in Jira',
    jira: `ann+x@${DOMAIN}`,
    directory: { email: `ann@${DOMAIN}` },
    found: 'person-in-directory',
  },
  {
    what: 'a tag in the directory',
    jira: `ann@${DOMAIN}`,
    directory: { email: `ann+x@${DOMAIN}` },
    found: 'person-in-directory',
  },
  {
    what: 'a letter of another script',
    jira: `\u0430nn@${DOMAIN}`,
    directory: { email: `\u0430nn@${DOMAIN}` },
    found: 'email-verified',
  },
  {
    what: 'a sign that Unicode lower-cases into a letter',
    jira: `\u212Aim@${DOMAIN}`,
    directory: { email: `kim@${DOMAIN}` },
    found: 'email-verified',
  },
  {
    what: 'an alias of somebody',
    jira: `boss@${DOMAIN}`,
    directory: { email: `ann@${DOMAIN}`, addresses: [`ann@${DOMAIN}`, `boss@${DOMAIN}`] },
    found: 'email-exact',
  },
  {
    what: 'an address that two people have',
    jira: `ann@${DOMAIN}`,
    directory: { email: `ann@${DOMAIN}` },
    others: [{ email: `ann@${DOMAIN}` }],
    found: 'one-person',
  },
  {
    what: 'an address that somebody who left had before',
    jira: `ann@${DOMAIN}`,
    directory: { email: `ann@${DOMAIN}` },
    others: [{ email: `ann@${DOMAIN}`, active: false }],
    found: 'one-person',
  },
  {
    what: 'the address of somebody who left',
    jira: `ann@${DOMAIN}`,
    directory: { email: `ann@${DOMAIN}`, active: false, status: 'deactivated' },
    found: 'person-active',
  },
  {
    what: 'a private address that the directory has as well',
    jira: 'ann@mail.example',
    directory: { email: 'ann@mail.example' },
    found: 'email-verified',
  },
  {
    what: 'a domain below a managed one',
    jira: `ann@x.${DOMAIN}`,
    directory: { email: `ann@x.${DOMAIN}` },
    found: 'email-verified',
  },
  {
    what: 'a domain that ends like a managed one',
    jira: `ann@evil${DOMAIN}`,
    directory: { email: `ann@evil${DOMAIN}` },
    found: 'email-verified',
  },
  {
    what: 'a managed domain before the real one',
    jira: `ann@${DOMAIN}@mail.example`,
    directory: { email: `ann@${DOMAIN}` },
    found: 'email-verified',
  },
  {
    what: 'no address',
    jira: null,
    directory: { email: `ann@${DOMAIN}` },
    found: 'beneficiary-email',
  },
];

describe('only an exact, verified address finds somebody', { tags: ['email-mismatch'] }, () => {
  test.each(FIXTURES)('$what: $found', async ({ jira, directory, others, found }) => {
    const site = await seeded();
    site.jira.person('requester', { email: jira });
    person(site, directory);
    for (const [i, other] of (others ?? []).entries()) person(site, other, `other-${i}`);
    expect(await outcome(site)).toBe(found);
    const listed = await mismatch(site);
    expect(listed?.facts?.['check']).toBe(found === 'waiting' ? undefined : found);
    expect(JSON.stringify(listed ?? {})).not.toContain('@');
  });

  test('nobody is found by e-mail before somebody says which domains are the company’s', async () => {
    const site = await seeded();
    await settings(site, { managedDomains: [] });
    expect(await outcome(site)).toBe('email-domains-set');
    expect((await mismatch(site))?.nextStep).toContain('managed domains');
  });
});

describe('the attribute that holds the account', { tags: ['email-mismatch'] }, () => {
  test('finds a person whatever their address', async () => {
    const site = await seeded();
    person(site, { email: 'somebody@mail.example', account: 'requester' });
    expect(await outcome(site)).toBe('waiting');
  });

  test('is no answer when two people bear it', { tags: ['person-missing-or-double'] }, async () => {
    const site = await seeded();
    person(site, { account: 'requester' });
    person(site, { email: `b@${DOMAIN}`, account: 'requester' }, 'other');
    expect(await outcome(site)).toBe('one-person');
  });

  test('goes before the address, also where that would have found somebody', async () => {
    const site = await seeded();
    person(site, { email: `b@${DOMAIN}`, account: 'requester', active: false }, 'other');
    expect(await outcome(site)).toBe('person-active');
  });
});

describe('accounts that can only use the portal', { tags: ['wrong-kind-of-account'] }, () => {
  test('receive nothing, whatever address they chose', async () => {
    const site = await seeded();
    site.jira.person('requester', { type: 'customer' });
    person(site, { account: 'requester' });
    expect(await outcome(site)).toBe('beneficiary-account');
  });

  test('receive access when an administrator said who they are', async () => {
    const site = await seeded();
    site.jira.person('requester', { type: 'customer', email: 'anybody@mail.example' });
    await link(site, 'requester', PERSON);
    expect(await outcome(site)).toBe('waiting');
  });

  test('decide only when an administrator said who they are', async () => {
    const site = await seeded();
    site.jira.person('owner', { active: false });
    site.jira.person('approver', { type: 'customer' });
    expect(await outcome(site)).toBe('approver-active');
    expect(await mismatch(site, 'approver')).toMatchObject({
      accountId: 'approver',
      status: 'open',
    });
    await link(site, 'approver', 'person-9');
    expect(await outcome(site)).toBe('waiting');
  });

  test('no longer count as soon as their link is gone', async () => {
    const site = await seeded();
    site.jira.person('approver', { type: 'customer' });
    await link(site, 'approver', 'person-9');
    const held = await approvedLater(site, async () => {
      await site.store.transact([
        { op: 'remove', entity: 'link', key: 'approver:main', ifRev: 'any' },
      ]);
    });
    expect(held).toBe('decider-active');
  });

  test('receive nothing once the link is taken back that said who they are', async () => {
    const site = await seeded();
    site.jira.person('requester', { type: 'customer' });
    await link(site, 'requester', PERSON);
    const done = approvedLater(site, async () => {
      await site.store.transact([
        { op: 'remove', entity: 'link', key: 'requester:main', ifRev: 'any' },
      ]);
    });
    expect(await done).toBe('link-stands');
    expect(site.directory.changes()).toEqual([]);
    expect(await mismatch(site)).toMatchObject({ status: 'open' });
    const issueId = site.store.all('request')[0]?.key ?? '';
    await resumeRequest(site.deps(), issueId, 'operator');
    expect((await site.request(issueId)).refusal?.check).toBe('beneficiary-account');
  });

  test('count an hour later while the link stands', async () => {
    const site = await seeded();
    site.jira.person('approver', { type: 'customer' });
    await link(site, 'approver', 'person-9');
    expect(await approvedLater(site, async () => {})).toBe('active');
  });

  test('a linked account that was closed receives nothing', async () => {
    const site = await seeded();
    site.jira.person('requester', { active: false });
    await link(site, 'requester', PERSON);
    expect(await outcome(site)).toBe('beneficiary-account');
  });
});

/** Asked, then two hours go by and something happens, then it is approved. */
async function approvedLater(site: SmallSite, meanwhile: () => Promise<void>): Promise<string> {
  const issue = site.jira.add({ panel: WISH });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  site.clock.advance(2 * HOUR);
  await meanwhile();
  const now = site.clock.now();
  issue.approvals.push({
    id: '901',
    name: 'Approval',
    finalDecision: 'approved',
    created: now,
    completed: now,
    answers: [{ accountId: 'approver', decision: 'approved' }],
  });
  issue.statusId = '3';
  await site.queues.push('grant', [{ body: { kind: 'consent', issueId: issue.id } }]);
  await site.run(30);
  const refused = site
    .evidence(issue.id)
    .filter((e) => e.event === 'gate.refused')
    .at(-1);
  if (refused) return String(refused.facts['check']);
  const { grantId } = await site.request(issue.id);
  const grant = grantId === undefined ? undefined : await site.grant(grantId);
  return grant?.state === 'blocked' ? grant.ask.check : (grant?.state ?? 'nothing');
}

describe('asked again before the grant', { tags: ['email-mismatch'] }, () => {
  test('an address that went to somebody else gives the new one nothing', async () => {
    const site = await seeded();
    const done = approvedLater(site, async () => {
      const before = site.directory.people.get(PERSON);
      person(site, { email: `old@${DOMAIN}` });
      person(site, { email: before?.email ?? '', addresses: before?.addresses ?? [] }, 'successor');
    });
    expect(await done).toBe('same-person');
    expect(site.directory.changes()).toEqual([]);
  });

  test('a person whose address changed in both places stays the same person', async () => {
    const site = await seeded();
    const done = approvedLater(site, async () => {
      person(site, { email: `married@${DOMAIN}` });
      site.jira.person('requester', { email: `married@${DOMAIN}` });
    });
    expect(await done).toBe('active');
  });

  test('an address that changed in Jira alone goes back to people, who link and press Resume', async () => {
    const site = await seeded();
    const done = approvedLater(site, async () => {
      site.jira.person('requester', { email: `other@${DOMAIN}` });
    });
    expect(await done).toBe('person-in-directory');
    expect(await mismatch(site)).toMatchObject({ status: 'open', accountId: 'requester' });
  });

  test('a domain that is no longer the company’s verifies nobody', async () => {
    const site = await seeded();
    const done = approvedLater(site, () => settings(site, { managedDomains: ['other.example'] }));
    expect(await done).toBe('email-verified');
    expect(site.directory.changes()).toEqual([]);
  });

  test('a link to somebody else, made meanwhile, asks the approvers again', async () => {
    const site = await seeded();
    person(site, { email: `b@${DOMAIN}` }, 'person-2');
    const done = approvedLater(site, () => link(site, 'requester', 'person-2'));
    expect(await done).toBe('same-person');
    const [request] = site.store.all('request');
    const issueId = request?.key ?? '';
    expect(await resumeRequest(site.deps(), issueId, 'operator')).toMatchObject({ ok: true });
    expect(await site.request(issueId)).toMatchObject({
      state: 'waiting',
      round: 2,
      pin: { subject: { personId: 'person-2' } },
    });
  });

  test('costs no more calls than the person read before', async () => {
    const site = await seeded();
    const held = await site.approved();
    site.directory.calls.length = 0;
    await site.queues.push('grant', [{ body: { kind: 'due', due: [] } }]);
    await site.run(400);
    expect((await site.grant(held.value.id)).state).toBe('active');
    const asked = site.directory.calls.map(({ call }) => call);
    expect(asked.filter((call) => call === 'person')).toEqual([]);
    expect(asked.filter((call) => call === 'findPeople')).toHaveLength(1);
  });
});
