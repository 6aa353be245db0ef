import { expect, test } from 'vitest';
import { loadSettings } from '../../src/catalog/settings';
import { checkBinding, wayKept } from '../../src/catalog/way-back';
import { aBinding, STATUS } from '../builders/catalog';
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

// What a request shows is a change of what the app is told like any other: an administrator who has the
// page open is told that it changed, and the record says that the app did it.
test('what a request shows is in evidence, by the app, and a version of its own', async () => {
  const desk = await Desk.open();
  const { version } = (await loadSettings(desk.site.store)).value;
  await desk.answered(await desk.raised(), 'approver');
  await desk.answered(await desk.raised(), 'approver');
  expect((await loadSettings(desk.site.store)).value.version).toBe(version + 1);
  expect(desk.site.evidence('config')).toMatchObject([
    {
      event: 'config.changed',
      actor: { type: 'app' },
      facts: { what: 'binding:it', value: { wayBack: true } },
    },
  ]);
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

// Saving a binding for another reason must not make the next request find out anew.
test.each<[string, Parameters<typeof aBinding>[0], object]>([
  ['stays when the binding is saved for another reason', { projectKey: 'NEW' }, { wayBack: true }],
  ['is unknown in another project', { projectId: '20000' }, {}],
  ['is unknown with another step', { steps: [{ status: '21' }] }, {}],
  ['is unknown with another status', { statuses: { ...STATUS, approved: '33' } }, {}],
])('what is known of the way %s', (_, over, kept) => {
  expect(wayKept(aBinding({ wayBack: true }), aBinding(over))).toEqual(kept);
});
