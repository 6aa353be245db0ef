/**
 * A person's own access: see it, keep it, return it, ask for it again. Each finds out whose it is, and is
 * loaded when it is asked for: whoever looks at a card pays for none of it.
 */
import { issueRef } from '../../contracts/admin';
import * as input from '../../contracts/my-access';
import { type Right, type Row, row } from './dispatch';

export const myAccessRows = (anyone: Right): [string, Row][] => [
  [
    'grants.mine',
    row(input.myPage, anyone, async (app, page, by) =>
      (await import('../../grants/mine')).myAccess(app, by.accountId, page?.cursor),
    ),
  ],
  [
    'grants.renew',
    row(input.renewInput, anyone, async (app, ask, by) =>
      (await import('../../grants/renew')).renew(app, ask, by.accountId),
    ),
  ],
  [
    'grants.give-back',
    row(issueRef, anyone, async (app, { issueId }, by) =>
      (await import('../../grants/give-back')).giveBack(app, issueId, by.accountId),
    ),
  ],
  [
    'requests.again',
    row(input.againInput, anyone, async (app, ask, by) =>
      (await import('../../requests/again')).askAgain(app, ask, by.accountId),
    ),
  ],
];
