import type { GateFacts, SeenApproval } from '../../src/approvals/model/gate';
import { policyFor } from '../../src/policy/model/effective';
import { startingPolicy } from '../../src/policy/model/tiers';
import { anApp, aRole } from './catalog';
import { at } from './instants';
import { aPin } from './requests';

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
    usedApprovals: [],
    accountsNow: undefined,
    linkedNow: [],
    roleNow: aRole(),
    policyNow:
      over.roleNow === undefined && 'roleNow' in over
        ? undefined
        : policyFor(startingPolicy, anApp(), over.roleNow ?? aRole()),
    ownerNow: 'owner',
    licensed: undefined,
    paused: false,
    now: at(120),
    ...over,
  };
}
