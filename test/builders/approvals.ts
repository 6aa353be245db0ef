import type { GateFacts, SeenApproval } from '../../src/approvals/model/gate';
import type { Role } from '../../src/catalog/model/catalog';
import { policyFor } from '../../src/policy/model/effective';
import { startingPolicy } from '../../src/policy/model/tiers';
import type { Decision, Pin } from '../../src/requests/model/request';
import { anApp, aRole } from './catalog';
import { at } from './instants';
import { aPin } from './requests';

/** A decision that this round has on record from an earlier stage. */
export const aDecision = (over: Partial<Decision> = {}): Decision => ({
  stage: 'manager',
  by: 'manager',
  decision: 'approved',
  at: at(20),
  seenAt: at(30),
  channel: 'jira-approval',
  approvalId: '800',
  ...over,
});

type Answer = SeenApproval['answers'][number];

/** One approval, opened after the pin and answered with yes by the permitted approver. */
export const anApproval = (over: Partial<SeenApproval> = {}): SeenApproval => ({
  id: '900',
  created: at(10),
  completed: at(60),
  answers: [{ accountId: 'approver', decision: 'approved' }],
  ...over,
});

export const answer = (
  accountId: string,
  decision: Answer['decision'] = 'approved',
): { answers: Answer[] } => ({ answers: [{ accountId, decision }] });

/** The role whose rules ask those whom the pin names, in its stages. */
const roleAsking = ({ stages }: Pin): Role => {
  const { approver: _, ...role } = aRole();
  return stages.length === 0
    ? aRole()
    : {
        ...role,
        rules: {
          stages: stages.map(({ id, approvers, needs, groups = [] }) => ({
            id,
            needs,
            from:
              groups.length > 0
                ? groups.map((g) => ({ kind: 'jira-group' as const, group: g.id, name: g.name }))
                : [{ kind: 'people' as const, accounts: approvers.map((a) => a.accountId) }],
          })),
        },
      };
};

/** Everything in order: the gate lets it pass. */
export function gateFacts(over: Partial<GateFacts> = {}): GateFacts {
  const pin = over.pin ?? aPin();
  return {
    pin,
    digestNow: pin.digest,
    sourceHashNow: pin.sourceHash,
    laterChanges: [],
    wishFields: ['f-role'],
    reporters: ['requester'],
    approvals: [anApproval()],
    stage: pin.stages.length - 1,
    turn: { at: pin.at, approvalsBefore: pin.approvalsBefore },
    steps: 1,
    recorded: [],
    cards: [],
    byCard: false,
    members: [],
    left: [],
    personsNow: [],
    accountsNow: undefined,
    linkedNow: [],
    roleNow: aRole(),
    policyNow:
      over.roleNow === undefined && 'roleNow' in over
        ? undefined
        : policyFor(startingPolicy, anApp(), over.roleNow ?? roleAsking(pin)),
    ownerNow: 'owner',
    stoppedNow: [],
    stopped: false,
    licensed: undefined,
    paused: false,
    now: at(120),
    ...over,
  };
}
