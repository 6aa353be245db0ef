/**
 * What a role becomes when it is saved like this, or why it cannot be: whoever saves it, and however
 * many at once. Nothing is written.
 *
 * 1. what was entered is checked in itself;
 * 2. each group is looked at in the directory: one that the app may not change makes the role manual,
 *    one that carries administrator rights needs two administrators (`confirm.ts`);
 * 3. its rules are laid over the app's and the site's and have to make sense there; what makes a live
 *    privileged role weaker waits for a second administrator (`policy/proposals.ts`);
 * 4. the linter judges the result; a role with a red mark is not published.
 */
import type * as z from 'zod/mini';
import type { roleInput } from '../contracts/admin';
import type { Answer, Problem } from '../contracts/answer';
import { signedOff, signedOffShort, signOffProblem } from '../policy/model/sign-off';
import { roleProblem, roleWeakening, unsound } from '../policy/sound';
import type { Deps } from '../requests/deps';
import { done, no } from './changes';
import { groupNamed, testGroupFree } from './inspect';
import { lintRole } from './lint';
import type { Looking } from './looking';
import { mapperOf } from './mapper';
import { type App, type Role, roleSchema } from './model/catalog';
import { isRed, type Lint } from './model/lint';
import { agreed, mapping, nothingAgreed } from './model/privileged';
import { onlyWords, versions } from './model/versions';

export type RoleGiven = z.infer<typeof roleInput>;

export interface Judged {
  readonly role: Role;
  readonly lint: Lint;
  /** What lets more through on a guarded role, in words: somebody else has to say so as well. */
  readonly weaker: readonly string[];
}

interface Ask {
  readonly given: RoleGiven;
  readonly before: Role | undefined;
  readonly app: App | undefined;
  readonly by: string;
  /** A second administrator said that it may get weaker. */
  readonly confirmed?: boolean;
}

export async function judgeRole(deps: Deps, looking: Looking, ask: Ask): Promise<Answer<Judged>> {
  const { given, before, app } = ask;
  const wrong = wrongInItself(ask);
  if (wrong) return { ok: false, problem: wrong };
  const tested = await testGroupFree(looking, given.connection, given.groups);
  if (tested) return { ok: false, problem: tested };
  const twin = await sameName(looking, ask);
  if (twin) return { ok: false, problem: twin };
  const groups: { id: string; name: string }[] = [];
  const because: string[] = [];
  const rights: { id: string; name: string }[] = [];
  for (const id of given.groups) {
    const seen = await groupNamed(looking, given.connection, id);
    if (!seen.ok) return seen;
    const { name, privileged, writable } = seen.value;
    if (privileged) rights.push({ id, name });
    if (writable !== true) because.push(`${name}: ${writable.sentence}`);
    groups.push({ id, name });
  }
  const approver = given.approver && signedOffShort(given.approver, before?.approver, deps.now());
  const { app: appId, key, connection: connectionId, acceptPrivileged, byHand, ...told } = given;
  const auto = signedOff(given.rules?.auto, before?.rules?.auto, deps.now());
  if (byHand !== undefined) because.push(byHand);
  const next = {
    v: 1,
    ...told,
    id: `${appId}.${key}`,
    version: (before?.version ?? 0) + 1,
    appId,
    kind: because.length > 0 ? 'manual' : 'automatic',
    ...(because.length > 0 && { manualBecause: because.join(' ').slice(0, 500) }),
    connectionId,
    groups,
    ...(given.durations && { durations: [...new Set(given.durations)].sort((a, b) => a - b) }),
    ...(approver && { approver }),
    ...(given.rules && { rules: { ...given.rules, ...(auto !== undefined && { auto }) } }),
  };
  const two = await twoAdministrators(deps, looking, ask, {
    rights,
    same: before !== undefined && onlyWords(before, next),
  });
  if (!two.ok) return two;
  const parsed = roleSchema.safeParse({ ...next, ...two.value, ...versions(before, next) });
  if (!parsed.success) return { ok: false, problem: badText(parsed.error) };
  const role = parsed.data;
  if (role.risk === 'break-glass' && role.kind === 'manual')
    return no(
      'break-glass-by-hand',
      `Break-glass access is given at once, and people carry this role out by hand: ${role.manualBecause}`,
      'Map it to a group that the app may change, or choose another risk tier.',
    );
  const meant = app && role.status !== 'withdrawn' ? { role, before, app } : undefined;
  const notMeant = meant && (await roleProblem(looking, meant));
  if (notMeant) return { ok: false, problem: notMeant };
  const weaker = meant && !ask.confirmed ? await roleWeakening(looking, meant) : [];
  const lint = await lintRole(deps, looking, role, app);
  const red = role.status === 'withdrawn' ? undefined : lint.marks.find(isRed);
  if (red) return no(red.rule, red.sentence, red.nextStep);
  return done({ role, lint, weaker });
}

/** People ask for a role by its name. One that stood there already is no reason to refuse anything else. */
async function sameName(looking: Looking, { given, before }: Ask): Promise<Problem | undefined> {
  const name = given.name.trim().toLowerCase();
  if (given.status !== 'live') return undefined;
  if (before?.status === 'live' && before.name.trim().toLowerCase() === name) return undefined;
  const id = `${given.app}.${given.key}`;
  const others = await looking.rolesOf(given.app);
  const twin = others.find((r) => r.id !== id && r.name.trim().toLowerCase() === name);
  return (
    twin && {
      check: 'role-name-free',
      sentence: `The app has a role called "${twin.name}" already: ${twin.id}.`,
      nextStep: 'Choose another name, so that people can tell them apart; nothing was saved.',
    }
  );
}

function wrongInItself({ given, before, app, by }: Ask): Problem | undefined {
  const problem = (check: string, sentence: string, nextStep: string) => ({
    check,
    sentence,
    nextStep,
  });
  if (!app || app.status === 'removed')
    return problem('app-exists', `The catalog has no app "${given.app}".`, 'Save the app first.');
  if (given.groups.length === 0 && given.byHand === undefined)
    return {
      ...problem(
        'input',
        'Some of what was entered cannot be used.',
        'Name a group, or say why people carry this role out by hand; nothing was saved.',
      ),
      inputs: [{ path: 'groups', problem: 'a role needs at least one group' }],
    };
  if (given.groups.length > 0 && given.byHand !== undefined)
    return problem(
      'groups-or-by-hand',
      'A role is carried out through its groups or by hand, not both.',
      'Take the groups away, or the reason why people do it by hand.',
    );
  if (given.durations?.length === 0 && given.permanent === false) {
    return problem(
      'duration-offered',
      'The role offers no length of time.',
      'Offer at least one duration, or permanent access.',
    );
  }
  if (given.endSessions && given.risk !== 'privileged') {
    return problem(
      'end-sessions-risk',
      'Only privileged roles sign the person out of the directory when they end.',
      'Mark the role as privileged, or leave the sessions alone.',
    );
  }
  if (given.approver?.kind === 'auto' && given.risk !== 'routine') {
    return problem(
      'auto-approval-risk',
      'Only routine roles can be approved by a rule.',
      'Choose an approver, or mark the role as routine if it is.',
    );
  }
  if (given.approver?.kind === 'auto' && ![by, app.owner].includes(given.approver.signedOffBy))
    return problem(
      'signed-off-by',
      'Somebody else cannot be entered as having signed off the rule.',
      'Sign it off yourself, or name the owner of the app.',
    );
  const signed = signOffProblem(
    given.rules?.auto,
    before?.rules?.auto,
    [by, app.owner],
    'rules.auto',
  );
  if (signed.length > 0) return unsound(signed);
  if (new Set(given.groups).size !== given.groups.length)
    return problem(
      'groups-distinct',
      'The same group stands there twice.',
      'Name each group once.',
    );
  return undefined;
}

/** What two administrators agreed to stays as long as nothing but words changes; all else begins anew. */
async function twoAdministrators(
  deps: Deps,
  looking: Looking,
  { given, before, by }: Ask,
  { rights, same }: { rights: readonly { id: string; name: string }[]; same: boolean },
): Promise<Answer<Partial<Role>>> {
  const [first] = rights;
  if (first === undefined) return done(nothingAgreed(before?.privilegedBy, deps.now()));
  const stands =
    same && before?.status === 'live' && rights.every(({ id }) => agreed(before).includes(id));
  if (stands) return done({ privilegedBy: before.privilegedBy });
  if (!given.acceptPrivileged) {
    return no(
      'group-not-privileged',
      `The group ${first.name} carries administrator rights in the directory.`,
      'Give such rights outside the catalog; or say that the role may lead to them, and another administrator confirms it.',
    );
  }
  if (given.risk !== 'privileged') {
    return no(
      'privileged-risk',
      `The group ${first.name} carries administrator rights, so the role is a privileged one.`,
      'Set its risk to privileged.',
    );
  }
  const mapper = await mapperOf(deps, looking, given.connection, { accountId: by, act: 'saved' });
  if (!mapper.ok) return mapper;
  const privilegedBy = mapping(
    before?.privilegedBy,
    rights.map((g) => g.id),
    mapper.value,
  );
  return done({ privilegedBy, ...(given.status === 'live' && { status: 'draft' as const }) });
}

export function badText(error: z.core.$ZodError): Problem {
  const first = error.issues[0];
  return {
    check: 'input',
    sentence: `${first?.path.join('.') ?? 'A value'} ${first?.message ?? 'cannot be used'}.`,
    nextStep: 'Correct it; nothing was saved.',
  };
}
