/**
 * The sub-task that asks people to do something by hand. Made after the state that needs it is written, so a
 * run that died in between leaves at most a missing one; the next run looks at the issue before it makes it.
 */
import { durationInWords } from '../catalog/model/catalog';
import { apps } from '../catalog/store';
import { record } from '../evidence/record';
import { circumstances, type Deps } from '../requests/deps';
import type { Next } from '../requests/intake';
import { type Instant, plusSeconds } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import { createFollowUp, followUpIn, followUpShown } from './follow-up';
import type { Grant } from './model/grant';
import { grants } from './store';

export type Work = 'give' | 'remove';

const summaryOf = (grant: Grant, work: Work) =>
  work === 'give'
    ? `By hand: give ${grant.roleName} in ${grant.appName} (${grant.issueKey})`
    : `By hand: take away ${grant.roleName} in ${grant.appName} (${grant.issueKey})`;

const idOf = (grant: Grant, work: Work) =>
  work === 'give' ? grant.manual?.giveTask : grant.manual?.removeTask;

/** There is one, whatever was cut off before. */
export async function ensureTask(deps: Deps, held: Held<Grant>, work: Work): Promise<Next> {
  const grant = held.value;
  if (idOf(grant, work) !== undefined) return { kind: 'done', what: `by hand: ${work}` };
  const read = await deps.jira.issue(grant.issueId, { fields: followUpShown });
  // Without its issue there is nowhere to put a task; the reminders and the finding go on.
  if (!read.ok && read.error.code === 'not-found') return { kind: 'done', what: 'no issue' };
  if (!read.ok) return later(read.error.retryAfter, read.error.code);
  const summary = summaryOf(grant, work);
  const found = followUpIn(read.value, summary);
  const id =
    found === undefined
      ? await make(deps, grant, { projectId: read.value.projectId, summary, work })
      : found;
  if (typeof id !== 'string') return id;
  const next: Grant = {
    ...grant,
    manual: { ...grant.manual, ...(work === 'give' ? { giveTask: id } : { removeTask: id }) },
  };
  const done = await record(
    deps.store,
    grant.issueId,
    [
      {
        event: 'grant.task-opened',
        actor: { type: 'app' },
        facts: { grantId: grant.id, work, taskIssueId: id, manual: true },
      },
    ],
    [put(grants, next, held.rev)],
    circumstances(deps),
  );
  if (!done.done) return { kind: 'later', seconds: 5, why: 'changed meanwhile' };
  await remindOfTask(deps, next, work);
  return { kind: 'done', what: `by hand: ${work}` };
}

async function make(
  deps: Deps,
  grant: Grant,
  p: { projectId: string; summary: string; work: Work },
): Promise<string | Next> {
  const owner = (await load(deps.store, apps, `app:${grant.appId}`))?.value.owner;
  const people = await deps.jira.accounts([grant.beneficiary]);
  const name = people.ok ? (people.value[0]?.displayName ?? grant.beneficiary) : grant.beneficiary;
  const lines = [
    `Person: ${name}`,
    `Role: ${grant.roleName} in ${grant.appName}`,
    ...(grant.edges.length > 0
      ? [`Groups: ${grant.edges.map((edge) => edge.groupName).join(', ')}`]
      : []),
    p.work === 'give'
      ? `For: ${durationInWords(grant.duration)}, counted from the moment somebody says that it was given`
      : 'Its time is over: take it away, and look that it is gone.',
    `Then open ${grant.issueKey} and say so under Access. Closing this task alone proves nothing.`,
  ];
  const due = plusSeconds(deps.now(), p.work === 'give' ? 86_400 : 4 * 3600).slice(0, 10);
  const made = await createFollowUp(deps, {
    projectId: p.projectId,
    summary: p.summary,
    lines,
    about: grant.issueId,
    ...(owner !== undefined && { assignee: owner }),
    due,
  });
  if (made.ok) return made.value;
  if (made.error.class === 'retryable') return later(made.error.retryAfter, made.error.code);
  // The reminders and the finding go on without it.
  deps.log.warn('manual-task.not-made', { grant: grant.id, code: made.error.code });
  return { kind: 'done', what: 'the task could not be made' };
}

/** Whoever has the task to give it must not do so any more: consent for it is over. */
export async function callOff(deps: Deps, grant: Grant): Promise<void> {
  const task = grant.manual?.giveTask;
  if (task === undefined || grant.manual?.given) return;
  const text = {
    blocks: [
      {
        kind: 'paragraph' as const,
        strong: true,
        text: `Do not give it any more: ${grant.issueKey} is over. If it was given already, the next task asks you to take it away.`,
      },
    ],
  };
  const marker = `called-off:${grant.id}`;
  const posted = await deps.jira.comment(task, { text, audience: 'internal', marker });
  if (!posted.ok)
    deps.log.warn('manual-task.not-called-off', { grant: grant.id, code: posted.error.code });
}

const later = (seconds: number | undefined, why: string): Next => ({
  kind: 'later',
  seconds: seconds ?? 30,
  why,
});

/** Jira's mail to the owner; the timer brings the next one. */
export async function remindOfTask(deps: Deps, grant: Grant, work: Work): Promise<void> {
  const owner = (await load(deps.store, apps, `app:${grant.appId}`))?.value.owner;
  if (owner === undefined) return;
  const issueId = idOf(grant, work) ?? grant.issueId;
  const since = 'since' in grant ? (grant.since as Instant) : deps.now();
  const mailed = await deps.jira.notify(issueId, [owner], {
    subject: summaryOf(grant, work),
    lines: [
      work === 'give'
        ? `Approved and not yet given. It waits since ${since.slice(0, 16)} UTC.`
        : `Its time is over and nobody has said yet that it was taken away. It waits since ${since.slice(0, 16)} UTC.`,
      `Do it, then open ${grant.issueKey} and say so under Access.`,
    ],
  });
  if (!mailed.ok)
    deps.log.warn('manual-task.not-mailed', { grant: grant.id, code: mailed.error.code });
}
