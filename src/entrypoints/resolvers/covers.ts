/** Who stands in for whom, who would decide, and who decides instead. Loaded when it is called for. */
import { nothing } from '../../contracts/admin';
import {
  chainAsk,
  coverInput,
  coverList,
  coverRef,
  ownCoverInput,
  replacement,
} from '../../contracts/covers';
import { type Right, type Row, row } from './dispatch';

const covers = () => import('../../policy/covers');

/** For anybody. */
export const coverAdminRows = (administrator: Right, operator: Right): [string, Row][] => [
  [
    'covers.set',
    row(coverInput, administrator, async (app, given, by) =>
      (await covers()).setCover(app, { ...given, away: given.away ?? by.accountId }, by.accountId),
    ),
  ],
  [
    'covers.end',
    row(coverRef, administrator, async (app, { id }, by) =>
      (await covers()).endCover(app, id, by.accountId, true),
    ),
  ],
  [
    'covers.list',
    row(coverList, administrator, async (app, given, by) =>
      (await covers()).listCovers(app, given?.away ?? by.accountId),
    ),
  ],
  [
    'request.replace-approver',
    row(replacement, operator, async (app, given, by) =>
      (await import('../../approvals/replace')).replaceApprover(app, given, by.accountId),
    ),
  ],
];

/** For the person who calls; whoever else a payload names is not looked at. */
export const ownCoverRows = (anyone: Right): [string, Row][] => [
  [
    'cover.set',
    row(ownCoverInput, anyone, async (app, given, by) =>
      (await covers()).setCover(app, { ...given, away: by.accountId }, by.accountId),
    ),
  ],
  [
    'cover.end',
    row(coverRef, anyone, async (app, { id }, by) =>
      (await covers()).endCover(app, id, by.accountId, false),
    ),
  ],
  [
    'cover.list',
    row(nothing, anyone, async (app, _, by) => (await covers()).listCovers(app, by.accountId)),
  ],
  [
    'request.chain',
    row(chainAsk, anyone, async (app, given, by) =>
      (await import('../../policy/chain-preview')).previewChain(app, given, by.accountId),
    ),
  ],
];
