/**
 * Whether the app may bring a request back from the approved status to an approval step of its workflow.
 * Jira says so only of an issue that stands there, so it is noted when one is seen. Policies with several
 * stages on one step need it (`policy/model/check-way.ts`).
 */

import type * as z from 'zod/mini';
import type { bindingCheck } from '../contracts/admin';
import type { Answer } from '../contracts/answer';
import { record } from '../evidence/record';
import type { Issue } from '../jira/port';
import { circumstances, type Deps } from '../requests/deps';
import { canonical, hashOf } from '../shared/canonical';
import { UnreadableRecord } from '../shared/record';
import { done, no, save } from './changes';
import type { Binding, SiteSettings } from './model/settings';
import { loadSettings, putSettings } from './settings';

/** `undefined`: the issue does not stand where it could be seen. */
export function wayBackSeen(binding: Binding, issue: Issue): boolean | undefined {
  if (issue.status.id !== binding.statuses.approved) return undefined;
  const asking = [binding.statuses.waiting, ...(binding.steps ?? []).map(({ status }) => status)];
  return issue.transitions.some((t) => asking.includes(t.toStatusId));
}

/** Seen while access is given: noted by another function, because nobody who gets access should wait for it. */
export async function tellWayBack(
  deps: Pick<Deps, 'queues'>,
  { id }: Binding,
  seen: boolean,
): Promise<void> {
  await deps.queues.push('intake', [{ body: { kind: 'way-back', binding: id, seen } }]);
}

export async function noteWayBack(deps: Deps, id: string, seen: boolean): Promise<void> {
  const held = await loadSettings(deps.store).catch((cause: unknown) => {
    // Settings that this version cannot read are nothing to write into; another request tells it again.
    if (cause instanceof UnreadableRecord) return undefined;
    throw cause;
  });
  if (!held) return;
  const binding = held.value.bindings.find((b) => b.id === id);
  if (!binding || binding.wayBack === seen) return;
  const after = withWay(held.value, id, seen);
  const facts = {
    what: `binding:${id}`,
    before: hashOf(held.value),
    after: hashOf(after),
    value: { wayBack: seen },
  };
  // Somebody saves the settings at the same moment: the next request tells it again.
  await record(
    deps.store,
    'config',
    [{ event: 'config.changed', actor: { type: 'app' }, facts }],
    [putSettings(after, held.rev)],
    circumstances(deps),
  );
}

const withWay = (settings: SiteSettings, id: string, wayBack: boolean): SiteSettings => ({
  ...settings,
  version: settings.version + 1,
  bindings: settings.bindings.map((b) => (b.id === id ? { ...b, wayBack } : b)),
});

/** Of a binding that is saved once more: it holds for as long as it is the same workflow. */
export function wayKept(before: Binding | undefined, now: Binding): Pick<Binding, 'wayBack'> {
  const way = ({ projectId, requestTypeIds, statuses, steps, approval }: Binding) =>
    canonical({ projectId, requestTypeIds, statuses, steps, approval });
  const same = before?.wayBack !== undefined && way(before) === way(now);
  return same ? { wayBack: before.wayBack } : {};
}

/** An administrator shows an issue that stands there. */
export async function checkBinding(
  deps: Deps,
  { binding: id, issueId }: z.infer<typeof bindingCheck>,
  by: string,
): Promise<Answer<{ readonly wayBack: boolean }>> {
  const held = await loadSettings(deps.store);
  const binding = held.value.bindings.find((b) => b.id === id);
  if (!binding) return no('binding-known', 'There is no such binding.', 'Choose one of the list.');
  const read = await deps.jira.issue(issueId, { transitions: true });
  if (!read.ok || read.value.projectId !== binding.projectId)
    return no(
      'issue-of-binding',
      'There is no such issue in the project of this binding, or the app may not see it.',
      'Choose a request of that project.',
    );
  const seen = wayBackSeen(binding, read.value);
  if (seen === undefined)
    return no(
      'issue-approved',
      `The issue stands at "${read.value.status.name}", and Jira tells the way back only of one that is approved.`,
      'Choose a request that stands at the approved status.',
    );
  const after = withWay(held.value, id, seen);
  const saved = await save(
    deps,
    { what: `binding:${id}`, by, before: held.value, after },
    [putSettings(after, held.rev)],
    { wayBack: seen },
  );
  return saved.ok ? done({ wayBack: seen }) : saved;
}
