/**
 * Changes of the catalog. A role is checked against the directory when it is mapped: a group that
 * the app may not change makes the role manual, a group that carries administrator rights is refused.
 * Withdrawing takes the offer away whatever the directory or the people named in it have become.
 */
import type * as z from 'zod/mini';
import type { appInput, roleInput } from '../contracts/admin';
import type { Answer } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { canonical } from '../shared/canonical';
import '../shared/english';
import { find, type Held, load } from '../shared/record';
import { done, no, save } from './changes';
import { inspect } from './inspect';
import { type App, type ApproverRule, appSchema, type Role, roleSchema } from './model/catalog';
import { apps, putVersioned, roles } from './store';

export async function listCatalog(
  deps: Deps,
  cursor: string | undefined,
): Promise<Answer<unknown>> {
  const page = {
    partition: ['role', 'live'],
    index: 'by-kind',
    limit: 100,
    ...(cursor !== undefined && { cursor }),
  };
  const [roleRows, appRows] = [
    await find(deps.store, roles, page),
    await find(deps.store, apps, { ...page, partition: ['app', 'live'] }),
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
): Promise<Answer<App>> {
  const held = await load(deps.store, apps, `app:${given.id}`);
  const parsed = appSchema.safeParse({ v: 1, ...given, version: (held?.value.version ?? 0) + 1 });
  if (!parsed.success) return badText(parsed.error);
  const unowned = given.status === 'live' ? await ownerProblem(deps, given.owner) : undefined;
  if (unowned) return unowned;
  const after = parsed.data;
  return save(
    deps,
    { what: `app:${after.id}`, by, before: held?.value, after },
    putVersioned(apps, after, held?.rev ?? 0),
    after,
  );
}

async function ownerProblem(deps: Deps, owner: string) {
  const accounts = await deps.jira.accounts([owner]);
  if (!accounts.ok)
    return no('owner-read', 'The owner could not be read from Jira.', 'Try again in a minute.');
  if (accounts.value.some((a) => a.accountId === owner && a.active)) return undefined;
  return no(
    'owner-active',
    'The owner has no active account on this site.',
    'Choose an active person: every app needs somebody who answers for it.',
  );
}

export async function saveRole(
  deps: Deps,
  given: z.infer<typeof roleInput>,
  by: string,
): Promise<Answer<Role>> {
  const id = `${given.app}.${given.key}`;
  const held = await load(deps.store, roles, `role:${id}`);
  if (held && given.status === 'withdrawn') return withdrawRole(deps, held, by);
  const app = await load(deps.store, apps, `app:${given.app}`);
  if (!app)
    return no('app-exists', `The catalog has no app "${given.app}".`, 'Save the app first.');
  if (given.durations.length === 0 && !given.permanent) {
    return no(
      'duration-offered',
      'The role offers no length of time.',
      'Offer at least one duration, or permanent access.',
    );
  }
  if (given.approver.kind === 'auto' && given.risk !== 'routine') {
    return no(
      'auto-approval-risk',
      'Only routine roles can be approved by a rule.',
      'Choose an approver, or mark the role as routine if it is.',
    );
  }
  if (given.approver.kind === 'auto' && ![by, app.value.owner].includes(given.approver.signedOffBy))
    return no(
      'signed-off-by',
      'Somebody else cannot be entered as having signed off the rule.',
      'Sign it off yourself, or name the owner of the app.',
    );
  if (new Set(given.groups).size !== given.groups.length)
    return no('groups-distinct', 'The same group stands there twice.', 'Name each group once.');
  const groups: { id: string; name: string }[] = [];
  const because: string[] = [];
  for (const id of given.groups) {
    const seen = await inspect(deps, given.connection, id);
    if (!seen.ok) return seen;
    if (seen.value.privileged) {
      return no(
        'group-not-privileged',
        `The group ${seen.value.name} carries administrator rights in the directory.`,
        'Give such rights outside the catalog; a role may not lead to them.',
      );
    }
    if (seen.value.writable !== true)
      because.push(`${seen.value.name}: ${seen.value.writable.sentence}`);
    groups.push({ id, name: seen.value.name });
  }
  const before = held?.value;
  const approver: ApproverRule =
    given.approver.kind === 'auto'
      ? { ...given.approver, signedOffAt: deps.now() }
      : given.approver;
  const next = {
    v: 1,
    id,
    version: (before?.version ?? 0) + 1,
    appId: given.app,
    name: given.name,
    description: given.description,
    risk: given.risk,
    status: given.status,
    kind: because.length > 0 ? 'manual' : 'automatic',
    ...(because.length > 0 && { manualBecause: because.join(' ').slice(0, 500) }),
    connectionId: given.connection,
    groups,
    durations: [...new Set(given.durations)].sort((a, b) => a - b),
    permanent: given.permanent,
    approver,
    accessVersion: 1,
    policyVersion: 1,
  };
  const parsed = roleSchema.safeParse({
    ...next,
    accessVersion: before ? before.accessVersion + Number(accessOf(before) !== accessOf(next)) : 1,
    policyVersion: before ? before.policyVersion + Number(policyOf(before) !== policyOf(next)) : 1,
  });
  if (!parsed.success) return badText(parsed.error);
  const after = parsed.data;
  return save(
    deps,
    { what: `role:${id}`, by, before, after },
    putVersioned(roles, after, held?.rev ?? 0),
    after,
  );
}

/** Only the offer ends. What else was sent is not looked at, so that nothing can keep it live. */
async function withdrawRole(deps: Deps, held: Held<Role>, by: string): Promise<Answer<Role>> {
  const before = held.value;
  const after: Role = { ...before, version: before.version + 1, status: 'withdrawn' };
  return save(
    deps,
    { what: `role:${before.id}`, by, before, after },
    putVersioned(roles, after, held.rev),
    after,
  );
}

/** What an approval is given for. */
const accessOf = (r: { connectionId: string; groups: readonly { id: string }[]; kind: string }) =>
  canonical({ connection: r.connectionId, kind: r.kind, groups: r.groups.map((g) => g.id).sort() });

/** What decides who is asked and for how long. */
const policyOf = (r: {
  approver: ApproverRule | Record<string, unknown>;
  durations: readonly number[];
  permanent: boolean;
  risk: string;
}) =>
  canonical({
    approver: { ...r.approver, signedOffAt: '' },
    durations: [...r.durations],
    permanent: r.permanent,
    risk: r.risk,
  });

function badText(error: z.core.$ZodError) {
  const first = error.issues[0];
  return no(
    'input',
    `${first?.path.join('.') ?? 'A value'} ${first?.message ?? 'cannot be used'}.`,
    'Correct it; nothing was saved.',
  );
}
