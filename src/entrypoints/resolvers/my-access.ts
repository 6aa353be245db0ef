/** A person's own access: see it, keep it, return it, ask for it again. Each finds out whose it is. */
import { issueRef } from '../../contracts/admin';
import * as input from '../../contracts/my-access';
import { giveBack } from '../../grants/give-back';
import { myAccess } from '../../grants/mine';
import { renew } from '../../grants/renew';
import { askAgain } from '../../requests/again';
import { type Right, type Row, row } from './dispatch';

export const myAccessRows = (anyone: Right): [string, Row][] => [
  [
    'grants.mine',
    row(input.myPage, anyone, (app, page, by) => myAccess(app, by.accountId, page?.cursor)),
  ],
  ['grants.renew', row(input.renewInput, anyone, (app, ask, by) => renew(app, ask, by.accountId))],
  [
    'grants.give-back',
    row(issueRef, anyone, (app, { issueId }, by) => giveBack(app, issueId, by.accountId)),
  ],
  [
    'requests.again',
    row(input.againInput, anyone, (app, ask, by) => askAgain(app, ask, by.accountId)),
  ],
];
