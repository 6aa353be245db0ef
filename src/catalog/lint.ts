/**
 * The mapping linter: on every save, and every night over all live roles.
 *
 * 1. the facts of a role are read (its groups in the directory, owner, connection, other roles);
 * 2. `model/lint.ts` says what is wrong with it, in red or amber;
 * 3. the marks are kept beside the role: with a red one nobody can ask for it (`requests/automatable.ts`);
 * 4. a role that turned red is a finding, one that healed settles it.
 * A removal never looks at any of this.
 */
import type { Answer } from '../contracts/answer';
import { listFindings, openFinding, resolveFinding } from '../findings/findings';
import type { Job, Step } from '../jobs/job';
import { signOffKey, tellSignOff } from '../policy/sign-off-due';
import type { Deps } from '../requests/deps';
import { decode, find, put } from '../shared/record';
import { done } from './changes';
import { Looking, seenAs, sharingWith } from './looking';
import type { App, Role } from './model/catalog';
import { isRed, keepUnseen, type Lint, lint } from './model/lint';
import { dropOldSets } from './old-sets';
import { apps, lintKey, lints, roles } from './store';

/** What is wrong with this role, as far as it can be seen now. Nothing is written. */
export async function lintRole(
  deps: Deps,
  looking: Looking,
  role: Role,
  app: App | undefined,
): Promise<Lint> {
  const [settings, connection, selfTest, live] = [
    await deps.settings(),
    await looking.connection(role.connectionId),
    await looking.selfTest(role.connectionId),
    await looking.live(),
  ];
  const groups = new Map<string, ReturnType<typeof seenAs>>();
  for (const { id } of role.groups)
    groups.set(id, seenAs(await looking.group(role.connectionId, id)));
  const marks = lint({
    role,
    app,
    owner: app ? await looking.owner(app.owner) : 'unknown',
    connection,
    selfTest,
    groups,
    sharing: live && sharingWith(role, live),
    guarded: (settings.guardedGroups ?? [])
      .filter((one) => one.connection === role.connectionId)
      .map((one) => one.group),
  });
  return { v: 1, roleId: role.id, roleVersion: role.version, at: deps.now(), marks };
}

export const redKey = (roleId: string) => `role-red:${roleId}`;

/** A red role is one finding, whatever its marks. Known facts write nothing. */
export async function tellFindings(deps: Deps, role: Role, found: Lint): Promise<void> {
  const key = redKey(role.id);
  const red = found.marks.filter(isRed);
  if (red.length === 0) {
    await resolveFinding(
      deps,
      key,
      'The linter finds nothing that keeps the role from being given.',
    );
    return;
  }
  await openFinding(deps, {
    key,
    kind: 'role-red',
    sentence: red
      .map((m) => m.sentence)
      .join(' ')
      .slice(0, 1000),
    nextStep: (red[0]?.nextStep ?? '').slice(0, 1000),
    connectionId: role.connectionId,
    roleIds: [role.id],
    facts: { rules: [...new Set(red.map((m) => m.rule))].sort() },
  });
}

/** Roles looked at in one step: some hundred directory calls at most. */
const ROLES_A_STEP = 40;
const APPS_A_READ = 25;
/** Fifty each. */
const MOST_FINDING_PAGES = 20;

interface Tally {
  readonly after: string;
  readonly red: number;
  readonly amber: number;
}

/** `about`: `site`, or `app:figma` for the roles of one app. */
export async function lintStep(deps: Deps, job: Job): Promise<Step> {
  const tally = (job.mark as Tally | undefined) ?? { after: '', red: 0, amber: 0 };
  const looking = new Looking(deps);
  const only = /^app:(.*)$/.exec(job.about)?.[1];
  const all = ((await looking.live()) ?? [])
    .filter((role) => only === undefined || role.appId === only)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const open = all.filter((role) => role.id > tally.after).slice(0, ROLES_A_STEP);
  const known = await appsOf(deps, open);
  await looking.knowOwners([...known.values()].map((app) => app.owner));
  let { red, amber } = tally;
  for (const role of open) {
    for (const { id } of role.groups) {
      const looked = await looking.group(role.connectionId, id);
      if (!looked.ok && looked.error.code === 'rate-limited')
        return { kind: 'wait', seconds: looked.error.retryAfter ?? 60, why: looked.error.code };
    }
    const [roleRow, before] = await deps.store.getMany([
      { entity: 'config', key: `role:${role.id}` },
      { entity: 'config', key: lintKey(role.id) },
    ]);
    // Saved since it was listed: that save has looked at it.
    if (!roleRow || decode(roles, `role:${role.id}`, roleRow).value.version !== role.version)
      continue;
    const now = await lintRole(deps, looking, role, known.get(role.appId));
    const marks = keepUnseen(lints.schema.safeParse(before?.body).data, role, now.marks);
    const found = { ...now, marks };
    const rev = before?.rev ?? 0;
    if ((await deps.store.transact([put(lints, found, rev)])) === 'done')
      await tellFindings(deps, role, found);
    await tellSignOff(deps, role, { app: known.get(role.appId), site: await looking.policy() });
    if (marks.some(isRed)) red++;
    else if (marks.length > 0) amber++;
  }
  const through = all.filter((role) => role.id <= (open.at(-1)?.id ?? tally.after)).length;
  const what = `${through} of ${all.length} roles looked at: ${red} red, ${amber} amber`;
  const progress = { done: through, of: all.length, what };
  if (through >= all.length && only === undefined) {
    await settleOthers(deps, all);
    await dropOldSets(deps);
  }
  if (through >= all.length)
    return { kind: 'done', progress, result: { roles: all.length, red, amber } };
  return { kind: 'more', mark: { after: open.at(-1)?.id ?? '', red, amber }, progress };
}

/** Findings of roles that are not offered any more. */
async function settleOthers(deps: Deps, live: readonly Role[]): Promise<void> {
  await settleKind(deps, 'role-red', new Set(live.map((role) => redKey(role.id))));
  await settleKind(deps, 'sign-off-due', new Set(live.map((role) => signOffKey(role.id))));
}

async function settleKind(
  deps: Deps,
  kind: 'role-red' | 'sign-off-due',
  offered: ReadonlySet<string>,
): Promise<void> {
  let cursor: string | undefined;
  for (let page = 0; page < MOST_FINDING_PAGES; page++) {
    const more = cursor === undefined ? {} : { cursor };
    const open = await listFindings(deps, { status: 'open', kind, ...more });
    if (!open.ok) return;
    for (const { key } of open.value.findings)
      if (!offered.has(key)) await resolveFinding(deps, key, 'The role is not offered any more.');
    cursor = open.value.cursor;
    if (cursor === undefined) return;
  }
}

async function appsOf(deps: Pick<Deps, 'store'>, of: readonly Role[]): Promise<Map<string, App>> {
  const ids = [...new Set(of.map((role) => role.appId))];
  const known = new Map<string, App>();
  for (let i = 0; i < ids.length; i += APPS_A_READ) {
    const keys = ids.slice(i, i + APPS_A_READ).map((id) => `app:${id}`);
    const rows = await deps.store.getMany(keys.map((key) => ({ entity: 'config', key })));
    rows.forEach((row, n) => {
      const key = keys[n] as string;
      if (row) known.set(key.slice('app:'.length), decode(apps, key, row).value);
    });
  }
  return known;
}

export async function listLint(
  deps: Pick<Deps, 'store'>,
  ask: { readonly severity: string; readonly cursor?: string | undefined },
): Promise<Answer<{ roles: Lint[]; cursor?: string }>> {
  const page = await find(deps.store, lints, {
    index: 'by-kind',
    partition: ['lint', ask.severity],
    limit: 50,
    ...(ask.cursor !== undefined && { cursor: ask.cursor }),
  });
  return done({
    roles: page.found.map((held) => held.value),
    ...(page.cursor !== undefined && { cursor: page.cursor }),
  });
}
