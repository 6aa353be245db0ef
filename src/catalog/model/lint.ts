/**
 * The mapping linter: what is wrong with a role as it stands, judged from facts that were read before.
 * Red: nobody can ask for the role until somebody mends it. Amber: somebody should look. What could
 * not be looked at is amber and says so; it never counts as fine.
 */
import * as z from 'zod/mini';
import type { App, Connection, Role } from './catalog';
import { agreed } from './privileged';

export const markSchema = z.strictObject({
  rule: z.enum([
    'group-exists',
    'group-writable',
    'group-privileged',
    'group-circular',
    'group-seen',
    'risk-classes',
    'role-owned',
    'owner-active',
    'connection-sound',
  ]),
  severity: z.enum(['red', 'amber']),
  /** For administrators; may name groups. */
  sentence: z.string(),
  nextStep: z.string(),
  facts: z.record(z.string(), z.unknown()),
});
export type Mark = z.infer<typeof markSchema>;

/** What was last found of one role. */
export const lintSchema = z.strictObject({
  v: z.literal(1),
  roleId: z.string(),
  roleVersion: z.int(),
  at: z.string(),
  marks: z.array(markSchema),
});
export type Lint = z.infer<typeof lintSchema>;

export type GroupSeen =
  | {
      readonly kind: 'seen';
      readonly name: string;
      readonly unwritable?: string;
      /** Why it carries administrator rights; absent when it does not. */
      readonly privileged?: string;
      readonly unseen: readonly string[];
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unseen'; readonly why: string };

export interface Facts {
  readonly role: Role;
  readonly app: App | undefined;
  readonly owner: 'active' | 'inactive' | 'unknown' | 'unseen';
  readonly connection: Connection | undefined;
  /** Of the last self-test; absent when none was run. */
  readonly selfTest:
    | {
        readonly at: string;
        readonly refused: readonly string[];
        readonly failed: readonly string[];
      }
    | undefined;
  readonly groups: ReadonlyMap<string, GroupSeen>;
  /** Live roles that give a group of this one, itself left out; `undefined`: not all could be compared. */
  readonly sharing:
    | readonly { readonly id: string; readonly risk: Role['risk']; readonly groups: string[] }[]
    | undefined;
  /** Groups of this connection whose members approve or administer here. */
  readonly guarded: readonly string[];
}

/** Groups whose members administer the site that decides, whatever directory they come from. */
const ADMINISTRATORS = new Set([
  'jira-administrators',
  'site-admins',
  'org-admins',
  'system-administrators',
  'administrators',
]);

type Rule = (facts: Facts) => readonly Mark[];

export const lint = (facts: Facts): Mark[] => RULES.flatMap((rule) => rule(facts));

/**
 * A group that could not be seen this time keeps what was found when it could: an outage mends nothing.
 * Of a role that was mapped anew since then nothing is kept.
 */
export function keepUnseen(before: Lint | undefined, role: Role, marks: readonly Mark[]): Mark[] {
  const unseen = marks.filter((m) => m.rule === 'group-seen');
  const hidden = ({ rule, facts }: Mark) =>
    unseen.some(
      (m) =>
        m.facts['group'] === facts['group'] &&
        (m.facts['partly'] !== true || rule === 'group-privileged'),
    );
  const kept = (before?.roleVersion === role.version ? before.marks : []).filter(
    (m) =>
      isRed(m) &&
      hidden(m) &&
      !marks.some((now) => now.rule === m.rule && now.facts['group'] === m.facts['group']),
  );
  return [...kept, ...marks];
}

export const isRed = (mark: Mark): boolean => mark.severity === 'red';

const mark = (
  severity: Mark['severity'],
  rule: Mark['rule'],
  sentence: string,
  nextStep: string,
  facts: Mark['facts'] = {},
): Mark => ({ rule, severity, sentence, nextStep, facts });

const RULES: readonly Rule[] = [
  ({ role, groups }) =>
    each(role, groups, ({ id, name }, seen) => {
      if (seen.kind === 'gone')
        return mark(
          'red',
          'group-exists',
          `The directory has no group ${name} (${id}) any more.`,
          'Choose another group, or withdraw the role; a new group of the same name is another group.',
          { group: id },
        );
      if (seen.kind === 'unseen')
        return mark(
          'amber',
          'group-seen',
          `The group ${name} could not be seen: ${seen.why}`,
          'Run the self-test of the connection; it names what is missing.',
          { group: id },
        );
      return undefined;
    }),
  ({ role, groups }) =>
    each(role, groups, ({ id }, seen) =>
      seen.kind === 'seen' && seen.unwritable !== undefined && role.kind === 'automatic'
        ? mark(
            'red',
            'group-writable',
            `The app may not change the members of ${seen.name}: ${seen.unwritable}`,
            'Save the role again: people then carry it out by hand. Or choose a group that the app may change.',
            { group: id },
          )
        : undefined,
    ),
  ({ role, groups }) =>
    each(role, groups, ({ id }, seen) =>
      seen.kind === 'seen' && seen.privileged !== undefined && !allowed(role).includes(id)
        ? mark(
            'red',
            'group-privileged',
            `The group ${seen.name} carries administrator rights: ${seen.privileged}`,
            'Take the group out, or save the role and say that it may lead there; another administrator then confirms it.',
            { group: id },
          )
        : undefined,
    ),
  ({ role, groups, guarded }) =>
    each(role, groups, ({ id, name }, seen) => {
      const called = seen.kind === 'seen' ? seen.name : name;
      return guarded.includes(id) || ADMINISTRATORS.has(called.trim().toLowerCase())
        ? mark(
            'red',
            'group-circular',
            `Members of ${called} approve requests or administer this app, so a request could make its own approver.`,
            'Take the group out of the role; give this membership outside the catalog.',
            { group: id },
          )
        : undefined;
    }),
  ({ role, groups }) =>
    each(role, groups, ({ id }, seen) =>
      seen.kind === 'seen' && seen.unseen.length > 0
        ? mark(
            'amber',
            'group-seen',
            `Not everything about ${seen.name} could be seen: ${seen.unseen.join(' ')}`,
            'Give the credential the permission to read it, or look yourself in the console of the directory.',
            { group: id, partly: true },
          )
        : undefined,
    ),
  ({ role, sharing }) => {
    if (sharing === undefined)
      return [
        mark(
          'amber',
          'risk-classes',
          'The catalog is so large that not every role could be compared with this one.',
          'The nightly look compares all of them.',
        ),
      ];
    const others = sharing.filter((other) => other.risk !== role.risk);
    if (others.length === 0) return [];
    const named = others
      .slice(0, 5)
      .map((o) => `${o.id} (${o.risk})`)
      .join(', ');
    return [
      mark(
        'amber',
        'risk-classes',
        `A group of this ${role.risk} role is given by roles of another risk too: ${named}${others.length > 5 ? ' and others' : ''}.`,
        'Check that the easier way does not give what the stricter one protects.',
        { roles: others.map((o) => o.id).slice(0, 20) },
      ),
    ];
  },
  ({ role, app, owner }) => {
    if (!app || app.status === 'removed')
      return [
        mark(
          'red',
          'role-owned',
          'The app of this role is gone, so nobody answers for it.',
          'Save the app, or withdraw the role.',
          { app: role.appId },
        ),
      ];
    const needed = role.approver?.kind === 'owner' || role.approver?.kind === 'auto';
    switch (owner) {
      case 'active':
        return [];
      case 'unseen':
        return [
          mark(
            'amber',
            'owner-active',
            'Whether the owner is still active could not be read from Jira.',
            'It is read again tonight.',
            { owner: app.owner },
          ),
        ];
      case 'unknown':
        return [
          mark(
            needed ? 'red' : 'amber',
            'role-owned',
            'Jira knows no account of the owner, so nobody answers for this role.',
            'Give the app an active owner.',
            { owner: app.owner },
          ),
        ];
      case 'inactive':
        return [
          mark(
            needed ? 'red' : 'amber',
            'owner-active',
            'The owner has no active account any more.',
            'Give the app an active owner.',
            { owner: app.owner },
          ),
        ];
    }
  },
  ({ role, connection, selfTest }) => {
    const about = { connection: role.connectionId };
    if (!connection)
      return [
        mark(
          'red',
          'connection-sound',
          'The connection of this role does not exist.',
          'Connect the directory, or choose another connection.',
          about,
        ),
      ];
    if (connection.status === 'off')
      return [
        mark(
          'red',
          'connection-sound',
          `The connection ${connection.name} is switched off.`,
          'Enter its credential and run the self-test.',
          about,
        ),
      ];
    if (!selfTest)
      return [
        mark(
          'amber',
          'connection-sound',
          `The connection ${connection.name} was never tested, so whether it is sound could not be seen.`,
          'Run its self-test.',
          about,
        ),
      ];
    if (selfTest.refused.length > 0)
      return [
        mark(
          'red',
          'connection-sound',
          `The self-test refused the connection ${connection.name}: ${selfTest.refused.join(' ')}`,
          'Mend what the self-test names and run it again.',
          { ...about, at: selfTest.at },
        ),
      ];
    if (selfTest.failed.length > 0)
      return [
        mark(
          'amber',
          'connection-sound',
          `The self-test of the connection ${connection.name} failed: ${selfTest.failed.join(' ')}`,
          'Mend what the self-test names and run it again.',
          { ...about, at: selfTest.at },
        ),
      ];
    return [];
  },
];

/** A draft waits for the second administrator, so what its first one said counts as far as that. */
const allowed = (role: Role): readonly string[] =>
  role.status === 'draft' ? (role.privilegedBy?.groups ?? []) : agreed(role);

function each(
  role: Role,
  groups: Facts['groups'],
  judge: (group: Role['groups'][number], seen: GroupSeen) => Mark | undefined,
): Mark[] {
  return role.groups.flatMap((group) => {
    const seen = groups.get(group.id) ?? { kind: 'unseen', why: 'it was not read.' };
    return judge(group, seen as GroupSeen) ?? [];
  });
}
