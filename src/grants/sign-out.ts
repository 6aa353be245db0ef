/**
 * Ends a person's sessions in the directory after the access that asked for it was removed. Sessions
 * that applications keep go on until these end them. A failure is said and holds nothing up.
 */
import type { Directory, Receipt } from '../directories/directory';
import { type Failure, no, type Result } from '../shared/result';
import type { Edge, Grant } from './model/grant';

export type SignedOut = Result<Receipt, Failure>;

/** It was asked for, and something was taken away. */
export const signsOut = ({ endSessions, edges }: Pick<Grant, 'endSessions' | 'edges'>): boolean =>
  endSessions === true && edges.some((edge) => edge.state === 'gone');

export async function signOut(
  grant: Grant,
  removed: {
    readonly edges: readonly Edge[];
    readonly directory?: Directory;
    readonly failure?: Failure;
  },
): Promise<SignedOut | undefined> {
  if (!signsOut({ ...grant, edges: [...removed.edges] })) return undefined;
  if (removed.directory) return removed.directory.endSessions(grant.personId);
  return no(removed.failure ?? NOT_OPENED);
}

const NOT_OPENED: Failure = {
  class: 'needs-human',
  code: 'unreachable',
  detail: 'The directory was not opened.',
};

/** For the record of the end. */
export const factsOfSignOut = (done: SignedOut) =>
  done.ok
    ? { ended: true, status: done.value.status, requestId: done.value.requestId ?? null }
    : { ended: false, failed: done.error.code, requestId: done.error.requestId ?? null };
