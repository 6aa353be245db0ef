/** Sets of changes on a small site, from the first look to the last undo. */
import { applySet, readSet, undoSet } from '../../src/catalog/changeset';
import { exportConfiguration } from '../../src/catalog/export';
import type { ChangeSet } from '../../src/catalog/model/change-set';
import type { Answer } from '../../src/contracts/answer';
import { ok } from '../../src/shared/result';
import { STATUS } from './catalog';
import type { SmallSite } from './small-site';

export const MINUTES = 120;

export function answered<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(`${answer.problem.check}: ${answer.problem.sentence}`);
  return answer.value;
}

/** What the binding of the small site names, as its Jira shows it. */
export function withFields(site: SmallSite): SmallSite {
  const fields = ['approvers', 'app', 'role', 'duration'].map((name) => ({
    id: `f-${name}`,
    name: name.charAt(0).toUpperCase() + name.slice(1),
    custom: undefined,
  }));
  const statuses = Object.entries(STATUS).map(([name, id]) => ({ id, name }));
  site.jira.fields = (async () => ok(fields)) as never;
  site.jira.statuses = (async () => ok(statuses)) as never;
  const types = [{ id: '11', name: 'Get access', serviceDeskId: '1' }];
  site.jira.requestTypes = (async () => ok(types)) as never;
  return site;
}

/** Everything that an administrator set, whatever versions it has. */
export const stateOf = async (site: SmallSite): Promise<string> =>
  answered(await exportConfiguration(site.deps())).text;

export const shown = async (site: SmallSite, set: ChangeSet, page = 0) =>
  answered(await readSet(site.deps(), { id: set.id, page }));

/** The check has run. */
export async function looked(site: SmallSite, made: Answer<unknown>) {
  const set = answered(made) as ChangeSet;
  await site.run(MINUTES);
  return shown(site, set);
}

export async function applied(site: SmallSite, set: ChangeSet, by = 'admin') {
  answered(await applySet(site.deps(), set.id, by));
  await site.run(MINUTES);
  return shown(site, set);
}

export async function undone(site: SmallSite, set: ChangeSet, by = 'admin') {
  answered(await undoSet(site.deps(), set.id, by));
  await site.run(MINUTES);
  return shown(site, set);
}
