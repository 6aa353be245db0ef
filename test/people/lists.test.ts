/** What an administrator sees and settles: unknown people, links, movers. */
import { beforeEach, describe, expect, test } from 'vitest';
import { resumeRequest } from '../../src/approvals/by-hand';
import type { Answer } from '../../src/contracts/answer';
import { dismissFinding, openFinding } from '../../src/findings/findings';
import { startJob } from '../../src/jobs/job';
import { listMismatches, listMovers, searchPerson } from '../../src/people/lists';
import { intake } from '../../src/requests/intake';
import { listLinks, removeLink, saveLink } from '../../src/requests/link';
import { DAY, HOUR } from '../../src/shared/instant';
import { aRole } from '../builders/catalog';
import { PERSON, SmallSite } from '../builders/small-site';
import type { MemoryPerson } from '../fakes/memory-directory';

let site: SmallSite;
const WISH = { app: 'figma', role: 'figma.editor', duration: HOUR };
const LINK = { accountId: 'requester', connection: 'main', personId: PERSON };

beforeEach(async () => {
  site = new SmallSite();
  await site.seed();
});

function value<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem));
  return answer.value;
}
const check = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.problem.check);
function person(over: Partial<MemoryPerson>, id = PERSON): void {
  const before = site.directory.people.get(PERSON) as MemoryPerson;
  site.directory.people.set(id, { ...before, ...over, id });
}
async function ask(): Promise<{ id: string; key: string }> {
  const issue = site.jira.add({ panel: WISH });
  await intake(site.deps(), { issueId: issue.id, attempt: 9 });
  return issue;
}

describe('people whom nobody could tell', { tags: ['person-missing-or-double'] }, () => {
  test('are listed with whom they may be, read for the screen and kept nowhere', async () => {
    person({ title: 'Designer', department: 'Design' });
    person({ title: 'Admin', department: 'IT', active: false, status: 'deactivated' }, 'second');
    await ask();
    const { people } = value(await listMismatches(site.deps(), undefined));
    expect(people).toMatchObject([
      {
        kind: 'person-mismatch',
        accountId: 'requester',
        account: { type: 'atlassian', active: true },
        candidates: [
          { id: PERSON, title: 'Designer', department: 'Design', status: 'active' },
          { id: 'second', department: 'IT', status: 'deactivated' },
        ],
      },
    ]);
    expect(JSON.stringify(site.store.all('finding'))).not.toMatch(/Designer|Name of|@/);
  });

  test('are settled by a link, which names the request to resume', async () => {
    person({}, 'second');
    const issue = await ask();
    const linked = value(await saveLink(site.deps(), LINK, 'admin'));
    expect(linked.waiting).toEqual([{ issueId: issue.id, issueKey: issue.key }]);
    expect(linked.nextStep).toContain(issue.key);
    expect(value(await listMismatches(site.deps(), undefined)).people).toEqual([]);
    await resumeRequest(site.deps(), issue.id, 'admin');
    await site.run(10);
    expect((await site.request(issue.id)).state).toBe('waiting');
  });

  test('are shown also while the directory does not answer', {
    tags: ['directory-down'],
  }, async () => {
    person({}, 'second');
    await ask();
    site.directory.trouble = (call) => (call === 'peopleById' ? 'cut' : undefined);
    const { people } = value(await listMismatches(site.deps(), undefined));
    expect(people).toMatchObject([{ accountId: 'requester', candidates: [] }]);
  });

  test('settle themselves when the app finds out who they are', async () => {
    person({}, 'second');
    const issue = await ask();
    site.directory.people.delete('second');
    await resumeRequest(site.deps(), issue.id, 'admin');
    await site.run(10);
    expect(value(await listMismatches(site.deps(), undefined)).people).toEqual([]);
  });

  test('a manager without an account is listed by their own id', async () => {
    await site.saveRole(aRole({ approver: { kind: 'manager' }, version: 2 }));
    person({ email: 'boss@latchkey-demo.example', addresses: [] }, 'boss');
    person({ manager: 'boss' });
    site.jira.person('owner', { active: false });
    const issue = await ask();
    expect((await site.request(issue.id)).refusal?.check).toBe('manager-has-account');
    const { people } = value(await listMismatches(site.deps(), undefined));
    expect(people).toMatchObject([{ personId: 'boss', candidates: [{ id: 'boss' }] }]);
    const boss = { accountId: 'approver', connection: 'main', personId: 'boss' };
    const linked = value(await saveLink(site.deps(), boss, 'admin'));
    expect(linked.waiting).toMatchObject([{ issueKey: issue.key }]);
    await resumeRequest(site.deps(), issue.id, 'admin');
    await site.run(10);
    expect((await site.request(issue.id)).state).toBe('waiting');
  });
});

describe('a link', () => {
  test('is only made to an active person and from an active account', async () => {
    const nobody = { ...LINK, personId: 'nobody' };
    expect(check(await saveLink(site.deps(), nobody, 'admin'))).toBe('person-active');
    const stranger = { ...LINK, accountId: 'stranger' };
    expect(check(await saveLink(site.deps(), stranger, 'admin'))).toBe('account-active');
    site.jira.person('robot', { type: 'app' });
    const robot = { ...LINK, accountId: 'robot' };
    expect(check(await saveLink(site.deps(), robot, 'admin'))).toBe('account-active');
    const elsewhere = { ...LINK, connection: 'none' };
    expect(check(await saveLink(site.deps(), elsewhere, 'admin'))).toBe('connection-found');
  });

  test('that is taken back leaves what was given, named, and gives nothing new', async () => {
    site.jira.person('requester', { type: 'customer' });
    value(await saveLink(site.deps(), LINK, 'admin'));
    const grant = await site.active();
    const ref = { accountId: 'requester', connection: 'main' };
    expect(value(await removeLink(site.deps(), ref, 'admin')).standing).toEqual([
      {
        grantId: grant.id,
        issueKey: grant.issueKey,
        role: 'figma.editor',
        personId: PERSON,
        endsAt: grant.endsAt,
      },
    ]);
    const issue = await ask();
    expect((await site.request(issue.id)).refusal?.check).toBe('beneficiary-account');
    expect(value(await listLinks(site.deps(), undefined)).links).toEqual([]);
    expect(check(await removeLink(site.deps(), ref, 'admin'))).toBe('link-known');
    await site.run(HOUR + 600);
    expect((await site.grant(grant.id)).state).toBe('revoked');
    expect(site.isMember()).toBe(false);
  });

  test('to another person names what the first one still has', async () => {
    person({ email: 'b@latchkey-demo.example', addresses: [] }, 'person-2');
    const grant = await site.active();
    const other = { ...LINK, personId: 'person-2' };
    const linked = value(await saveLink(site.deps(), other, 'admin'));
    expect(linked.standing).toMatchObject([{ grantId: grant.id, personId: PERSON }]);
    expect(value(await saveLink(site.deps(), LINK, 'admin')).standing).toEqual([]);
  });

  test('is evidence, made and taken back', async () => {
    value(await saveLink(site.deps(), LINK, 'admin'));
    value(await removeLink(site.deps(), { accountId: 'requester', connection: 'main' }, 'admin'));
    const changes = site.evidence('config').filter((e) => e.facts['what'] === 'link:requester');
    expect(changes.map((e) => e.actor.accountId)).toEqual(['admin', 'admin']);
    expect(site.chainFault('config')).toBeUndefined();
  });
});

test('movers are listed with what they still have', { tags: ['mover-listed'] }, async () => {
  person({ department: 'Design' });
  const first = await site.active({ duration: DAY });
  await site.active();
  const look = async () => {
    await startJob(site.deps(), 'people-watch', 'main');
    await site.run(60);
  };
  await look();
  person({ department: 'Finance', title: 'Controller' });
  await look();
  await site.run(2 * HOUR);
  expect(value(await listMovers(site.deps(), undefined)).people).toMatchObject([
    {
      facts: { department: { from: 'Design', to: 'Finance' } },
      person: { id: PERSON, title: 'Controller', department: 'Finance' },
      grants: [{ id: first.id, role: 'figma.editor' }],
    },
  ]);
});

test('movers are listed also when one of their accesses cannot be read', {
  tags: ['record-unreadable'],
}, async () => {
  person({ department: 'Design' });
  const grant = await site.active({ duration: DAY });
  const look = async () => {
    await startJob(site.deps(), 'people-watch', 'main');
    await site.run(60);
  };
  await look();
  person({ department: 'Finance' });
  await look();
  const [row] = site.store.all('grant');
  const body = { ...(row?.row.body as object), v: 2 };
  const spoilt = { ...row?.row, rev: 9, body };
  await site.store.transact([
    { op: 'put', entity: 'grant', key: grant.id, row: spoilt, ifRev: 'any' },
  ]);
  expect(value(await listMovers(site.deps(), undefined)).people).toMatchObject([
    { personId: PERSON, grants: [] },
  ]);
});

test('an open one is not hidden by a page of settled ones', async () => {
  const found = (key: string) => ({
    key,
    kind: 'mover' as const,
    sentence: 'Moved.',
    nextStep: '-',
  });
  await openFinding(site.deps(), found('mover:main:open'));
  for (let n = 0; n < 25; n++) {
    site.clock.advance(1);
    await openFinding(site.deps(), found(`mover:main:${n}`));
    await dismissFinding(site.deps(), `mover:main:${n}`, 'looked at', 'admin');
  }
  const { people } = value(await listMovers(site.deps(), undefined));
  expect(people).toMatchObject([{ key: 'mover:main:open' }]);
});

test('a person is looked up by their exact address', async () => {
  const found = await searchPerson(site.deps(), 'main', 'approver@latchkey-demo.example');
  expect(value(found)).toMatchObject([{ id: 'person-9', status: 'active' }]);
  expect(value(await searchPerson(site.deps(), 'main', 'nobody@latchkey-demo.example'))).toEqual(
    [],
  );
});
