/**
 * The second administrator says that a role may lead to administrator rights. Only then is it offered,
 * and neither of the two approves or receives it on the day after (`model/privileged.ts`).
 */
import type * as z from 'zod/mini';
import type { Answer } from '../contracts/answer';
import type { roleConfirmation } from '../contracts/configuration';
import type { Deps } from '../requests/deps';
import { load, put } from '../shared/record';
import { no, save } from './changes';
import { PAGES_ON_SAVE } from './edit';
import { groupNamed, testGroupFree } from './inspect';
import { lintRole, tellFindings } from './lint';
import { Looking } from './looking';
import { mapperOf } from './mapper';
import type { Role } from './model/catalog';
import { isRed } from './model/lint';
import { awaiting, sameMapper } from './model/privileged';
import { apps, lints, putVersioned, roles } from './store';

export async function confirmRole(
  deps: Deps,
  given: z.infer<typeof roleConfirmation>,
  by: string,
): Promise<Answer<Role>> {
  const held = await load(deps.store, roles, `role:${given.role}`);
  const first = held && awaiting(held.value);
  const before = held?.value;
  if (!before?.privilegedBy || !first)
    return no(
      'confirmation-awaited',
      'No mapping of this role waits for a second administrator.',
      'Reload the page.',
    );
  if (before.version !== given.version)
    return no(
      'changed-meanwhile',
      'The role was changed after this was shown.',
      'Look at it again before you confirm.',
    );
  const looking = new Looking(deps, PAGES_ON_SAVE);
  const second = await mapperOf(deps, looking, before.connectionId, {
    accountId: by,
    act: 'confirmed',
  });
  if (!second.ok) return second;
  // Asked again: whoever saved it may have been linked, or have left, since.
  const saver = await mapperOf(deps, looking, before.connectionId, first);
  if (!saver.ok) return saver;
  if (sameMapper(first, second.value) || sameMapper(saver.value, second.value))
    return no(
      'two-administrators',
      'The same person saved this mapping, and one person is not two administrators.',
      'Ask another administrator to confirm it.',
    );
  const ids = before.groups.map((group) => group.id);
  const tested = await testGroupFree(looking, before.connectionId, ids);
  if (tested) return { ok: false, problem: tested };
  for (const id of ids) {
    const seen = await groupNamed(looking, before.connectionId, id);
    if (!seen.ok) return seen;
    if (seen.value.privileged && !before.privilegedBy.groups.includes(id))
      return no(
        'group-not-privileged',
        `The group ${seen.value.name} carries administrator rights by now, and the first administrator did not say so.`,
        'Save the role again; then somebody else confirms it.',
      );
  }
  const privilegedBy = { ...before.privilegedBy, by: [...before.privilegedBy.by, second.value] };
  const after: Role = { ...before, version: before.version + 1, status: 'live', privilegedBy };
  const app = await load(deps.store, apps, `app:${before.appId}`);
  const lint = await lintRole(deps, looking, after, app?.value);
  const red = lint.marks.find(isRed);
  if (red) return no(red.rule, red.sentence, red.nextStep);
  const saved = await save(
    deps,
    { what: `role:${before.id}`, by, before, after },
    [...putVersioned(roles, after, held.rev), put(lints, lint, 'any')],
    after,
  );
  if (saved.ok) await tellFindings(deps, after, lint);
  return saved;
}
