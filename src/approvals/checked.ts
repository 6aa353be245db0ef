/** What comes of looking at a request's consent. */
import type { Grant } from '../grants/model/grant';
import type { Known } from '../grants/provision';
import type { Next } from '../requests/intake';
import type { Held } from '../shared/record';

export type Checked =
  | Next
  /** Consent stands and the grant is in the ledger; the rest is what this run has read already. */
  | ({ readonly kind: 'provision'; readonly grant: Held<Grant> } & Known);
