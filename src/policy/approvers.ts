/**
 * Who decides, resolved before anybody is asked.
 *
 * 1. each source of each stage is read (`chain-sources.ts`): who is named, with the source of the name;
 * 2. parties are taken out, and whoever is away or gone gives way to their cover (`cover-chain.ts`);
 * 3. nobody is asked in two stages that have to be decided by different people;
 * 4. where fewer remain than a stage needs, the fallbacks take the place (`chain-fallbacks.ts`): the
 *    app's owner, then the IT queue. Still fewer: a refusal that names what to mend.
 * A cover that a party to the request has set leads nowhere: it would be choosing one's own approver.
 */
import type { Directory } from '../directories/directory';
import type { Deps } from '../requests/deps';
import type { Approver, Stage } from '../requests/model/request';
import { type Failure, no, ok, type Refusal, type Result } from '../shared/result';
import {
  apartFrom,
  type Draft,
  isIn,
  isParty,
  letGo,
  missingIn,
  namedIn,
  needsOf,
  type WhoDecides,
} from './chain-draft';
import { Fallbacks } from './chain-fallbacks';
import type { Asking, Read } from './chain-group';
import { enough, onlyParties, twice } from './chain-refusals';
import { readSource } from './chain-sources';
import { standIn } from './chain-stand-in';
import type { StageNeeded } from './model/evaluate';

export type { Parties, WhoDecides } from './chain-draft';
export type Resolved = Result<readonly Stage[], { refusal: Refusal } | { failure: Failure }>;

export async function resolveStages(
  deps: Deps,
  directory: Directory,
  ask: WhoDecides,
): Promise<Resolved> {
  const asking: Asking = { offer: ask.offer, directory, beneficiary: ask.beneficiary };
  const drafts: Draft[] = [];
  for (const rule of ask.stages) {
    const draft = await draftOf(deps, asking, ask, rule);
    if (!draft.ok) return no({ failure: draft.error });
    drafts.push(draft.value);
  }
  for (const draft of drafts) {
    const failure = await fill(deps, asking, ask, { draft, drafts });
    if (failure) return no({ failure });
  }
  const fallbacks = new Fallbacks(deps, asking, ask);
  const stages: Stage[] = [];
  for (const draft of drafts) {
    const failure = await fallbacks.takePlace(draft, drafts);
    if (failure) return no({ failure });
    if (missingIn(draft) > 0) draft.people.push(...draft.away.splice(0, missingIn(draft)));
    if (missingIn(draft) > 0) return no({ refusal: draft.out[0]?.refusal ?? enough(draft, ask) });
  }
  for (const draft of drafts) {
    const asWell = await fallbacks.asWell(draft, drafts);
    if (!asWell.ok) return no({ failure: asWell.error });
    stages.push(stageOf(draft, asWell.value));
  }
  return ok(stages);
}

async function draftOf(
  deps: Deps,
  asking: Asking,
  ask: WhoDecides,
  rule: StageNeeded,
): Promise<Result<Draft, Failure>> {
  const reads: Read[] = [];
  for (const source of rule.from) {
    const read = await readSource(deps, asking, source);
    if (!read.ok) return read;
    for (const { refusal } of read.value.missing) await ask.missed?.(refusal);
    reads.push(read.value);
  }
  return ok({ rule, reads, needs: needsOf(rule, reads, ask), people: [], away: [], out: [] });
}

/** From who is named to who is asked; a cover is read only for whom the policy itself names. */
async function fill(
  deps: Deps,
  asking: Asking,
  ask: WhoDecides,
  at: { readonly draft: Draft; readonly drafts: readonly Draft[] },
): Promise<Failure | undefined> {
  const { draft, drafts } = at;
  for (const read of draft.reads) {
    const isGroup = read.kind === 'directory-group';
    for (const one of read.found) {
      if (isIn(draft.people, one)) continue;
      const elsewhere = apartFrom(draft, drafts, ask).find((other) => isIn(other.people, one));
      if (isParty(one, ask.parties))
        draft.out.push(
          onlyParties(one, { rule: read.kind, alone: namedIn(draft) === 1 }, ask.offer),
        );
      else if (elsewhere && !letGo(elsewhere, one)) draft.out.push(twice(one, draft, ask.offer));
      else if (isGroup) draft.people.push(one);
      else {
        const stand = await standIn(deps, asking, ask, { ...at, for: one.approver });
        if (!stand.ok) return stand.error;
        if (stand.value === 'there') draft.people.push(one);
        else if (stand.value === 'nobody') draft.away.push(one);
        else draft.people.push(stand.value);
      }
    }
    for (const lost of read.missing) {
      const { accountId } = lost;
      const gone = { accountId: accountId ?? '', because: lost.why };
      const stand =
        accountId === undefined
          ? ok('there' as const)
          : await standIn(deps, asking, ask, { ...at, for: gone });
      if (!stand.ok) return stand.error;
      if (typeof stand.value === 'string') draft.out.push(lost);
      else draft.people.push(stand.value);
    }
  }
  return undefined;
}

function stageOf(draft: Draft, fallbacks: readonly Approver[]): Stage {
  const groups = draft.reads.flatMap((read) => read.groups);
  return {
    id: draft.rule.id,
    needs: draft.needs,
    approvers: draft.people.map(({ approver }) => approver),
    ...(groups.length > 0 && { groups }),
    ...(fallbacks.length > 0 && { fallbacks: [...fallbacks] }),
    ...(draft.rule.sod !== undefined && { sod: draft.rule.sod }),
  };
}
