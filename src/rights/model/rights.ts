/**
 * What a person may do here, from what was read about them. What could not be read gives nobody a
 * right, and is told apart from "no" only in words.
 */
export interface Rights {
  readonly admin: boolean;
  /** Also every administrator. */
  readonly operator: boolean;
  /** Also every operator: who may act may look. */
  readonly auditor: boolean;
  /** Ids of the Jira groups that a right came from; for evidence. */
  readonly groups: readonly string[];
  /** Something that could have given a right was not readable. */
  readonly unread: boolean;
}

export interface Seen {
  /** `undefined`, here and below: not readable. */
  readonly administrator: boolean | undefined;
  /** Ids of the Jira groups the person is in. */
  readonly groups: readonly string[] | undefined;
}

/** Which Jira groups hold a right, as the site's settings say. */
export interface Given {
  readonly operator: readonly string[];
  readonly auditor: readonly string[];
}

export function rightsFrom(seen: Seen, given: Given | undefined): Rights {
  const admin = seen.administrator === true;
  const held = (groups: readonly string[] = []) =>
    groups.filter((group) => seen.groups?.includes(group));
  const operators = held(given?.operator);
  const auditors = held(given?.auditor);
  const operator = admin || operators.length > 0;
  return {
    admin,
    operator,
    auditor: operator || auditors.length > 0,
    groups: admin ? [] : operators.length > 0 ? operators : auditors,
    unread: seen.administrator === undefined || (namesAny(given) && seen.groups === undefined),
  };
}

export const namesAny = (given: Given | undefined): given is Given =>
  given !== undefined && given.operator.length + given.auditor.length > 0;

/** For the record of what was done: which right it rested on. */
export const rightInWords = (rights: Rights): string =>
  rights.admin
    ? 'administrator'
    : rights.operator
      ? 'operator'
      : rights.auditor
        ? 'auditor'
        : 'none';
