/** The site's policy as an administrator reads, writes and rehearses it. */
import { z } from 'zod';
import { StoryStopped } from './http';
import type { Play } from './play';

const rulesSchema = z.looseObject({});
const policySchema = z.looseObject({
  version: z.number(),
  tiers: z.looseObject({
    routine: rulesSchema,
    sensitive: rulesSchema,
    privileged: rulesSchema,
    'break-glass': rulesSchema,
  }),
});
type Tier = 'routine' | 'sensitive' | 'privileged' | 'break-glass';

export const policyOf = async (play: Play) =>
  policySchema.parse(await play.demandAdmin('policy.read', {}));

/** What stands, with these members of one tier otherwise. */
export async function withTier(play: Play, tier: Tier, rules: object) {
  const policy = await policyOf(play);
  const tiers = { ...policy.tiers, [tier]: { ...policy.tiers[tier], ...rules } };
  return { version: policy.version, policy: { ...policy, tiers } };
}

const rehearsedSchema = z.looseObject({
  words: z.string(),
  hardStops: z.array(z.string()),
  totals: z.looseObject({
    of: z.number(),
    skipPerson: z.number(),
    newlyRefused: z.number(),
    untold: z.number(),
    same: z.number(),
  }),
  lines: z.array(
    z.looseObject({ issueKey: z.string(), was: z.string(), is: z.string(), isWords: z.string() }),
  ),
});
const jobSchema = z.looseObject({ state: z.string(), result: z.optional(z.unknown()) });

/** Runs the rehearsal and answers what it found. */
export async function rehearsed(play: Play, ask: object) {
  await play.demandAdmin('policy.rehearse', ask);
  await play.settle();
  const job = jobSchema.parse(await play.demandAdmin('jobs.read', { id: 'policy-rehearsal:site' }));
  if (job.state !== 'done') throw new StoryStopped(`the rehearsal is ${job.state}`);
  return rehearsedSchema.parse(job.result);
}
