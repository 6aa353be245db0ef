/**
 * A change that waits for a second administrator because it lets more through on guarded roles. One
 * per target: a newer one takes the place of an older one. Nothing of it counts until it is confirmed.
 */
import * as z from 'zod/mini';
import { save } from '../catalog/changes';
import type { Answer } from '../contracts/answer';
import type { Write } from '../forge/ports';
import type { Deps } from '../requests/deps';
import { load, put, type RecordType, remove } from '../shared/record';
import { second } from './sound';

export const proposalSchema = z.strictObject({
  v: z.literal(1),
  /** `role:figma.editor`, `app:figma`, `policy:site`. */
  what: z.string(),
  by: z.string(),
  at: z.string(),
  /** Version of the target that it was made on. */
  base: z.int(),
  /** What gets weaker, in words. */
  lines: z.array(z.string()),
  /** As it was entered; read again by its own schema before it is saved. */
  given: z.unknown(),
});
export type Proposal = z.infer<typeof proposalSchema>;

export const proposals: RecordType<Proposal> = {
  entity: 'config',
  schema: proposalSchema,
  key: ({ what }) => `proposal:${what}`,
  attributes: ({ what }) => ({ kind: 'proposal', status: 'waiting', sortName: what }),
};

/** Who confirmed it, and what is written with the change itself: the proposal is gone with it. */
export interface Confirmed {
  readonly by: string;
  readonly writes: readonly Write[];
}

export const spent = (proposal: Proposal, rev: number): Write => remove(proposals, proposal, rev);

/** Kept for the second administrator; answers the "no" that says so. */
export async function propose(
  deps: Deps,
  told: Pick<Proposal, 'what' | 'by' | 'base' | 'given'> & { readonly lines: readonly string[] },
): Promise<Answer<never>> {
  const held = await load(deps.store, proposals, `proposal:${told.what}`);
  const after: Proposal = { v: 1, ...told, lines: [...told.lines], at: deps.now() };
  const change = { what: `proposal:${told.what}`, by: told.by, before: held?.value, after };
  const saved = await save(deps, change, [put(proposals, after, held?.rev ?? 0)], after);
  return saved.ok ? { ok: false, problem: second(told.lines) } : saved;
}
