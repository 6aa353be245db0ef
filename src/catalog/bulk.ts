/** The same change of many apps or roles: previewed, applied and undone as one set. */
import type * as z from 'zod/mini';
import type { Answer } from '../contracts/answer';
import type { bulkInput } from '../contracts/configuration';
import type { Deps } from '../requests/deps';
import { no } from './changes';
import { makeSet } from './changeset';
import type { ChangeSet } from './model/change-set';
import type { Draft } from './model/draft';

export async function bulkChange(
  deps: Deps,
  given: z.infer<typeof bulkInput>,
  by: string,
): Promise<Answer<ChangeSet>> {
  const drafts: Draft[] = [];
  if (given.apps) {
    const { ids, ...set } = given.apps;
    for (const id of new Set(ids))
      drafts.push({ kind: 'app', at: `apps.${id}`, id, set: told(set), known: true });
  }
  if (given.roles) {
    const { ids, ...set } = given.roles;
    // A role with administrator rights becomes a draft, and the preview says so.
    for (const id of new Set(ids))
      drafts.push({
        kind: 'role',
        at: `roles.${id}`,
        id,
        set: { ...told(set), acceptPrivileged: true },
        known: true,
      });
  }
  const changes = [given.apps, given.roles].some(
    (part) => Object.keys(told(part ?? {})).length > 1,
  );
  if (drafts.length === 0 || !changes)
    return no(
      'bulk-something',
      'Nothing was chosen to be changed.',
      'Choose apps or roles, and what becomes of them.',
    );
  return makeSet(deps, { name: given.name, from: 'bulk', by, drafts, problems: [] });
}

const told = <T extends object>(set: T) =>
  Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
