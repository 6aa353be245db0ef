/** What the issue view and the portal can do: see where a request stands, and take it back. */
import { issueRef } from '../../contracts/admin';
import { approvalRows } from './approver';
import { attestRows } from './by-hand';
import { ownCoverRows } from './covers';
import { type Row, resolver, row } from './dispatch';
import { urgentRows } from './emergency';
import { myAccessRows } from './my-access';
import { togetherRows } from './together';

/** Loaded with the function that needs it, as everything here: a card pays for no other. */
const byHand = () => import('../../approvals/by-hand');

/** Each function finds out by itself whether the caller is a party; there is no right beforehand. */
const anyone = async () => undefined;

export const approverResolver = resolver(
  new Map<string, Row>([
    ...approvalRows(anyone),
    ...ownCoverRows(anyone),
    ...myAccessRows(anyone),
    ...urgentRows,
    ...attestRows,
    [
      'request.status',
      row(issueRef, anyone, async (app, { issueId }, by) =>
        (await byHand()).whereItStands(app, issueId, by.accountId),
      ),
    ],
  ]),
);

export const portalResolver = resolver(
  new Map<string, Row>([
    ...approvalRows(anyone),
    ...ownCoverRows(anyone),
    ...myAccessRows(anyone),
    ...urgentRows,
    ...togetherRows(anyone),
    [
      'request.status',
      row(issueRef, anyone, async (app, { issueId }, by) =>
        (await byHand()).whereItStands(app, issueId, by.accountId),
      ),
    ],
    [
      'request.withdraw',
      row(issueRef, anyone, async (app, { issueId }, by) =>
        (await byHand()).takeBack(app, issueId, by.accountId),
      ),
    ],
  ]),
);
