/** Which projects hold the tickets that requests name and that access ends with: a part of the policy. */
import { z } from 'zod';
import { StoryStopped } from './http';
import type { Play } from './play';

const policySchema = z.looseObject({ version: z.number() });
const proposalsSchema = z.array(z.looseObject({ what: z.string(), at: z.string() }));

/** From now on tickets of that project count. It lets more through, so two administrators say so. */
export async function ticketsCountOf(play: Play, project: string): Promise<void> {
  const path = `/rest/api/3/project/${project}`;
  const found = (await play.jira.as('admin', 'GET', path)).body;
  const { id } = z.looseObject({ id: z.string() }).parse(found);
  const policy = policySchema.parse(await play.demandAdmin('policy.read', {}));
  play.tale.step(
    'admin',
    `lets tickets of ${project} count, and a second administrator confirms it`,
  );
  const said = await play.admin('policy.save', {
    version: policy.version,
    policy: { ...policy, ticketProjects: [id] },
  });
  if (said.ok) return;
  if (said.problem.check !== 'second-administrator')
    throw new StoryStopped(`the policy was refused: ${JSON.stringify(said.problem)}`);
  // What waits is found by an index, which lags.
  await play.pass('1m');
  const [waiting] = proposalsSchema.parse(await play.demandAdmin('policy.proposals', {}));
  const ref = { what: waiting?.what, at: waiting?.at };
  const confirmed = await play.admin('policy.confirm', ref, 'second-admin');
  if (!confirmed.ok)
    throw new StoryStopped(`it was not confirmed: ${JSON.stringify(confirmed.problem)}`);
}
