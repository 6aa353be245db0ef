/**
 * The second administrator: looks at what waits, confirms exactly that, or takes it back. Two accounts
 * are two people only where some directory says that they are; the change is judged again as it is
 * saved, so that nothing stale comes in.
 */
import { done, no, save } from '../catalog/changes';
import { saveApp, saveRole } from '../catalog/edit';
import { Looking } from '../catalog/looking';
import type { Connection } from '../catalog/model/catalog';
import { connections, roles } from '../catalog/store';
import { appInput, roleInput } from '../contracts/admin';
import type { Answer } from '../contracts/answer';
import { policyInput } from '../contracts/policy-changes';
import type { Deps } from '../requests/deps';
import { find, load } from '../shared/record';
import { savePolicy } from './documents';
import { type Confirmed, type Proposal, proposals, spent } from './proposal-record';

interface Ref {
  readonly what: string;
  readonly at: string;
}

export async function listProposals(deps: Deps): Promise<Answer<readonly Proposal[]>> {
  const { found } = await find(deps.store, proposals, {
    index: 'by-kind',
    partition: ['proposal', 'waiting'],
    limit: 100,
  });
  return done(found.map(({ value }) => value));
}

export async function confirmProposal(deps: Deps, ref: Ref, by: string): Promise<Answer<unknown>> {
  const held = await load(deps.store, proposals, `proposal:${ref.what}`);
  if (!held) return nothingWaits;
  const { value: proposal, rev } = held;
  if (proposal.at !== ref.at) return changedMeanwhile;
  const two = await twoPeople(deps, proposal, by);
  if (!two.ok) return two;
  return apply(deps, proposal, { by, writes: [spent(proposal, rev)] });
}

export async function discardProposal(deps: Deps, ref: Ref, by: string): Promise<Answer<unknown>> {
  const held = await load(deps.store, proposals, `proposal:${ref.what}`);
  if (!held) return nothingWaits;
  if (held.value.at !== ref.at) return changedMeanwhile;
  const change = { what: `proposal:${ref.what}`, by, before: held.value, after: undefined };
  return save(deps, change, [spent(held.value, held.rev)], { discarded: ref.what });
}

/** As whoever made it entered it; the schema of that day may be another one by now. */
async function apply(
  deps: Deps,
  { what, given, by, base }: Proposal,
  confirmed: Confirmed,
): Promise<Answer<unknown>> {
  if (what.startsWith('role:')) {
    const read = roleInput.safeParse(given);
    if (!read.success) return changedMeanwhile;
    const version = (await load(deps.store, roles, what))?.value.version;
    return version === base ? saveRole(deps, read.data, by, confirmed) : changedMeanwhile;
  }
  if (what.startsWith('app:')) {
    const read = appInput.safeParse(given);
    return read.success ? saveApp(deps, read.data, by, confirmed) : changedMeanwhile;
  }
  const read = policyInput.safeParse(given);
  return read.success ? savePolicy(deps, read.data, by, confirmed) : changedMeanwhile;
}

async function twoPeople(
  deps: Deps,
  { what, by: first }: Proposal,
  by: string,
): Promise<Answer<true>> {
  if (first === by) return onePerson;
  const looking = new Looking(deps);
  const where = await directoriesFor(deps, what);
  for (const { id } of where) {
    const one = await looking.person(id, first);
    const other = await looking.person(id, by);
    if (!one.ok || !other.ok || one.value === undefined || other.value === undefined) continue;
    return one.value === other.value ? onePerson : done(true);
  }
  if (where.length === 0) return done(true);
  return no(
    'mapper-known',
    'No directory says which people the two administrators are, so it is not certain that they are two.',
    'An administrator links both accounts to their people in Latchkey; then try again.',
  );
}

/** The role's own directory, else any that is switched on. */
async function directoriesFor(deps: Deps, what: string): Promise<readonly Connection[]> {
  const { found } = await find(deps.store, connections, {
    index: 'by-kind',
    partition: ['connection', 'live'],
    limit: 20,
  });
  const all = found.map(({ value }) => value);
  if (!what.startsWith('role:')) return all;
  const role = (await load(deps.store, roles, what))?.value;
  const own = all.filter(({ id }) => id === role?.connectionId);
  return own.length > 0 ? own : all;
}

const onePerson = no(
  'two-administrators',
  'The same person made this change, and one person is not two administrators.',
  'Ask another administrator to confirm it.',
);
const nothingWaits = no(
  'confirmation-awaited',
  'No change of this waits for a second administrator.',
  'Reload the page.',
);
const changedMeanwhile = no(
  'changed-meanwhile',
  'This was changed after it was shown.',
  'Look at it again before you confirm.',
);
