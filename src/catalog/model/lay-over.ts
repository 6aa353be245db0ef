/** A draft laid over what stands today: as if somebody had opened the form and typed only that. */
import type * as z from 'zod/mini';
import { appInput, roleInput } from '../../contracts/admin';
import { no, ok, type Result } from '../../shared/result';
import type { App, Role } from './catalog';
import type { ProblemLine } from './change-set';
import type { DraftOf } from './draft';

type AppGiven = z.infer<typeof appInput>;
type RoleGiven = z.infer<typeof roleInput>;
type Laid<T> = Result<T, ProblemLine[]>;

/** The form of a role as it stands; a draft is opened to be offered. */
export function roleGivenOf(role: Role): Omit<RoleGiven, 'acceptPrivileged'> {
  const { id, appId, name, description, risk, connectionId, groups, durations, permanent } = role;
  const { signedOffAt: _, ...rule } = { signedOffAt: '', ...role.approver };
  return {
    app: appId,
    key: id.slice(appId.length + 1),
    name,
    description,
    risk,
    status: role.status === 'withdrawn' ? 'withdrawn' : 'live',
    connection: connectionId,
    groups: groups.map((group) => group.id),
    ...(groups.length === 0 && role.manualBecause !== undefined && { byHand: role.manualBecause }),
    ...(durations && { durations }),
    ...(permanent !== undefined && { permanent }),
    ...(role.approver && { approver: rule as NonNullable<RoleGiven['approver']> }),
    ...(role.rules && { rules: role.rules }),
    ...(role.observe && { observe: role.observe }),
    ...(role.endSessions !== undefined && { endSessions: role.endSessions }),
  };
}

const SENSITIVE = { description: '', risk: 'sensitive' } as const;

export const laidOver = {
  app(held: App | undefined, { at, id, set }: DraftOf<'app'>): Laid<AppGiven> {
    const { v: _, version: __, ...stands } = held ?? ({} as Partial<App>);
    const base = stands.status === 'removed' ? {} : stands;
    return read(at, appInput, { ...base, ...set, id });
  },
  role(held: Role | undefined, { at, id, set }: DraftOf<'role'>): Laid<RoleGiven> {
    const [app, key] = id.split('.');
    const base = held ? roleGivenOf(held) : SENSITIVE;
    return read(at, roleInput, { ...base, ...set, app, key });
  },
};

function read<S extends z.ZodMiniType>(at: string, schema: S, value: unknown): Laid<z.infer<S>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  return no(
    parsed.error.issues.map((issue) => ({
      at: placeIn(at, String(issue.path[0] ?? '')),
      sentence: sentenceOf(issue.message),
    })),
  );
}

const sentenceOf = (message: string) =>
  `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`;

/** Which member a check is about, where it is about one. */
const MEMBER: readonly (readonly [RegExp, string])[] = [
  [/^(group|directory)-|^privileged-risk|^mapper-/, 'groups'],
  [/^connection-/, 'connection'],
  [/^duration-/, 'durations'],
  [/^(auto-approval|signed-off|approver)-?/, 'approver'],
  [/^owner-|^role-owned/, 'owner'],
  [/^app-/, 'app'],
];

export const problemAt = (
  at: string,
  { check, sentence }: { readonly check: string; readonly sentence: string },
): ProblemLine => ({
  at: placeIn(at, MEMBER.find(([pattern]) => pattern.test(check))?.[1] ?? ''),
  sentence,
});

/** As the columns of a table are called. */
const COLUMN: Readonly<Record<string, string>> = {
  groups: 'group',
  connection: 'directory',
  durations: 'longest window',
  id: 'app',
  key: 'role',
  name: 'role',
};

function placeIn(at: string, member: string): string {
  if (member === '') return at;
  return at.startsWith('row ') ? `${at}, column "${COLUMN[member] ?? member}"` : `${at}.${member}`;
}
