/** Signing people out: the one thing that only the second app registration may do. */
import type { Client } from '@microsoft/microsoft-graph-client';
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type { PersonId, Receipt } from '../directory';
import type { Door } from '../door';
import { guid, isGuid } from './client';
import { lacking } from './failures';
import { receipt } from './groups';
import { nothing } from './schemas';

export const END_SESSIONS = 'User.RevokeSessions.All';

/** https://learn.microsoft.com/graph/api/user-revokesigninsessions: takes minutes, and not for guests. */
export async function endSessions(
  through: { readonly sdk: Client; readonly door: Door } | undefined,
  person: PersonId,
): Promise<Result<Receipt, Failure>> {
  if (!through) {
    const detail =
      'The connection has no second app registration, and only that one may end sessions.';
    return no(failure('scope-missing', detail));
  }
  if (!isGuid(person)) return no(failure('person-not-found', 'Not a person of Entra ID.'));
  const { sdk, door } = through;
  const path = `/users/${guid(person)}/revokeSignInSessions`;
  const posted = await door.run(() => sdk.api(path).post(undefined), nothing);
  if (posted.ok) return ok(receipt('changed', posted.value));
  const { failure: why, answer } = posted.error;
  if (why.code === 'not-found' && answer) return ok(receipt('person-gone', { answer }));
  return no(lacking(why, END_SESSIONS));
}
