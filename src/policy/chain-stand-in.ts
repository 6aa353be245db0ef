/** Who is asked in place of somebody who is away. */
import type { Deps } from '../requests/deps';
import type { Approver } from '../requests/model/request';
import { type Failure, ok, type Result } from '../shared/result';
import { type Candidate, inPerson } from './chain-account';
import { type Draft, mayJoin, type WhoDecides } from './chain-draft';
import type { Asking } from './chain-group';
import { coverChain, standsInFor } from './cover-chain';

/** `there`: not away. `nobody`: away, and whoever should stand in may not decide on this request. */
export async function standIn(
  deps: Deps,
  asking: Asking,
  ask: WhoDecides,
  at: {
    readonly draft: Draft;
    readonly drafts: readonly Draft[];
    readonly for: Pick<Approver, 'accountId' | 'because'>;
  },
): Promise<Result<Candidate | 'there' | 'nobody', Failure>> {
  const chain = await coverChain(deps, at.for.accountId);
  const last = chain.at(-1);
  if (!last) return ok('there');
  if (chain.some(({ setBy }) => ask.parties.accounts.includes(setBy))) return ok('nobody');
  const where = {
    directory: asking.directory,
    connectionId: asking.offer.role.connectionId,
  };
  const because = inTheirPlace(last.until, at.for.because);
  const read = await inPerson(deps, where, last.cover, { because, rule: 'cover' });
  if (!read.ok) return read;
  if (!read.value.ok) return ok('nobody');
  const one = read.value.value;
  if (!mayJoin(one, at.draft, at.drafts, ask)) return ok('nobody');
  return ok({ ...one, approver: { ...one.approver, covers: standsInFor(chain) } });
}

export const inTheirPlace = (until: string, because: string): string =>
  `stands in until ${until.slice(0, 10)}: ${because}`;
