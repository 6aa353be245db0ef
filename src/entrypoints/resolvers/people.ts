/** What the issue view and the portal can do: see where a request stands, and take it back. */
import { takeBack, whereItStands } from '../../approvals/by-hand';
import { issueRef } from '../../contracts/admin';
import { approvalRows } from './approver';
import { attestRows } from './by-hand';
import { ownCoverRows } from './covers';
import { type Row, resolver, row } from './dispatch';
import { urgentRows } from './emergency';
import { myAccessRows } from './my-access';
import { togetherRows } from './together';

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
      row(issueRef, anyone, (app, { issueId }, by) => whereItStands(app, issueId, by.accountId)),
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
      row(issueRef, anyone, (app, { issueId }, by) => whereItStands(app, issueId, by.accountId)),
    ],
    [
      'request.withdraw',
      row(issueRef, anyone, (app, { issueId }, by) => takeBack(app, issueId, by.accountId)),
    ],
  ]),
);
