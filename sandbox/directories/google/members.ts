/** Who is in a group of the Workspace. */
import { empty, json, type Routes } from '../../kit/routes';
import { googleUserId } from '../../world/ids';
import { NEEDS } from './accounts';
import { GoogleError, invalid, notFound } from './errors';
import { page } from './lists';
import { groupBy, memberIdOf, userBy } from './lookup';
import { showMember } from './shapes';
import type { GoogleGroup, GoogleMember, MemberRole } from './state';
import { bodyOf, type GoogleCall, guarded, mustOutrank, type Workspace } from './workspace';

const MEMBERS = '/admin/directory/v1/groups/:groupKey/members';
const ROLES: readonly MemberRole[] = ['MEMBER', 'MANAGER', 'OWNER'];

export function addMembers(workspace: Workspace, routes: Routes): void {
  const { state } = workspace;
  const on = guarded(workspace, routes);
  const groupOf = ({ req, asOf }: GoogleCall) =>
    groupBy(workspace, req.params['groupKey'] ?? '', asOf);
  const shown = (id: string, member: GoogleMember, asOf: number) =>
    showMember(id, member, { user: state.users.get(id, asOf), group: state.groups.get(id, asOf) });

  on('GET', MEMBERS, NEEDS.readMembers, (call) => {
    const { req, asOf } = call;
    if (req.query.get('includeDerivedMembership') === 'true') {
      throw new GoogleError(
        501,
        'notImplemented',
        'sandbox: google: derived members are not modelled',
      );
    }
    const roles = req.query.get('roles')?.toUpperCase().split(',');
    const rows = state.memberships
      .of(groupOf(call).id, asOf)
      .map(([id, member]) => ({ id, member }))
      .filter(({ member }) => roles?.includes(member.role) ?? true);
    const size = { standard: 200, most: 200 };
    return page(req, 'members', rows, size, ({ id, member }) => shown(id, member, asOf));
  });
  on('POST', MEMBERS, NEEDS.writeMembers, (call) => {
    const group = groupOf(call);
    mayChange(workspace, group, call.isSuper);
    const { email, id: given, role = 'MEMBER' } = bodyOf(call.req);
    const { id, member } = newcomer(workspace, group, {
      key: given ?? email,
      role,
      asOf: call.asOf,
    });
    if (state.memberships.get(group.id, id)) {
      throw new GoogleError(409, 'duplicate', 'Member already exists.');
    }
    state.memberships.add(group.id, id, member, workspace.clock.now());
    return json(200, shown(id, member, call.asOf));
  });
  on('GET', `${MEMBERS}/:memberKey`, NEEDS.readMembers, (call) => {
    const group = groupOf(call);
    const id = memberIdOf(workspace, group, call.req.params['memberKey'] ?? '', call.asOf);
    const member = id === undefined ? undefined : state.memberships.get(group.id, id, call.asOf);
    if (id === undefined || !member) throw notFound('memberKey');
    return json(200, shown(id, member, call.asOf));
  });
  on('DELETE', `${MEMBERS}/:memberKey`, NEEDS.writeMembers, (call) => {
    const group = groupOf(call);
    mayChange(workspace, group, call.isSuper);
    const id = memberIdOf(workspace, group, call.req.params['memberKey'] ?? '', call.asOf);
    if (id === undefined || !state.memberships.get(group.id, id)) throw notFound('memberKey');
    state.memberships.remove(group.id, id, workspace.clock.now());
    state.ends.delete(`${group.id} ${id}`);
    return empty();
  });
  const hasMember = '/admin/directory/v1/groups/:groupKey/hasMember/:memberKey';
  on('GET', hasMember, NEEDS.readMembers, (call) => {
    const group = groupOf(call);
    const user = userBy(workspace, call.req.params['memberKey'] ?? '', call.asOf);
    if (!user) throw invalid('Invalid Input: memberKey');
    return json(200, { isMember: isWithin(workspace, group.id, user.id, call.asOf) });
  });
}

/** That it is refused is documented; status and reason are unverified. */
export function mayChange(workspace: Workspace, group: GoogleGroup, isSuper: boolean): void {
  mustOutrank(workspace, group, isSuper);
  if (group.dynamic || group.locked) {
    throw new GoogleError(412, 'conditionNotMet', 'Cannot modify membership of this group.');
  }
}

export function newcomer(
  workspace: Workspace,
  group: GoogleGroup,
  asked: { readonly key: unknown; readonly role: unknown; readonly asOf: number },
): { id: string; member: GoogleMember } {
  const { key, role, asOf } = asked;
  if (typeof key !== 'string' || key === '') throw invalid('Missing required field: memberKey');
  if (!ROLES.includes(role as MemberRole)) throw invalid('Invalid Input: role');
  const kept = memberIdOf(workspace, group, key, asOf);
  if (kept !== undefined) return { id: kept, member: { role: role as MemberRole } };
  const outside = key.includes('@') && !key.toLowerCase().endsWith(`@${workspace.domain}`);
  if (!outside) throw notFound('memberKey');
  // An address that nobody here knows is taken for somebody from outside, without a question.
  return {
    id: googleUserId(`outside:${key.toLowerCase()}`),
    member: { role: role as MemberRole, externalEmail: key },
  };
}

/** A member of a group that is itself a member counts too. */
function isWithin(workspace: Workspace, groupId: string, userId: string, asOf: number): boolean {
  return workspace.state.memberships
    .of(groupId, asOf)
    .some(([id]) => id === userId || isWithin(workspace, id, userId, asOf));
}
