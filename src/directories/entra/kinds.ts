/** What a group of Entra ID is, and whether its members can be changed by hand. */
import type { GroupDescription, GroupListing } from '../directory';
import type { GraphGroup } from './schemas';

export const GROUP_PROPERTIES = [
  'id',
  'displayName',
  'groupTypes',
  'mailEnabled',
  'securityEnabled',
  'isAssignableToRole',
  'onPremisesSyncEnabled',
];
export const LISTED_PROPERTIES = [...GROUP_PROPERTIES, 'description'];

/** https://learn.microsoft.com/graph/api/resources/groups-overview: which kinds take members by hand. */
function writable(found: GraphGroup): GroupDescription['writable'] {
  if (found.groupTypes.includes('DynamicMembership')) {
    return {
      no: 'dynamic',
      sentence: 'A membership rule of Entra ID decides who is in this group.',
    };
  }
  if (found.onPremisesSyncEnabled === true) {
    return {
      no: 'synced',
      sentence: 'The group comes from the on-premises directory and is changed there.',
    };
  }
  if (found.isAssignableToRole === true) return { no: 'privileged', sentence: PRIVILEGED };
  if (found.groupTypes.includes('Unified')) return true;
  if (found.securityEnabled === true && found.mailEnabled !== true) return true;
  return {
    no: 'mail-list',
    sentence: 'Mail-enabled groups are changed in Exchange, not in Entra ID.',
  };
}

export const PRIVILEGED = 'The group can hold administrator roles of Entra ID.';

export function described(found: GraphGroup): GroupDescription {
  return {
    id: found.id,
    name: found.displayName ?? found.id,
    writable: writable(found),
    privileged: found.isAssignableToRole === true,
  };
}

export function listed(found: GraphGroup): GroupListing {
  return { ...described(found), description: found.description ?? '', kind: kindOf(found) };
}

/** As the columns "Group type" and "Membership type" of the Entra admin center. */
function kindOf({ groupTypes, mailEnabled, securityEnabled }: GraphGroup): string {
  const type = groupTypes.includes('Unified')
    ? 'Microsoft 365'
    : mailEnabled !== true
      ? 'Security'
      : securityEnabled === true
        ? 'Mail-enabled security'
        : 'Distribution';
  return groupTypes.includes('DynamicMembership') ? `${type}, dynamic` : type;
}
