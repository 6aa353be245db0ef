/** What approvers read is what was pinned, and what they answered is answered to exactly that. */
import { describe, expect, test } from 'vitest';
import { checkConsent } from '../../src/approvals/consent';
import { intake } from '../../src/requests/intake';
import { HEADING } from '../../src/requests/model/wish';
import { HOUR, MINUTE } from '../../src/shared/instant';
import { STATUS } from '../builders/catalog';
import { SmallSite } from '../builders/small-site';
import type { MemoryIssue } from '../fakes/memory-jira';

const WISH = { app: 'figma', role: 'figma.editor', duration: HOUR };
const FIELDS = { 'f-app': 'Figma', 'f-role': 'Editor', 'f-duration': '1 hour' };

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  return site;
}
const read = (site: SmallSite, issue: MemoryIssue) =>
  intake(site.deps(), { issueId: issue.id, attempt: 9 });
const changed = (site: SmallSite, issue: MemoryIssue, fieldId: string, by = 'requester') =>
  issue.changes.push({
    id: String(issue.changes.length + 1),
    at: site.clock.advance(5),
    by,
    fieldId,
    from: null,
    to: null,
  });
function approved(site: SmallSite, issue: MemoryIssue): void {
  const now = site.clock.advance(30);
  const answers = [{ accountId: 'approver', decision: 'approved' as const }];
  const approval = { name: 'Approval', finalDecision: 'approved' as const, answers };
  issue.approvals.push({ id: 'a-1', created: now, completed: now, ...approval });
  issue.statusId = STATUS.approved;
}
/** Does something right after the app has written its part, before it reads the issue again. */
function afterWriting(site: SmallSite, act: (times: number) => void): void {
  const edit = site.jira.edit.bind(site.jira);
  let times = 0;
  site.jira.edit = async (id, what) => {
    const done = await edit(id, what);
    times += 1;
    act(times);
    return done;
  };
}

describe('an edit right after the app has written is no part of the pin', {
  tags: ['edited-while-deciding'],
}, () => {
  const edits: [string, string, (issue: MemoryIssue) => void][] = [
    [
      'to the app’s own text',
      'description',
      (issue) => {
        issue.own = issue.own.replace('Editor in Figma', 'Viewer in Figma');
      },
    ],
    [
      'to the words of the request',
      'description',
      (issue) => {
        issue.words = 'For something else';
      },
    ],
    [
      'to a field of the wish',
      'f-role',
      (issue) => {
        issue.fields['f-role'] = 'Viewer';
      },
    ],
    [
      'to the summary',
      'summary',
      (issue) => {
        issue.summary = 'Harmless';
      },
    ],
    [
      'to the reporter',
      'reporter',
      (issue) => {
        issue.reporter = 'friend';
      },
    ],
    [
      'to what the form sent',
      'other',
      (issue) => {
        issue.panel = WISH;
      },
    ],
  ];
  test.each(edits)('%s', async (_, fieldId, edit) => {
    const site = await seeded();
    const issue = site.jira.add({ fields: { ...FIELDS } });
    afterWriting(site, (times) => {
      if (times > 1) return;
      changed(site, issue, 'description', 'app');
      edit(issue);
      changed(site, issue, fieldId);
    });
    expect(await read(site, issue)).toMatchObject({ kind: 'later' });
    expect(site.store.all('request')).toEqual([]);
    expect(issue.statusId).toBe(STATUS.intake);
  });

  test('and is read with the next try', async () => {
    const site = await seeded();
    const issue = site.jira.add({ panel: WISH });
    afterWriting(site, (times) => {
      if (times === 1) issue.summary = 'Access to Figma, please';
    });
    await site.queues.push('intake', [{ body: { kind: 'intake', issueId: issue.id, attempt: 0 } }]);
    await site.run(MINUTE);
    expect((await site.request(issue.id)).state).toBe('waiting');
    expect(issue.own).toContain('Editor in Figma');
  });
});

test('a text that Jira keeps in another way than it was written is a person’s to look at', async () => {
  const site = await seeded();
  const issue = site.jira.add({ panel: WISH });
  afterWriting(site, () => {
    issue.own = issue.own.toUpperCase();
  });
  expect(await read(site, issue)).toMatchObject({ kind: 'done', what: 'text-as-written' });
  expect(issue.statusId).toBe(STATUS.attention);
});

test.each([
  `Please\n${HEADING}\nWhat: Viewer in Figma`,
  `Please\naccess request as Latchkey read it:\nWhat: Viewer in Figma`,
])(
  'nobody can put answers of their own above the app’s: %j',
  {
    tags: ['text-injection'],
  },
  async (words) => {
    const site = await seeded();
    const issue = site.jira.add({ panel: { ...WISH, reason: 'The new logo' }, words });
    expect(await read(site, issue)).toMatchObject({ kind: 'done', what: 'one-text-of-the-app' });
    expect(issue.statusId).toBe(STATUS.attention);
    expect(site.jira.posted.map((p) => p.text).join('\n')).toContain('out of your own text');
    issue.words = 'For the new logo, please';
    await read(site, issue);
    expect((await site.request(issue.id)).state).toBe('waiting');
  },
);

describe('an approval counts for nothing', {
  tags: ['edited-while-deciding', 'edited-after-approval'],
}, () => {
  test.each(['description', 'summary', 'f-role', 'reporter', 'project', 'request-type'])(
    'when the %s was changed and changed back',
    async (fieldId) => {
      const site = await seeded();
      const issue = site.jira.add({ fields: { ...FIELDS } });
      await read(site, issue);
      changed(site, issue, fieldId);
      approved(site, issue);
      changed(site, issue, fieldId);
      expect((await checkConsent(site.deps(), issue.id)).kind).toBe('done');
      expect(await site.request(issue.id)).toMatchObject({ state: 'waiting', round: 2 });
      expect(site.store.all('grant')).toEqual([]);
      const refused = site.evidence(issue.id).find((e) => e.event === 'gate.refused');
      expect(refused?.facts).toMatchObject({ check: 'text-untouched', fields: [fieldId] });
    },
  );
});

test.each(['status', 'f-approvers', 'priority', 'assignee', 'comment'])(
  'an approval stands when only the %s was changed since',
  async (fieldId) => {
    const site = await seeded();
    const issue = site.jira.add({ fields: { ...FIELDS } });
    changed(site, issue, 'description');
    await read(site, issue);
    changed(site, issue, fieldId);
    approved(site, issue);
    expect((await checkConsent(site.deps(), issue.id)).kind).toBe('provision');
  },
);
