/** Work by hand: attesting what people did, and naming the role that somebody meant. */
import * as input from '../../contracts/by-hand';
import { type Row, row } from './dispatch';
import { operator } from './rights';

/** Finds out by itself whether the caller answers for that app. */
const anyone = async () => undefined;

export const attestRows: readonly (readonly [string, Row])[] = [
  [
    'grants.attest',
    row(input.attestInput, anyone, async (app, said, by) =>
      (await import('../../grants/attest')).attest(app, said, by.accountId),
    ),
  ],
];

export const triageRows: readonly (readonly [string, Row])[] = [
  [
    'requests.triage',
    row(input.triageInput, operator, async (app, said, by) =>
      (await import('../../requests/triage')).triage(app, said, by.accountId),
    ),
  ],
];
