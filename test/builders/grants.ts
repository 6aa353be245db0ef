import type { Ask, Edge, Grant, GrantState } from '../../src/grants/model/grant';
import type { Hold } from '../../src/grants/model/hold';
import { digestOf } from '../../src/requests/model/digest';
import { HOUR } from '../../src/shared/instant';
import { at, NOW } from './instants';
import { aSubject } from './requests';

type In<S extends GrantState> = Extract<Grant, { state: S }>;

export const anEdge = (over: Partial<Edge> = {}): Edge => ({
  groupId: 'g-users',
  groupName: 'Figma users',
  state: 'to-do',
  ...over,
});

export const anAsk = (over: Partial<Ask> = {}): Ask => ({
  check: 'group-exists',
  sentence: 'The group Figma users does not exist in the directory.',
  nextStep: 'IT restores the group and presses Resume.',
  ...over,
});

const common = {
  v: 1 as const,
  id: 'g-501-1',
  issueId: '501',
  issueKey: 'IT-1',
  bindingId: 'it',
  round: 1,
  beneficiary: 'requester',
  connectionId: 'main',
  tenant: 'latchkey-demo.okta.com',
  personId: 'person-1',
  appId: 'figma',
  appName: 'Figma',
  roleId: 'figma.editor',
  roleName: 'Editor',
  accessVersion: 1,
  privileged: false,
  digest: digestOf(aSubject()),
  edges: [anEdge(), anEdge({ groupId: 'g-editors', groupName: 'Figma editors' })],
  duration: HOUR as number | null,
  decidedAt: NOW,
  episode: 1,
  endsAt: null as string | null,
  changedAt: NOW,
};

const started = { startedAt: NOW, endsAt: at(HOUR) };
const own: { [S in GrantState]: Omit<In<S>, keyof typeof common> & { endsAt?: string } } = {
  approved: { state: 'approved' },
  provisioning: { state: 'provisioning', since: NOW, endsAt: at(HOUR) },
  active: { state: 'active', verified: true, ...started },
  revoking: { state: 'revoking', because: 'expired', since: at(HOUR), ...started },
  stuck: { state: 'stuck', because: 'expired', since: at(HOUR), cause: anAsk(), ...started },
  revoked: { state: 'revoked', because: 'expired', at: at(HOUR), ...started },
  cancelled: { state: 'cancelled', at: NOW },
  blocked: { state: 'blocked', ask: anAsk() },
};

export function aGrant<S extends GrantState>(state: S, over: Partial<In<S>> = {}): In<S> {
  return { ...common, ...own[state], ...over } as unknown as In<S>;
}

export const aHold = (over: Partial<Hold> = {}): Hold => ({
  v: 1,
  connectionId: 'main',
  groupId: 'g-users',
  personId: 'person-1',
  origin: 'absent',
  holders: [{ grantId: 'g-501-1', endsAt: at(HOUR) }],
  changedAt: NOW,
  ...over,
});
