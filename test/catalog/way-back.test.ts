import { expect, test } from 'vitest';
import { loadSettings } from '../../src/catalog/settings';
import { checkBinding } from '../../src/catalog/way-back';
import { STATUS } from '../builders/catalog';
import { Desk } from '../builders/desks';

const noted = async (desk: Desk) =>
  (await loadSettings(desk.site.store)).value.bindings[0]?.wayBack;

test('a request that goes its way shows whether the workflow has a way back', async () => {
  const desk = await Desk.open();
  expect(await noted(desk)).toBeUndefined();
  const issue = await desk.raised();
  await desk.answered(issue, 'approver');
  expect(await noted(desk)).toBe(true);
});

test.each<[string, Record<string, string>, object]>([
  ['there is one', {}, { ok: true, value: { wayBack: true } }],
  [
    'the issue stands elsewhere',
    { statusId: STATUS.waiting },
    { problem: { check: 'issue-approved' } },
  ],
  [
    'the issue is of another project',
    { projectId: '1' },
    { problem: { check: 'issue-of-binding' } },
  ],
])('an administrator asks for it: %s', async (_, over, answer) => {
  const desk = await Desk.open();
  const issue = desk.site.jira.add({ statusId: STATUS.approved, ...over });
  const deps = desk.site.deps();
  expect(await checkBinding(deps, { binding: 'it', issueId: issue.id }, 'admin')).toMatchObject(
    answer,
  );
});

test('a way that was taken out is noted as well, with who asked', async () => {
  const desk = await Desk.open({ binding: { wayBack: true } });
  desk.site.jira.workflow.set(STATUS.approved, [STATUS.granted]);
  const issue = desk.site.jira.add({ statusId: STATUS.approved });
  await checkBinding(desk.site.deps(), { binding: 'it', issueId: issue.id }, 'admin');
  expect(await noted(desk)).toBe(false);
  expect(desk.site.evidence('config').at(-1)).toMatchObject({
    event: 'config.changed',
    actor: { accountId: 'admin' },
  });
});
