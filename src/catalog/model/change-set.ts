/**
 * Many changes of the configuration as one: previewed, applied whole or not at all, taken back whole.
 *
 * state     what it is                                        leaves to
 * checking  drafts are judged, also against the directories   ready, refused
 * refused   something in it cannot be; nothing was changed    checking
 * ready     what would change is known                        applying, applied, checking
 * applying  the job is at it                                  applied, refused (all taken back)
 * applied   it stands                                         undoing, undone
 * undoing   the job takes it back                             undone, applied (nothing taken back)
 * undone    it is as it was                                   nothing
 *
 * Each target is compared by its content, which leaves versions out: those only ever rise, so that an
 * approval given for an earlier mapping never fits a later one.
 */
import * as z from 'zod/mini';
import { canonical } from '../../shared/canonical';
import {
  type App,
  appSchema,
  type Connection,
  connectionSchema,
  type Role,
  roleSchema,
} from './catalog';
import { lintSchema } from './lint';
import { agreed } from './privileged';
import { type SiteSettings, siteSettingsSchema } from './settings';
import { versions } from './versions';

export const setStates = [
  'checking',
  'refused',
  'ready',
  'applying',
  'applied',
  'undoing',
  'undone',
] as const;

export const problemLine = z.strictObject({
  /** `row 12, column "group"`, or a path into the file: `roles[3].groups[0]`. */
  at: z.string(),
  sentence: z.string(),
});
export type ProblemLine = z.infer<typeof problemLine>;

export const changeSetSchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  name: z.string(),
  from: z.enum(['bulk', 'csv', 'file']),
  by: z.string(),
  at: z.string(),
  state: z.enum(setStates),
  /** Pieces in plain storage, so many of each. */
  drafts: z.int(),
  /** So many drafts were looked at. Kept with what was found, so that a step done twice finds it once. */
  checked: z.int(),
  /** Changes in each piece. */
  changes: z.array(z.int()),
  /** Wrong in itself, found before anything was looked up. */
  wrong: z.int(),
  problems: z.int(),
  checkedAt: z.optional(z.string()),
  appliedAt: z.optional(z.string()),
  appliedBy: z.optional(z.string()),
  undoneBy: z.optional(z.string()),
  /** Why the last attempt came to nothing. */
  because: z.optional(z.string()),
});
export type ChangeSet = z.infer<typeof changeSetSchema>;

const appContent = z.omit(appSchema, { v: true, version: true });
const roleContent = z.omit(roleSchema, {
  v: true,
  version: true,
  accessVersion: true,
  policyVersion: true,
});
const settingsContent = z.omit(siteSettingsSchema, { v: true, version: true, auditIssues: true });
const connectionContent = z.extend(
  z.pick(connectionSchema, {
    id: true,
    kind: true,
    name: true,
    tenant: true,
    accountAttribute: true,
    test: true,
  }),
  { credential: z.string() },
);
export const linkContent = z.strictObject({
  accountId: z.string(),
  connectionId: z.string(),
  personId: z.string(),
  linkedBy: z.string(),
});
export type ConnectionContent = z.infer<typeof connectionContent>;
export type RoleContent = z.infer<typeof roleContent>;
export type AppContent = z.infer<typeof appContent>;
export type SettingsContent = z.infer<typeof settingsContent>;

const change = <K extends string, T extends z.ZodMiniType>(kind: K, content: T) =>
  z.strictObject({
    kind: z.literal(kind),
    /** The key of its record without the kind. */
    id: z.string(),
    /** `null`: not there. */
    before: z.nullable(content),
    after: z.nullable(content),
    lint: z.optional(lintSchema),
  });
export const changeSchema = z.discriminatedUnion('kind', [
  change('settings', settingsContent),
  change('connection', connectionContent),
  change('app', appContent),
  change('role', roleContent),
  change('link', linkContent),
]);
export type SetChange = z.infer<typeof changeSchema>;
export type TargetKind = SetChange['kind'];
export type Content = NonNullable<SetChange['before']>;

export const same = (a: Content | null, b: Content | null): boolean =>
  canonical(a) === canonical(b);

export function appContentOf({ v: _, version: __, ...content }: App): AppContent | null {
  return content.status === 'removed' ? null : content;
}
export function roleContentOf(role: Role): RoleContent | null {
  const { v: _, version: __, accessVersion: ___, policyVersion: ____, ...content } = role;
  return content.status === 'removed' ? null : content;
}
export function settingsContentOf(settings: SiteSettings): SettingsContent {
  const { v: _, version: __, auditIssues: ___, ...content } = settings;
  return content;
}
export function connectionContentOf(c: Connection): ConnectionContent {
  const { id, kind, name, tenant, accountAttribute, test } = c;
  return {
    id,
    kind,
    name,
    tenant,
    ...(accountAttribute !== undefined && { accountAttribute }),
    ...(test && { test }),
    credential: c.credentialFingerprint,
  };
}

export function appRecord(before: App | undefined, content: AppContent | null): App | undefined {
  const version = (before?.version ?? 0) + 1;
  if (content) return { v: 1, ...content, version };
  return before && { ...before, version, status: 'removed' };
}

export function roleRecord(
  before: Role | undefined,
  content: RoleContent | null,
): Role | undefined {
  const version = (before?.version ?? 0) + 1;
  if (content) return { v: 1, ...content, version, ...versions(before, content) };
  return before && { ...before, version, status: 'removed' };
}

export function settingsRecord(before: SiteSettings, content: SettingsContent): SiteSettings {
  const { auditIssues } = before;
  return { v: 1, ...content, version: before.version + 1, ...(auditIssues && { auditIssues }) };
}

/** A new one comes switched off: it has no credential. */
export function connectionRecord(
  before: Connection | undefined,
  { credential: _, ...content }: ConnectionContent,
  cloudId: string,
): Connection {
  if (!before) {
    const none = { credentialKind: '', credentialFingerprint: '' };
    return { v: 1, ...content, version: 1, cloudId, status: 'off', ...none };
  }
  const { accountAttribute: __, test: ___, ...rest } = before;
  return { ...rest, ...content, version: before.version + 1 };
}

/** Writes of one change beside its evidence. */
const WRITES: Readonly<Record<TargetKind, number>> = {
  settings: 1,
  connection: 1,
  app: 2,
  role: 3,
  link: 1,
};
/** Forge's 25, less the chain's head and the set itself. */
const ROOM = 23;

/** How many of these, from the first on, fit into one transaction. */
export function fitting(changes: readonly SetChange[]): number {
  let used = 0;
  let n = 0;
  for (const { kind } of changes) {
    used += WRITES[kind] + 1;
    if (used > ROOM) break;
    n++;
  }
  return n;
}

/**
 * Roles that taking this back would lead to administrator rights again, which two administrators agreed
 * to once and one alone would bring back.
 */
export const revived = (changes: readonly SetChange[]): readonly string[] =>
  changes.flatMap((c) =>
    c.kind === 'role' &&
    c.before?.status === 'live' &&
    agreed(c.before).some((group) => !c.after || !agreed(c.after).includes(group))
      ? [c.id]
      : [],
  );
