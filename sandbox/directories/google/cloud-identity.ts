/** Cloud Identity names the same groups; it knows their kind and when a membership ends by itself. */
import { json, type Routes } from '../../kit/routes';
import { NOW } from '../lagging';
import { NEEDS } from './accounts';
import { GoogleError, invalid } from './errors';
import { memberIdOf } from './lookup';
import { mayChange, newcomer } from './members';
import type { GoogleGroup, GoogleMember } from './state';
import { bodyOf, CLOUD_IDENTITY_HOST, guarded, type Workspace } from './workspace';

const GROUP = '/v1/groups/:id';
const LABEL = 'cloudidentity.googleapis.com/groups';

export function addCloudIdentity(workspace: Workspace, routes: Routes): void {
  const { state, clock } = workspace;
  const on = guarded(workspace, routes, CLOUD_IDENTITY_HOST);
  const groupOf = (id: string | undefined, asOf: number): GoogleGroup => {
    const group = state.groups.get(id ?? '', asOf);
    if (group) return group;
    const message = 'Error(2028): Permission denied for resource (or it may not exist).';
    throw new GoogleError(403, 'forbidden', message);
  };
  on('GET', GROUP, NEEDS.readCloudGroups, ({ req, asOf }) =>
    json(200, showCloudGroup(workspace, groupOf(req.params['id'], asOf))),
  );
  on('PATCH', GROUP, NEEDS.writeCloudGroups, ({ req }) => {
    const group = groupOf(req.params['id'], NOW);
    const { labels } = bodyOf(req) as { labels?: Record<string, string> };
    if (req.query.get('updateMask') !== 'labels' || !labels) {
      throw new GoogleError(501, 'x', 'sandbox: google: only labels can be changed here');
    }
    state.groups.set(group.id, { ...group, locked: `${LABEL}.locked` in labels }, clock.now());
    return json(200, { done: true });
  });
  on('POST', `${GROUP}/memberships`, NEEDS.writeCloudGroups, ({ req, asOf, isSuper }) => {
    const group = groupOf(req.params['id'], asOf);
    mayChange(workspace, group, isSuper);
    const { preferredMemberKey, roles } = bodyOf(req) as {
      preferredMemberKey?: { id?: string };
      roles?: { name?: string; expiryDetail?: { expireTime?: string } }[];
    };
    const role = roles?.[0];
    const until = role?.expiryDetail?.expireTime;
    const key = preferredMemberKey?.id;
    const { id, member } = newcomer(workspace, group, { key, role: role?.name, asOf });
    if (state.memberships.get(group.id, id)) {
      const message = 'Error(4003): Cannot create membership because it already exists.';
      throw new GoogleError(409, 'duplicate', message);
    }
    if (until !== undefined) endAt(workspace, { group: group.id, id }, until);
    state.memberships.add(group.id, id, member, clock.now());
    const made = showMembership(workspace, { group: group.id, id }, member);
    const type = 'type.googleapis.com/google.apps.cloudidentity.groups.v1.Membership';
    return json(200, { done: true, response: { '@type': type, ...made } });
  });
  on('GET', `${GROUP}/memberships:lookup`, NEEDS.readCloudGroups, ({ req, asOf }) => {
    const group = groupOf(req.params['id'], asOf);
    const id = memberIdOf(workspace, group, req.query.get('memberKey.id') ?? '', asOf);
    if (id === undefined || !state.memberships.get(group.id, id, asOf)) {
      throw new GoogleError(404, 'notFound', 'Error(2017): Membership does not exist.');
    }
    return json(200, { name: `groups/${group.id}/memberships/${id}` });
  });
  on('POST', `${GROUP}/memberships/:verb`, NEEDS.writeCloudGroups, ({ req, isSuper }) => {
    const group = groupOf(req.params['id'], NOW);
    mayChange(workspace, group, isSuper);
    const [id = '', verb] = (req.params['verb'] ?? '').split(':');
    const member = state.memberships.get(group.id, id);
    if (!member) throw new GoogleError(404, 'notFound', 'Error(2017): Membership does not exist.');
    const { updateRolesParams } = bodyOf(req) as {
      updateRolesParams?: {
        fieldMask?: string;
        membershipRole?: { name?: string; expiryDetail?: { expireTime?: string } };
      }[];
    };
    const [update] = updateRolesParams ?? [];
    const masked = /^expiry_?[dD]etail\.expire_?[tT]ime$/.test(update?.fieldMask ?? '');
    if (verb !== 'modifyMembershipRoles' || !masked || update?.membershipRole?.name !== 'MEMBER') {
      throw invalid('Request contains an invalid argument.');
    }
    const until = update.membershipRole.expiryDetail?.expireTime;
    endAt(workspace, { group: group.id, id }, until);
    return json(200, {
      membership: showMembership(workspace, { group: group.id, id }, member),
    });
  });
}

/** A missing edition is refused like a missing right, as other calls of this API are. [unverified] */
function endAt(
  { state, clock }: Workspace,
  { group, id }: { group: string; id: string },
  until: string | undefined,
): void {
  if (!state.endsMemberships) {
    throw new GoogleError(403, 'forbidden', 'Error(2036): The edition does not support expiry.');
  }
  if (until === undefined) {
    state.ends.delete(`${group} ${id}`);
    return;
  }
  const at = Date.parse(until);
  if (!(at > clock.now())) throw invalid('Request contains an invalid argument.');
  state.ends.set(`${group} ${id}`, at);
}

function showMembership(
  { state }: Workspace,
  { group, id }: { group: string; id: string },
  member: GoogleMember,
) {
  const at = state.ends.get(`${group} ${id}`);
  const email = state.users.get(id)?.primaryEmail ?? member.externalEmail ?? '';
  return {
    name: `groups/${group}/memberships/${id}`,
    preferredMemberKey: { id: email },
    roles: [
      {
        name: member.role,
        ...(at !== undefined && { expiryDetail: { expireTime: new Date(at).toISOString() } }),
      },
    ],
  };
}

function showCloudGroup({ customerId }: Workspace, group: GoogleGroup) {
  return {
    name: `groups/${group.id}`,
    groupKey: { id: group.email },
    parent: `customers/${customerId}`,
    displayName: group.name,
    description: group.description,
    createTime: group.createTime,
    updateTime: group.createTime,
    labels: {
      [`${LABEL}.discussion_forum`]: '',
      ...(group.security && { [`${LABEL}.security`]: '' }),
      ...(group.dynamic && { [`${LABEL}.dynamic`]: '' }),
      ...(group.locked && { [`${LABEL}.locked`]: '' }),
    },
    ...(group.dynamic && {
      dynamicGroupMetadata: {
        queries: [
          { resourceType: 'USER', query: "user.organizations.exists(org, org.department=='')" },
        ],
        status: { status: 'UP_TO_DATE', statusTime: group.createTime },
      },
    }),
  };
}
