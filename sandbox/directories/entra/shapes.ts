/** State as Graph shows it, with `$select` applied. */
import { badQuery } from './errors';
import { signInActivity } from './sign-ins';
import type { EntraGroup, EntraUser } from './state';

export type Row = Record<string, unknown>;

/** Everything of a user that `$select` can ask for here. */
export function userRow(user: EntraUser): Row {
  const { managerId, lastSignIn, ...known } = user;
  return {
    ...known,
    signInActivity: signInActivity(user),
    businessPhones: [],
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    companyName: null,
    employeeHireDate: null,
    employeeLeaveDateTime: null,
    deletedDateTime: null,
    onPremisesSyncEnabled: null,
    assignedLicenses: [],
  };
}

/** What Graph answers about a user when nothing is selected. */
const USER_DEFAULT = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
];

export function groupRow(group: EntraGroup): Row {
  return {
    ...group,
    deletedDateTime: null,
    classification: null,
    expirationDateTime: null,
    membershipRuleProcessingState: group.membershipRule === null ? null : 'On',
    onPremisesLastSyncDateTime: null,
    onPremisesSecurityIdentifier: null,
    preferredDataLocation: null,
    preferredLanguage: null,
    proxyAddresses: group.mail === null ? [] : [`SMTP:${group.mail}`],
    renewedDateTime: group.createdDateTime,
    theme: null,
    visibility: group.groupTypes.includes('Unified') ? 'Private' : null,
  };
}

export function shownUser(user: EntraUser, select: string | null): Row {
  return pick(userRow(user), select?.split(',') ?? USER_DEFAULT, 'user');
}

export function shownGroup(group: EntraGroup, select: string | null): Row {
  const row = groupRow(group);
  return select === null ? row : pick(row, select.split(','), 'group');
}

export function pick(row: Row, names: readonly string[], type: string): Row {
  const shown: Row = {};
  for (const raw of names) {
    const name = raw.trim();
    if (!(name in row)) {
      throw badQuery(
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
      );
    }
    shown[name] = row[name];
  }
  return shown;
}
