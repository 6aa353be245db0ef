/** What of an issue a request is made of: the fields it is read from, its hash, and what changed since. */
import type { Binding } from '../catalog/model/settings';
import type { Offer } from '../catalog/store';
import type { Rules } from '../contracts/policy';
import type { Issue } from '../jira/port';
import type { RolePolicy } from '../policy/model/effective';
import { hashOf } from '../shared/canonical';
import { type Subject, sourceHashOf } from './model/digest';

/** Ids of the issue's fields that a wish may be read from; also what the gate reads again. */
export const wishFields = (binding: Binding): string[] =>
  [
    binding.fields.app,
    binding.fields.role,
    binding.fields.duration,
    binding.fields.beneficiary,
    binding.fields.reason,
  ].filter((id) => id !== undefined);

/** Ids of changes only rise; `0` stands for none. */
export const newestChange = (issue: Issue): string =>
  String(Math.max(0, ...issue.changes.map((change) => Number(change.id))));

/** Fields of the changes made after that one. An id that is no number counts as later. */
export const laterChanges = (issue: Issue, than: string): string[] =>
  issue.changes.filter(({ id }) => !(Number(id) <= Number(than))).map(({ fieldId }) => fieldId);

/** What is asked for, beside the issue that asks for it. */
export interface Asked {
  readonly offer: Offer;
  readonly personId: string;
  readonly duration: number | null;
  readonly reason: string;
  readonly tenant: string;
  readonly start: string | null;
  /** Id of the ticket whose closing ends it. */
  readonly until: string | undefined;
}

export function subjectOf(issue: Issue, requestTypeId: string, p: Asked): Subject {
  const { role } = p.offer;
  return {
    issueId: issue.id,
    projectId: issue.projectId,
    requestTypeId,
    submitter: issue.creator ?? 'unknown',
    personId: p.personId,
    connectionId: role.connectionId,
    tenant: p.tenant,
    roleId: role.id,
    accessVersion: role.accessVersion,
    groupIds: role.groups.map((g) => g.id).sort(),
    duration: p.duration,
    start: p.start,
    ...(p.until !== undefined && { until: p.until }),
    reasonHash: hashOf(p.reason),
    policyVersion: role.policyVersion,
    policyHash: hashOf(rulesOf(p.offer.policy)),
  };
}

export function rulesOf({ tier: _, ...rules }: RolePolicy): Rules {
  return rules;
}

/** Of a person in a field only the account counts: names and pictures change by themselves. */
function personOnly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(personOnly);
  const isPerson = value !== null && typeof value === 'object' && 'accountId' in value;
  return isPerson ? value.accountId : value;
}

export function sourceOf(issue: Issue, binding: Binding): string {
  const fields = Object.fromEntries(
    wishFields(binding).map((id) => [id, personOnly(issue.fields[id] ?? null)]),
  );
  return sourceHashOf({
    panel: issue.panel ?? null,
    fields,
    summary: issue.summary,
    description: issue.description,
    reporter: issue.reporter,
    requestTypeId: issue.requestTypeId,
    projectId: issue.projectId,
  });
}
