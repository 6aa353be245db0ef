/**
 * Changes of the catalog, one app or role at a time. What a role becomes is judged in `judge.ts`.
 * Withdrawing takes the offer away whatever the directory or the people named in it have become.
 */
import type * as z from 'zod/mini';
import type { appInput } from '../contracts/admin';
import type { Answer } from '../contracts/answer';
import { resolveFinding } from '../findings/findings';
import type { Write } from '../forge/ports';
import { startJob } from '../jobs/job';
import { signedOff, signOffProblem } from '../policy/model/sign-off';
import { type Confirmed, propose } from '../policy/proposal-record';
import { appProblem, appWeakening, unsound } from '../policy/sound';
import type { Deps } from '../requests/deps';
import '../shared/english';
import type { Instant } from '../shared/instant';
import { find, type Held, load, put } from '../shared/record';
import { type Change, done, no, save, saveAll } from './changes';
import { badText, judgeRole, type RoleGiven } from './judge';
import { redKey, tellFindings } from './lint';
import { Looking } from './looking';
import { mapperOf } from './mapper';
import { type App, appSchema, type Role } from './model/catalog';
import { movesOwner, named, restingOnOwner, savedAnew } from './of-app';
import { apps, dropLint, lints, putVersioned, roles } from './store';

/** Of a hundred roles each: what a save reads to find others that give the same group. */
export const PAGES_ON_SAVE = 10;
/** Four writes each beside the app's own: Forge takes 25 in one transaction. */
const MOST_ANEW = 5;

export async function listCatalog(
  deps: Deps,
  {
    status = 'live',
    cursor,
  }: { readonly status?: Role['status'] | undefined; readonly cursor?: string | undefined },
): Promise<Answer<unknown>> {
  const page = {
    partition: ['role', status],
    index: 'by-kind',
    limit: 100,
    ...(cursor !== undefined && { cursor }),
  };
  const [roleRows, appRows] = [
    await find(deps.store, roles, page),
    await find(deps.store, apps, { ...page, partition: ['app', status] }),
  ];
  return done({
    roles: roleRows.found.map((held) => held.value),
    apps: appRows.found.map((held) => held.value),
    ...(roleRows.cursor !== undefined && { cursor: roleRows.cursor }),
  });
}

export async function saveApp(
  deps: Deps,
  given: z.infer<typeof appInput>,
  by: string,
  confirmed?: Confirmed,
): Promise<Answer<App>> {
  const held = await load(deps.store, apps, `app:${given.id}`);
  const looking = new Looking(deps);
  const judged = await judgeApp(looking, given, held?.value, { by, now: deps.now() });
  if (!judged.ok) return judged;
  const after = judged.value;
  const lines = confirmed ? [] : await appWeakening(looking, held?.value, after);
  if (lines.length > 0)
    return propose(deps, {
      what: `app:${after.id}`,
      by,
      base: held?.value.version ?? 0,
      lines,
      given,
    });
  const resting = movesOwner(held?.value, after)
    ? await restingOnOwner(deps, await looking.policy(), after)
    : [];
  const anew = await waitingAnew(deps, looking, resting, by);
  if (!anew.ok) return anew;
  const actor = confirmed?.by ?? by;
  const change = { what: `app:${after.id}`, by: actor, before: held?.value, after };
  const writes = [...putVersioned(apps, after, held?.rev ?? 0), ...(confirmed?.writes ?? [])];
  const { changes, writes: others } = anew.value;
  if (changes.length > 0 && !(await saveAll(deps, [change, ...changes], [...writes, ...others])))
    return no(
      'changed-meanwhile',
      'Somebody else changed this, or a role of it, at the same moment.',
      'Reload the page and make your change again.',
    );
  const saved = changes.length > 0 ? done(after) : await save(deps, change, writes, after);
  // Its roles may be red because of the owner they had.
  if (saved.ok && held && held.value.owner !== after.owner)
    await startJob(deps, 'lint', `app:${after.id}`, { by });
  return saved;
}

/**
 * Roles that lead to administrator rights and are decided by the owner: with another owner somebody else
 * decides, so they wait for a second administrator as if they had been saved anew.
 */
async function waitingAnew(
  deps: Deps,
  looking: Looking,
  resting: readonly Held<Role>[],
  by: string,
): Promise<Answer<{ changes: Change[]; writes: Write[] }>> {
  const changes: Change[] = [];
  const writes: Write[] = [];
  if (resting.length > MOST_ANEW)
    return no(
      'privileged-owner',
      `The owner decides over ${resting.length} roles that lead to administrator rights, too many to be taken back in one go: ${named(resting.map((r) => r.value))}.`,
      'Withdraw some of them first; nothing was saved.',
    );
  for (const { value: before, rev } of resting) {
    const mapper = await mapperOf(deps, looking, before.connectionId, {
      accountId: by,
      act: 'saved',
    });
    if (!mapper.ok) return mapper;
    const after = savedAnew(before, mapper.value);
    changes.push({ what: `role:${before.id}`, by, before, after });
    writes.push(...putVersioned(roles, after, rev), dropLint(before.id));
  }
  return done({ changes, writes });
}

export async function judgeApp(
  looking: Looking,
  given: z.infer<typeof appInput>,
  before: App | undefined,
  { by, now }: { readonly by: string; readonly now: Instant },
): Promise<Answer<App>> {
  const was = before?.rules?.auto;
  const signed = signOffProblem(given.rules?.auto, was, [by, given.owner], 'rules.auto');
  if (signed.length > 0) return { ok: false, problem: unsound(signed) };
  const auto = signedOff(given.rules?.auto, was, now);
  const parsed = appSchema.safeParse({
    v: 1,
    ...given,
    ...(given.rules && auto && { rules: { ...given.rules, auto } }),
    version: (before?.version ?? 0) + 1,
  });
  if (!parsed.success) return { ok: false, problem: badText(parsed.error) };
  const wrong = await appProblem(looking, parsed.data);
  if (wrong) return { ok: false, problem: wrong };
  const owner = given.status === 'live' ? await looking.owner(given.owner) : 'active';
  if (owner === 'active') return done(parsed.data);
  if (owner === 'unseen')
    return no('owner-read', 'The owner could not be read from Jira.', 'Try again in a minute.');
  return no(
    'owner-active',
    'The owner has no active account on this site.',
    'Choose an active person: every app needs somebody who answers for it.',
  );
}

/** What lets more through on a live privileged role is kept for a second administrator instead. */
export async function saveRole(
  deps: Deps,
  given: RoleGiven,
  by: string,
  confirmed?: Confirmed,
): Promise<Answer<Role>> {
  const id = `${given.app}.${given.key}`;
  const held = await load(deps.store, roles, `role:${id}`);
  if (held && given.status === 'withdrawn') return withdrawRole(deps, held, by);
  const app = await load(deps.store, apps, `app:${given.app}`);
  const looking = new Looking(deps, PAGES_ON_SAVE);
  const judged = await judgeRole(deps, looking, {
    given,
    before: held?.value,
    app: app?.value,
    by,
    confirmed: confirmed !== undefined,
  });
  if (!judged.ok) return judged;
  const { role, lint, weaker } = judged.value;
  if (weaker.length > 0) {
    const base = held?.value.version ?? 0;
    return propose(deps, { what: `role:${id}`, by, base, lines: weaker, given });
  }
  const saved = await save(
    deps,
    { what: `role:${id}`, by: confirmed?.by ?? by, before: held?.value, after: role },
    [
      ...putVersioned(roles, role, held?.rev ?? 0),
      put(lints, lint, 'any'),
      ...(confirmed?.writes ?? []),
    ],
    role,
  );
  if (saved.ok && held) await tellFindings(deps, role, lint);
  return saved;
}

/** Only the offer ends. What else was sent is not looked at, so that nothing can keep it live. */
async function withdrawRole(deps: Deps, held: Held<Role>, by: string): Promise<Answer<Role>> {
  const before = held.value;
  const after: Role = { ...before, version: before.version + 1, status: 'withdrawn' };
  const saved = await save(
    deps,
    { what: `role:${before.id}`, by, before, after },
    [...putVersioned(roles, after, held.rev), dropLint(before.id)],
    after,
  );
  if (saved.ok) await resolveFinding(deps, redKey(before.id), 'The role was withdrawn.', by);
  return saved;
}
