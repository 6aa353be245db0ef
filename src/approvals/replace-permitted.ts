/** Whom the pinned policy lets decide in a stage beside those who are asked, and by what. */
import { openConnection } from '../catalog/open-connection';
import { apps } from '../catalog/store';
import type { Source, StageRule } from '../contracts/policy';
import { accountOf } from '../policy/chain-account';
import { coversOf } from '../policy/cover-chain';
import { loadSitePolicy } from '../policy/site-policy';
import type { Deps } from '../requests/deps';
import type { Approver, Pin, Stage } from '../requests/model/request';
import { load } from '../shared/record';
import { type Failure, ok, type Result } from '../shared/result';
import { membersNow } from './members-now';
import { chosenByParty } from './stand-in';

interface Asked {
  readonly pin: Pin;
  readonly stage: Stage;
  /** Who shall not be asked any more. */
  readonly old: Approver;
  readonly to: string;
}

type Why = Result<string | undefined, Failure>;

/** Half a sentence for the record; `undefined`: the policy does not name them. */
export async function whyPermitted(deps: Deps, asked: Asked): Promise<Why> {
  const { pin, stage, old, to } = asked;
  const fallback = stage.fallbacks?.find(({ accountId }) => accountId === to);
  if (fallback) return ok(fallback.because);
  const named = old.covers?.at(-1) ?? old.accountId;
  if (named === to) return ok('named by the policy');
  // Only a cover that runs: one that was set for another time says nothing of today.
  for (const cover of await coversOf(deps, 'by-person', named))
    if (cover.cover === to && cover.from <= deps.now()) {
      const chosen = await chosenByParty(deps, pin, [cover.setBy]);
      if (!chosen.ok) return chosen;
      if (!chosen.value) return ok('cover of the approver');
    }
  if ((await loadSitePolicy(deps.store)).value.fallback.includes(to)) return ok('in the IT queue');
  if (stage.groups) {
    const members = await membersNow(deps, stage, [to]);
    if (!members.ok) return members;
    if (members.value.includes(to)) return ok('member of a group that decides');
  }
  const rule = pin.policy?.rules.stages.find(({ id }) => id === stage.id);
  return rule ? bySource(deps, asked, rule) : ok(undefined);
}

async function bySource(deps: Deps, asked: Asked, { from }: StageRule): Promise<Why> {
  for (const source of from) {
    const why = await one(deps, asked, source);
    if (!why.ok || why.value !== undefined) return why;
  }
  return ok(undefined);
}

async function one(deps: Deps, { pin, to }: Asked, source: Source): Promise<Why> {
  switch (source.kind) {
    case 'people':
      return ok(source.accounts.includes(to) ? 'named for this role in the catalog' : undefined);
    case 'owner': {
      const app = pin.subject.roleId.split('.')[0];
      const held = await load(deps.store, apps, `app:${app}`);
      return ok(held?.value.owner === to ? 'owner of the app in the catalog' : undefined);
    }
    case 'manager':
      return above(deps, pin, to);
    case 'managers-manager':
    case 'jira-group':
    case 'directory-group':
      return ok(undefined);
  }
}

/** The manager of today, should it be another by now, and the manager above. */
async function above(deps: Deps, pin: Pin, to: string): Promise<Why> {
  const { connectionId, personId } = pin.subject;
  const opened = await openConnection(deps, connectionId);
  if (!opened.ok) return ok(undefined);
  const { directory } = opened.value;
  let below = personId;
  for (const because of ['manager in the directory', "manager's manager in the directory"]) {
    const manager = await directory.managerOf(below);
    if (!manager.ok) return manager;
    if (manager.value === null) return ok(undefined);
    const account = await accountOf(deps, { directory, connectionId }, manager.value, 'manager');
    if (!account.ok) return account;
    const { active } = manager.value;
    if (active && account.value.ok && account.value.value.accountId === to) return ok(because);
    below = manager.value.id;
  }
  return ok(undefined);
}
