/**
 * Who is asked when those whom a stage names cannot be, or do not answer: the owner of the app, then the
 * IT queue. Read once for all stages, and only when somebody wants to know.
 */
import type { Deps } from '../requests/deps';
import type { Approver } from '../requests/model/request';
import { type Failure, ok, type Result } from '../shared/result';
import type { Candidate } from './chain-account';
import { type Draft, mayJoin, missingIn, type WhoDecides } from './chain-draft';
import type { Asking } from './chain-group';
import { named } from './chain-sources';

interface Fallback extends Candidate {
  readonly as: 'owner' | 'fallback';
}

export class Fallbacks {
  readonly #deps: Deps;
  readonly #asking: Asking;
  readonly #ask: WhoDecides;
  #known: Promise<Result<Fallback[], Failure>> | undefined;

  constructor(deps: Deps, asking: Asking, ask: WhoDecides) {
    this.#deps = deps;
    this.#asking = asking;
    this.#ask = ask;
  }

  /** Fills what a stage is short of. Of the queue anybody may answer where one answer is enough. */
  async takePlace(draft: Draft, drafts: readonly Draft[]): Promise<Failure | undefined> {
    if (missingIn(draft) === 0) return undefined;
    const able = await this.#able(draft, drafts);
    if (!able.ok) return able.error;
    const why = draft.out[0]?.why ?? 'who is named for it is away';
    for (const { approver, persons, as } of able.value) {
      const queue = draft.rule.needs === 'any' && as === 'fallback';
      const filled = missingIn(draft) === 0;
      if (filled && !(queue && draft.people.at(-1)?.approver.because.startsWith(QUEUE))) break;
      if (!mayJoin({ approver, persons }, draft, drafts, this.#ask)) continue;
      const covers = insteadOf(draft);
      draft.people.push({
        approver: { ...approver, because: `${approver.because}, because ${why}`, ...covers },
        persons,
      });
    }
    return undefined;
  }

  /** Asked as well when nobody answers in time. */
  async asWell(draft: Draft, drafts: readonly Draft[]): Promise<Result<Approver[], Failure>> {
    const able = await this.#able(draft, drafts);
    return able.ok ? ok(able.value.map(({ approver }) => approver)) : able;
  }

  async #able(draft: Draft, drafts: readonly Draft[]): Promise<Result<Fallback[], Failure>> {
    this.#known ??= this.#read();
    const known = await this.#known;
    if (!known.ok) return known;
    const byOwner = draft.reads.some(({ kind }) => kind === 'owner');
    return ok(
      known.value.filter(
        (one) => !(byOwner && one.as === 'owner') && mayJoin(one, draft, drafts, this.#ask),
      ),
    );
  }

  async #read(): Promise<Result<Fallback[], Failure>> {
    const { app, site } = this.#ask.offer;
    const accounts = new Set([app.owner, ...site.fallback]);
    const read: Fallback[] = [];
    for (const accountId of accounts) {
      const as = accountId === app.owner ? 'owner' : 'fallback';
      const one = await named(this.#deps, this.#asking, accountId, as);
      // What waiting cannot mend keeps this one person out, not the request.
      if (!one.ok && one.error.class === 'retryable') return one;
      if (one.ok && one.value.ok) read.push({ ...one.value.value, as });
    }
    return ok(read);
  }
}

const QUEUE = 'in the IT queue';

/** Who was taken out may not answer at all; who is away or gone may, once they are back. */
function insteadOf(draft: Draft): { covers?: string[] } {
  const gone = draft.out.find((one) => one.accountId !== undefined)?.accountId;
  const accountId = gone ?? draft.away[0]?.approver.accountId;
  return accountId === undefined ? {} : { covers: [accountId] };
}
