/**
 * Ends a person's sessions in the directory after the access that asked for it was removed. Sessions
 * that applications keep go on until these end them. A failure is said and holds nothing up.
 */
import type { Directory, Receipt } from '../directories/directory';
import type { Failure, Result } from '../shared/result';
import type { Edge, Grant } from './model/grant';

export type SignedOut = Result<Receipt, Failure>;

/** Nothing when it was not asked for, or when nothing was taken away. */
export async function signOut(
  grant: Grant,
  removed: { readonly edges: readonly Edge[]; readonly directory?: Directory },
): Promise<SignedOut | undefined> {
  const taken = removed.edges.some((edge) => edge.state === 'gone');
  if (!grant.endSessions || !taken || !removed.directory) return undefined;
  return removed.directory.endSessions(grant.personId);
}

/** For the record of the end. */
export const factsOfSignOut = (done: SignedOut) =>
  done.ok
    ? { ended: true, status: done.value.status, requestId: done.value.requestId ?? null }
    : { ended: false, failed: done.error.code, requestId: done.error.requestId ?? null };
