/**
 * PIM for Groups: memberships that end by themselves. The first one takes the group over for good.
 * The request is documented; codes of refusals are as people report them [unverified].
 */
import { json, type Routes } from '../../kit/routes';
import { guid } from '../../world/ids';
import { NEEDS } from './apps';
import { badRequest, GraphError } from './errors';
import type { EntraGroup } from './state';
import { bodyOf, type GraphCall, graphTime, guarded, newGuid, type Tenant } from './tenant';

const SHORTEST_MS = 5 * 60_000;
/** What the settings of a group allow unless somebody changes them. */
const LONGEST_MS = 180 * 86_400_000;
const PATH = '/identityGovernance/privilegedAccess/group/assignmentScheduleRequests';

const refuse = (status: number, code: string, message: string) =>
  new GraphError(status, code, message);
const keyOf = (group: string, person: string) => `${group}_member_${person}`;

export function addSchedules(tenant: Tenant, routes: Routes): void {
  const { state, clock } = tenant;
  guarded(tenant, routes)('POST', PATH, { needs: [], cost: 1 }, (call) => {
    const body = bodyOf(call.req);
    const { action, groupId, principalId } = body;
    const group = mayAssign(tenant, call, String(groupId), String(principalId));
    const person = String(principalId);
    const now = clock.now();
    const scheduleInfo = body['scheduleInfo'] as { expiration?: Record<string, unknown> };
    const end = endOf(scheduleInfo?.expiration ?? {}, now);
    const key = keyOf(group.id, person);
    const old = state.schedules.get(key);
    if (action === 'adminAssign') {
      if (state.memberships.get(group.id, person)) {
        throw refuse(400, 'RoleAssignmentExists', 'The Role assignment already exists.');
      }
      state.memberships.add(group.id, person, true, now);
    } else if (action !== 'adminUpdate') {
      throw refuse(501, 'NotModelled', `sandbox: entra: ${action} is not modelled here`);
    } else if (!old) {
      throw refuse(404, 'RoleAssignmentDoesNotExist', 'The Role assignment does not exist.');
    }
    const since = old && action === 'adminUpdate' ? old.since : now;
    state.schedules.set(key, { group: group.id, person, since, end }, now);
    return json(201, {
      id: newGuid(tenant),
      status: 'Provisioned',
      createdDateTime: graphTime(tenant),
      completedDateTime: graphTime(tenant),
      approvalId: null,
      customData: null,
      createdBy: { user: { id: guid(call.client) } },
      isValidationOnly: false,
      ticketInfo: { ticketNumber: null, ticketSystem: null },
      targetScheduleId: key,
      ...body,
    });
  });
}

function mayAssign(tenant: Tenant, call: GraphCall, groupId: string, person: string): EntraGroup {
  if (!call.has(NEEDS.schedule)) {
    const text = 'Authorization failed due to missing permission scope.';
    throw refuse(403, 'PermissionScopeNotGranted', text);
  }
  if (tenant.state.licence !== 'p2') {
    const text =
      'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.';
    throw refuse(400, 'AadPremiumLicenseRequired', text);
  }
  const group = tenant.state.groups.get(groupId, call.asOf);
  if (!group) throw refuse(404, 'ResourceNotFound', 'The resource is not found.');
  if (!tenant.state.users.get(person, call.asOf)) {
    throw refuse(404, 'SubjectNotFound', 'The subject is not found.');
  }
  const dynamic = group.groupTypes.includes('DynamicMembership');
  const mail = group.mailEnabled && !group.groupTypes.includes('Unified');
  if (dynamic || group.onPremisesSyncEnabled || mail) {
    const text = 'The group is not supported by Privileged Identity Management.';
    throw refuse(400, 'InvalidRoleAssignmentRequest', text);
  }
  if (group.isAssignableToRole && !call.has(NEEDS.writeRoleGroups)) {
    throw refuse(403, 'PermissionScopeNotGranted', 'Insufficient permissions for the group.');
  }
  return group;
}

function endOf(expiration: Record<string, unknown>, now: number): number {
  const end = Date.parse(String(expiration['endDateTime']));
  const policy = () =>
    refuse(
      400,
      'RoleAssignmentRequestPolicyValidationFailed',
      'The following policy rules failed: ["ExpirationRule"]',
    );
  if (expiration['type'] === 'noExpiration') throw policy();
  if (expiration['type'] !== 'afterDateTime' || Number.isNaN(end)) {
    throw badRequest('sandbox: only expirations of the type afterDateTime are modelled');
  }
  if (end < now + SHORTEST_MS) {
    throw refuse(400, 'ActiveDurationTooShort', 'The active duration is too short.');
  }
  if (end > now + LONGEST_MS) throw policy();
  return end;
}

/** A membership stays for its first five minutes, whoever wants it gone [unverified for `$ref`]. */
export function mayRemove(tenant: Tenant, group: string, person: string): void {
  const schedule = tenant.state.schedules.get(keyOf(group, person));
  if (schedule && tenant.clock.now() < schedule.since + SHORTEST_MS) {
    throw refuse(
      400,
      'ActiveDurationTooShort',
      'The active duration is too short. Minimum required is 5 minutes.',
    );
  }
}

export function forgetSchedule(tenant: Tenant, group: string, person: string): void {
  tenant.state.schedules.delete(keyOf(group, person), tenant.clock.now());
}
