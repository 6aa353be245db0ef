/** What a policy names, looked up once: connections, accounts and groups that are really there. */
import type { Looking } from '../catalog/looking';
import type { Condition, Override, Source } from '../contracts/policy';
import { type Known, namedIn } from './model/check';

export interface Naming {
  readonly rules: readonly Override[];
  readonly sources?: readonly Source[];
  readonly accounts?: readonly string[];
}

export async function lookUp(looking: Looking, naming: Naming): Promise<Known> {
  const inside = naming.rules.map((one) => namedIn(one));
  const all: readonly (Condition | Source)[] = [
    ...inside.flatMap(({ conditions, sources }) => [...conditions, ...sources].map(({ it }) => it)),
    ...(naming.sources ?? []),
  ];
  const wanted = [
    ...(naming.accounts ?? []),
    ...all.flatMap((one) => (one.kind === 'people' ? one.accounts : [])),
  ];
  await looking.knowOwners(wanted);
  const accounts = new Set<string>();
  // One that Jira did not tell of is no reason to refuse: intake reads it again.
  for (const id of wanted)
    if (['active', 'unseen'].includes(await looking.owner(id))) accounts.add(id);
  const connections = new Set<string>();
  const groups = new Set<string>();
  for (const one of all) {
    if (one.kind !== 'directory-group') continue;
    const connection = await looking.connection(one.connection);
    if (connection?.status !== 'live') continue;
    connections.add(one.connection);
    const group = await looking.group(one.connection, one.group);
    if (!group.ok || group.value !== null) groups.add(`${one.connection}:${one.group}`);
  }
  return { connections, accounts, groups };
}
