/**
 * Deciding by the app's own card, on the issue and in the portal. Each function finds out by itself what the
 * caller is to the request.
 */
import * as input from '../../contracts/approvals';
import { type Right, type Row, row } from './dispatch';

export const approvalRows = (anyone: Right): [string, Row][] => [
  [
    'approval.card',
    row(input.cardRef, anyone, async (app, { issueId }, by) =>
      (await import('../../approvals/card')).readCard(app, issueId, by),
    ),
  ],
  [
    'approval.decide',
    row(input.cardDecision, anyone, async (app, decision, by) =>
      (await import('../../approvals/card-answer')).decideByCard(app, decision, by),
    ),
  ],
  [
    'approval.ask',
    row(input.askBack, anyone, async (app, asked, by) =>
      (await import('../../approvals/question')).askRequester(app, asked, by.accountId),
    ),
  ],
  [
    'approval.mine',
    row(input.openDecisions, anyone, async (app, page, by) =>
      (await import('../../approvals/my-decisions')).myOpenDecisions(
        app,
        by.accountId,
        page?.cursor,
      ),
    ),
  ],
];
