/** Signing people out of Okta, with a token of its own: nothing else of ours may change people. */
import type { Client } from '@okta/okta-sdk-nodejs';
import { type Failure, no, ok, type Result } from '../../shared/result';
import type { PersonId, Receipt } from '../directory';
import type { Door } from '../door';
import { lacking } from './failures';
import { receipt } from './groups';
import { nothing } from './schemas';

export const END_SESSIONS = 'okta.users.manage';

/** Tokens that applications got through Okta go as well; sessions inside applications stay. */
export async function endSessions(
  { sdk, door }: { readonly sdk: Client; readonly door: Door },
  person: PersonId,
): Promise<Result<Receipt, Failure>> {
  const cleared = await door.run(
    () => sdk.userApi.revokeUserSessions({ userId: person, oauthTokens: true }),
    nothing,
  );
  if (cleared.ok) return ok(receipt('changed', cleared.value));
  const { failure: why, answer } = cleared.error;
  if (why.code === 'not-found' && answer) return ok(receipt('person-gone', { answer }));
  return no(lacking(why, END_SESSIONS));
}
