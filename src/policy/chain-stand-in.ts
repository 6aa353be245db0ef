/** Who is asked in place of somebody who is away. */
import type { Deps } from '../requests/deps';
import type { Approver } from '../requests/model/request';
import { type Failure, ok, type Result } from '../shared/result';
import { type Candidate, inPerson } from './chain-account';
import { type Draft, mayJoin, type WhoDecides } from './chain-draft';
import type { Asking } from './chain-group';
import { anyIsParty } from './chain-party';
import { coverChain, standsInFor } from './cover-chain';
import type { Cover } from './cover-record';

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
  const where = {
    directory: asking.directory,
    connectionId: asking.offer.role.connectionId,
  };
  const setBy = chain.map((one) => one.setBy);
  const chosen = await anyIsParty(deps, where, ask.parties, setBy);
  if (!chosen.ok) return chosen;
  if (chosen.value) return ok('nobody');
  const because = inTheirPlace(chain, at.for.because);
  const read = await inPerson(deps, where, last.cover, { because, rule: 'cover' });
  if (!read.ok) return read;
  if (!read.value.ok) return ok('nobody');
  const one = read.value.value;
  if (!mayJoin(one, at.draft, at.drafts, ask)) return ok('nobody');
  return ok({ ...one, approver: { ...one.approver, covers: standsInFor(chain) } });
}

/** Said once, however often it went from one to the next. */
export function inTheirPlace(chain: readonly Cover[], because: string): string {
  const source = because.replace(STANDS_IN, '');
  const until = chain.at(-1)?.until.slice(0, 10);
  const by = isEntered(chain) ? ', as an administrator has entered' : '';
  return until === undefined ? source : `stands in until ${until}${by}: ${source}`;
}

const STANDS_IN = /^(stands in until [^:]+: )+/;

/** Not by those who are away themselves. */
export const isEntered = (chain: readonly Cover[]): boolean =>
  chain.some(({ setBy, away }) => setBy !== away);
