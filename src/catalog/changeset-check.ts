/**
 * Looks whether a set of changes can be, draft by draft, and works out what each would change. Nothing
 * of the catalog is written.
 *
 * 1. each draft is laid over what stands today; what stays the same is left out;
 * 2. the rest is judged as if it were saved by hand, with everything wrong with it kept in words;
 * 3. a role whose directory cannot be asked yet comes in as a draft, which nobody can ask for.
 */

import { tenantProblem } from '../directories/credential';
import { signedOff, signedOffShort } from '../policy/model/sign-off';
import { appWeakening } from '../policy/sound';
import type { Deps } from '../requests/deps';
import { links } from '../requests/person';
import { canonical } from '../shared/canonical';
import type { Instant } from '../shared/instant';
import { load } from '../shared/record';
import { bindingsOf } from './bindings-in-file';
import { judgeApp } from './edit';
import { groupCalled } from './group-called';
import { judgeRole, type RoleGiven } from './judge';
import type { Looking } from './looking';
import { type App, type Connection, type Role, roleSchema } from './model/catalog';
import {
  appContentOf,
  type Content,
  connectionContentOf,
  type ProblemLine,
  roleContentOf,
  type SetChange,
  same,
  settingsContentOf,
} from './model/change-set';
import type { Draft, DraftOf } from './model/draft';
import { laidOver, problemAt, roleGivenOf } from './model/lay-over';
import { nothingAgreed } from './model/privileged';
import { movesOwner, named, restingOnOwner } from './of-app';
import { loadSettings } from './settings';
import { apps, connections, roles } from './store';
import { groupGivesNothing } from './test-group';
import { wayKept } from './way-back';

export interface Around {
  readonly looking: Looking;
  readonly by: string;
  /** All of the set: a role may be of an app that comes with it. */
  readonly drafts: readonly Draft[];
}

export interface Outcome {
  readonly change?: SetChange;
  readonly problems?: readonly ProblemLine[];
}

export function judgeDraft(deps: Deps, around: Around, draft: Draft): Promise<Outcome> {
  switch (draft.kind) {
    case 'settings':
      return settings(deps, draft);
    case 'connection':
      return connection(deps, around, draft);
    case 'app':
      return app(deps, around, draft);
    case 'role':
      return role(deps, around, draft);
    case 'link':
      return link(deps, around, draft);
  }
}

const wrong = (...problems: ProblemLine[]): Outcome => ({ problems });

/** Nothing where nothing would change. */
function changed(change: SetChange): Outcome {
  const { before, after } = change as { before: Content | null; after: Content | null };
  return same(before, after) ? {} : { change };
}

async function settings(deps: Deps, draft: DraftOf<'settings'>): Promise<Outcome> {
  const before = settingsContentOf((await loadSettings(deps.store)).value);
  const read = await bindingsOf(deps.jira, draft.bindings);
  if (read.problems.length > 0) return { problems: read.problems };
  const { requestTypeField } = read;
  // Learned from the site's own requests, so no part of a file.
  const bindings = read.bindings.map((binding) => ({
    ...binding,
    ...wayKept(
      before.bindings.find(({ id }) => id === binding.id),
      binding,
    ),
  }));
  const kept = requestTypeField ?? before.requestTypeField;
  const after = {
    ...(before.guardedGroups && { guardedGroups: before.guardedGroups }),
    ...(before.rights && { rights: before.rights }),
    ...(before.ticketProjects && { ticketProjects: before.ticketProjects }),
    ...draft.set,
    bindings,
    ...(kept !== undefined && { requestTypeField: kept }),
  };
  return changed({ kind: 'settings', id: 'site', before, after });
}

async function connection(
  deps: Deps,
  around: Around,
  draft: DraftOf<'connection'>,
): Promise<Outcome> {
  const { set, at } = draft;
  const bad = tenantProblem(set);
  if (bad !== undefined) return wrong({ at: `${at}.tenant`, sentence: bad });
  const held = (await load(deps.store, connections, `connection:${set.id}`))?.value;
  if (held && (held.tenant !== set.tenant || held.kind !== set.kind))
    return wrong({
      at: `${at}.tenant`,
      sentence: `The connection "${set.id}" belongs to another tenant here, and an import never points one elsewhere.`,
    });
  if (held && held.cloudId !== deps.installation.cloudId)
    return wrong({
      at,
      sentence: `The connection "${set.id}" belongs to another Jira site. Enter a credential for this site first.`,
    });
  const before = held ? connectionContentOf(held) : null;
  const after = { ...set, credential: held?.credentialFingerprint ?? '' };
  const group = set.test?.group;
  if (group !== undefined && group !== held?.test?.group) {
    const coming = around.drafts.find(
      (d) => d.kind === 'role' && d.set.connection === set.id && d.set.groups?.includes(group),
    );
    if (coming)
      return wrong({
        at: `${at}.test`,
        sentence: `The test group is one that the role at ${coming.at} gives.`,
      });
    const free = await groupGivesNothing(deps, set.id, group);
    if (!free.ok) return wrong({ at: `${at}.test`, sentence: free.problem.sentence });
  }
  return changed({ kind: 'connection', id: set.id, before, after });
}

async function app(deps: Deps, { looking, by }: Around, draft: DraftOf<'app'>): Promise<Outcome> {
  const held = (await load(deps.store, apps, `app:${draft.id}`))?.value;
  const before = held ? appContentOf(held) : null;
  if (!before && draft.known)
    return wrong({ at: draft.at, sentence: `The catalog has no app "${draft.id}".` });
  const given = laidOver.app(held, draft);
  if (!given.ok) return { problems: given.error };
  if (before && same(before, given.value)) return {};
  const judged = await judgeApp(looking, given.value, held, { by, now: deps.now() });
  if (!judged.ok) return wrong(problemAt(draft.at, judged.problem));
  const weaker = await appWeakening(looking, held, judged.value);
  if (weaker.length > 0) return wrong(byHand(draft.at, weaker));
  const resting = movesOwner(held, judged.value)
    ? await restingOnOwner(deps, await looking.policy(), judged.value)
    : [];
  if (resting.length > 0)
    return wrong({
      at: `${draft.at}.owner`,
      sentence: `The owner decides over roles that lead to administrator rights: ${named(resting.map((r) => r.value))}. Change the owner of this app by hand; another administrator then confirms those roles.`,
    });
  return changed({ kind: 'app', id: draft.id, before, after: appContentOf(judged.value) });
}

/** Two administrators look at one thing, not at a hundred. */
const byHand = (at: string, weaker: readonly string[]): ProblemLine => ({
  at,
  sentence: `This lets more through on guarded roles, which takes two administrators: ${weaker.join('; ').slice(0, 400)}. Change it by hand; another administrator then confirms it.`,
});

/** As it will stand when the roles come. */
async function appOf(deps: Deps, around: Around, id: string): Promise<App | undefined> {
  const held = (await load(deps.store, apps, `app:${id}`))?.value;
  const draft = around.drafts.find((d): d is DraftOf<'app'> => d.kind === 'app' && d.id === id);
  if (!draft) return held;
  const given = laidOver.app(held, draft);
  return given.ok ? { v: 1, ...given.value, version: (held?.version ?? 0) + 1 } : undefined;
}

/** `unasked`: its directory cannot be asked, because it has no credential yet. */
async function connectionOf(
  around: Around,
  id: string,
): Promise<Connection | 'unasked' | undefined> {
  const held = await around.looking.connection(id);
  if (held) return held.credentialFingerprint === '' ? 'unasked' : held;
  const coming = around.drafts.some((d) => d.kind === 'connection' && d.set.id === id);
  return coming ? 'unasked' : undefined;
}

async function role(deps: Deps, around: Around, draft: DraftOf<'role'>): Promise<Outcome> {
  const { looking, by } = around;
  const held = (await load(deps.store, roles, `role:${draft.id}`))?.value;
  const before = held ? roleContentOf(held) : null;
  if (!before && draft.known)
    return wrong({ at: draft.at, sentence: `The catalog has no role "${draft.id}".` });
  const first = laidOver.role(before ? held : undefined, draft);
  if (!first.ok) return { problems: first.error };
  const asDraft = draft.draft ?? (before?.status === 'draft' && draft.set.status === undefined);
  const where = await connectionOf(around, first.value.connection);
  const unasked = where === 'unasked' || first.value.status === 'withdrawn';
  const known = await grouped(looking, draft, first.value, where === 'unasked');
  if (known.problems) return known;
  const { given } = known;
  const wanted = asDraft ? 'draft' : given.status;
  if (before && held && alike(given, held) && before.status === wanted) return {};
  const byPerson = given.approver?.kind === 'person' ? given.approver.accountId : undefined;
  if (byPerson !== undefined && !unasked && (await looking.owner(byPerson)) !== 'active')
    return wrong(
      problemAt(draft.at, {
        check: 'approver-active',
        sentence: 'The person who shall decide has no active account on this site.',
      }),
    );
  const answers = await appOf(deps, around, given.app);
  if (!answers || answers.status === 'removed')
    return wrong(
      problemAt(draft.at, {
        check: 'app-exists',
        sentence: `The catalog has no app "${given.app}".`,
      }),
    );
  if (unasked) {
    const status = given.status === 'withdrawn' ? 'withdrawn' : 'draft';
    const after = unseen(given, held, { status, names: draft.names ?? {}, at: deps.now() });
    return changed({ kind: 'role', id: draft.id, before, after });
  }
  const judged = await judgeRole(deps, looking, { given, before: held, app: answers, by });
  if (!judged.ok) return wrong(problemAt(draft.at, judged.problem));
  if (judged.value.weaker.length > 0) return wrong(byHand(draft.at, judged.value.weaker));
  const seen = judged.value.role;
  const after = roleContentOf(asDraft ? { ...seen, status: 'draft' } : seen);
  return changed({ kind: 'role', id: draft.id, before, after, lint: judged.value.lint });
}

/** Ids instead of names where those stand. */
async function grouped(
  looking: Looking,
  draft: DraftOf<'role'>,
  given: RoleGiven,
  unasked: boolean,
): Promise<{ given: RoleGiven; problems?: never } | { problems: ProblemLine[] }> {
  if (!draft.byName || draft.set.groups === undefined) return { given };
  if (unasked)
    return {
      problems: [
        problemAt(draft.at, {
          check: 'group-known',
          sentence: `The connection "${given.connection}" has no credential yet, so no group can be found there by its name.`,
        }),
      ],
    };
  const groups: string[] = [];
  const problems: ProblemLine[] = [];
  for (const cell of given.groups) {
    const one = await groupCalled(looking, given.connection, cell);
    if (one.ok) groups.push(one.value);
    else problems.push(problemAt(draft.at, one.problem));
  }
  return problems.length > 0 ? { problems } : { given: { ...given, groups } };
}

const alike = (given: RoleGiven, held: Role): boolean => {
  const { acceptPrivileged: _, status: __, ...wanted } = given;
  const { status: ___, ...stands } = roleGivenOf(held);
  const normal = (g: typeof wanted) => ({ ...g, groups: [...g.groups].sort() });
  return canonical(normal(wanted)) === canonical(normal(stands));
};

/** A role that nobody can ask for needs no look into the directory; to go live it is judged. */
function unseen(
  given: RoleGiven,
  held: Role | undefined,
  more: { status: 'draft' | 'withdrawn'; names: Readonly<Record<string, string>>; at: Instant },
) {
  const { app: appId, key, connection: connectionId, acceptPrivileged: _, byHand, ...told } = given;
  const auto = signedOff(given.rules?.auto, held?.rules?.auto, more.at);
  const nameOf = (id: string) =>
    more.names[id] ?? held?.groups.find((group) => group.id === id)?.name ?? id;
  return roleContentOf(
    roleSchema.parse({
      v: 1,
      version: 1,
      accessVersion: 1,
      policyVersion: 1,
      ...told,
      id: `${appId}.${key}`,
      appId,
      connectionId,
      kind: byHand === undefined ? (held?.kind ?? 'automatic') : 'manual',
      ...((byHand ?? held?.manualBecause) !== undefined && {
        manualBecause: byHand ?? held?.manualBecause,
      }),
      groups: given.groups.map((id) => ({ id, name: nameOf(id) })),
      ...(given.durations && { durations: [...new Set(given.durations)].sort((a, b) => a - b) }),
      ...(given.approver && {
        approver: signedOffShort(given.approver, held?.approver, more.at),
      }),
      ...(given.rules && auto !== undefined && { rules: { ...given.rules, auto } }),
      status: more.status,
      ...nothingAgreed(held?.privilegedBy, more.at),
    }),
  );
}

async function link(deps: Deps, around: Around, draft: DraftOf<'link'>): Promise<Outcome> {
  const { accountId, connectionId, personId } = draft.set;
  const held = (await load(deps.store, links, `${accountId}:${connectionId}`))?.value;
  if (held?.personId === personId) return {};
  const where = await connectionOf(around, connectionId);
  if (!where)
    return wrong({
      at: `${draft.at}.connection`,
      sentence: `There is no connection "${connectionId}".`,
    });
  if (where !== 'unasked') {
    const opened = await deps.directory(where);
    const person = opened.ok ? await opened.value.person(personId) : opened;
    if (!person.ok || !person.value?.active)
      return wrong({
        at: `${draft.at}.personId`,
        sentence: person.ok
          ? 'The directory has no active person with this id.'
          : person.error.detail,
      });
  }
  const before = held
    ? { accountId, connectionId, personId: held.personId, linkedBy: held.linkedBy }
    : null;
  const after = { accountId, connectionId, personId, linkedBy: around.by };
  return changed({ kind: 'link', id: `${accountId}:${connectionId}`, before, after });
}
