/** The pin as a record: the exact question, who may decide on it, and what it was judged by. */
import type { Binding } from '../catalog/model/settings';
import type { Approval, Issue } from '../jira/port';
import { judgedOf } from '../policy/model/judged';
import { hashOf } from '../shared/canonical';
import type { Judged } from './asking';
import { digestOf } from './model/digest';
import type { Pin } from './model/request';
import type { Wish } from './model/wish';
import type { People } from './parties';
import { type Asked, newestChange, rulesOf, sourceOf, subjectOf } from './source';

/** Who decides: people in stages, or a published rule. Of break-glass the stages are told, and review. */
export type By = 'people' | 'auto' | 'break-glass';

export type Pinning = People &
  Omit<Asked, 'reason' | 'start' | 'until'> & {
    readonly wish: Wish;
    readonly judged: Judged;
    readonly by: By;
  };

/** The question, as far as it is not the issue's own. */
export const askedOf = ({ judged, wish, ...p }: Pinning): Asked => ({
  offer: p.offer,
  personId: p.personId,
  duration: p.duration,
  tenant: p.tenant,
  reason: wish.reason,
  start: judged.start,
  until: wish.untilTicket ? judged.ticket?.issueId : undefined,
});

export interface At {
  readonly issue: Issue;
  readonly binding: Binding;
  readonly requestTypeId: string;
  readonly approvals: readonly Approval[];
  readonly round: number;
  readonly now: string;
}

export function pinOf(p: Pinning, at: At): Pin {
  const { offer, judged } = p;
  const { role, policy } = offer;
  const subject = subjectOf(at.issue, at.requestTypeId, askedOf(p));
  const { ticket } = judged;
  return {
    round: at.round,
    at: at.now,
    digest: digestOf(subject),
    sourceHash: sourceOf(at.issue, at.binding),
    lastChange: newestChange(at.issue),
    subject,
    shownHash: hashOf(at.issue.descriptionText),
    beneficiary: p.beneficiary,
    foundBy: p.personBy,
    risk: role.risk,
    parties: [...p.parties.accounts],
    partyPersons: [...p.parties.persons],
    stages: [...p.stages],
    policy: {
      site: offer.site.version,
      app: offer.app.version,
      role: role.version,
      tier: policy.tier,
      rules: rulesOf(policy),
      owner: offer.app.owner,
    },
    judged: judgedOf(judged.ask, judged.facts),
    ...(ticket && { ticket: { issueId: ticket.issueId, key: ticket.key } }),
    ...(p.wish.untilTicket && ticket && { untilTicket: true as const }),
    ...judged.line,
    ...(p.by === 'break-glass' && { breakGlass: true as const }),
    ...(p.by === 'auto' &&
      policy.auto && {
        auto: {
          rule: policy.auto.rule,
          signedOffBy: policy.auto.signedOffBy,
          signedOffAt: policy.auto.signedOffAt,
        },
      }),
    approvalsBefore: at.approvals.map((a) => ({
      id: a.id,
      answered: a.answers.filter((x) => x.decision !== 'pending').map((x) => x.accountId),
    })),
  };
}

export const pinFacts = (made: Pin, p: Pinning) => ({
  digest: made.digest,
  sourceHash: made.sourceHash,
  shownHash: made.shownHash,
  round: made.round,
  subject: made.subject,
  stages: made.stages,
  parties: made.parties,
  from: p.wish.from,
  personBy: p.personBy,
  person: `${made.subject.connectionId}:${made.subject.personId}`,
  app: made.subject.roleId.split('.')[0],
  considered: p.judged.verdict.considered,
});
