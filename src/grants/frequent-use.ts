/** A role that is used by break-glass again and again is one whose usual way in does not work. */
import { openFinding } from '../findings/findings';
import type { Deps } from '../requests/deps';
import { DAY, epochSeconds, type Instant } from '../shared/instant';
import { find } from '../shared/record';
import type { Grant } from './model/grant';
import { grants } from './store';

const WINDOW = 30 * DAY;
/** More than this in the window is told. */
const USUAL = 3;

export async function noteFrequentUse(deps: Deps, grant: Grant): Promise<void> {
  const since = epochSeconds(deps.now()) - WINDOW;
  const { found } = await find(deps.store, grants, {
    index: 'by-role',
    partition: [grant.roleId],
    range: { from: since },
    sort: 'descending',
    limit: 100,
  });
  // The index lags, and the newest use is the one that is known for sure.
  const uses = new Set([grant.id]);
  for (const { value } of found) {
    const began = value.startedAt;
    if (value.breakGlass && began && epochSeconds(began as Instant) >= since) uses.add(value.id);
  }
  if (uses.size <= USUAL) return;
  await openFinding(deps, {
    key: `break-glass-frequent:${grant.roleId}`,
    kind: 'break-glass-frequent',
    sentence: `${grant.roleName} in ${grant.appName} was used by break-glass ${uses.size} times within 30 days.`,
    nextStep:
      'Look at why the usual way was not quick enough, and offer a role that people can ask for in time.',
    roleIds: [grant.roleId],
    facts: { uses: uses.size },
  });
}
