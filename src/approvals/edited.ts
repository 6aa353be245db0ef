/** What people changed on an issue since it was put up for approval, named as they see it. */
import type { Binding } from '../catalog/model/settings';
import type { Issue } from '../jira/port';
import type { Pin } from '../requests/model/request';
import { laterChanges, sourceOf, wishFields } from '../requests/pin';

const NAMES: Readonly<Record<string, string>> = {
  description: 'the description',
  summary: 'the summary',
  reporter: 'the reporter',
  project: 'the project',
  'request-type': 'the request type',
};

/** Empty: an answer to it still counts. Needs the issue's changes and the fields of the wish. */
export function editedSince(issue: Issue, binding: Binding, pin: Pin): string[] {
  const named = laterChanges(issue, pin.lastChange).flatMap((id) =>
    wishFields(binding).includes(id) ? ['a field of the request'] : (NAMES[id] ?? []),
  );
  if (named.length > 0) return [...new Set(named)];
  return sourceOf(issue, binding) === pin.sourceHash ? [] : ['what was asked for'];
}
