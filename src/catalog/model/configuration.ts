/**
 * The whole configuration as one file: settings, bindings, connections without anything secret, apps,
 * roles and links. Sorted throughout, and without versions and dates, so that two files of the same
 * state are the same text.
 */
import * as z from 'zod/mini';
import { appInput, roleInput, timeZone } from '../../contracts/admin';
import { guardedGroups } from '../../contracts/configuration';
import { accountAttribute, connectionId } from '../../contracts/ids';
import { managedDomains } from '../../contracts/people';
import { canonical } from '../../shared/canonical';
import type { App, Connection, Role } from './catalog';
import { connectionSchema } from './catalog';
import { bindingSchema, type SiteSettings, siteSettingsSchema } from './settings';

export const FORMAT = 'latchkey-configuration';

/** Everything an administrator sets for the site beside the bindings. */
export const settingsInFile = z.extend(
  z.omit(siteSettingsSchema, {
    v: true,
    version: true,
    bindings: true,
    auditIssues: true,
    requestTypeField: true,
    // The policy says them.
    ticketProjects: true,
  }),
  { timeZone, managedDomains, guardedGroups: z.optional(guardedGroups) },
);
/** By id and name: another site has other ids, and names tell which is meant. */
export const named = z.strictObject({ id: z.string(), name: z.string() });
export type Named = z.infer<typeof named>;

export const bindingInFile = z.extend(
  z.omit(bindingSchema, {
    projectId: true,
    projectKey: true,
    requestTypeIds: true,
    statuses: true,
    fields: true,
    steps: true,
    wayBack: true,
  }),
  {
    project: z.string(),
    requestTypes: z.array(named).check(z.minLength(1)),
    statuses: z.strictObject({
      intake: z.optional(named),
      waiting: named,
      approved: named,
      granted: z.optional(named),
      ended: z.optional(named),
      declined: z.optional(named),
      attention: z.optional(named),
      withdrawn: z.optional(named),
    }),
    fields: z.strictObject({
      approvers: named,
      approverGroups: z.optional(named),
      app: z.optional(named),
      role: z.optional(named),
      duration: z.optional(named),
      beneficiary: z.optional(named),
      reason: z.optional(named),
    }),
    steps: z.optional(
      z
        .array(z.strictObject({ status: named, approvers: z.optional(named) }))
        .check(z.maxLength(3)),
    ),
  },
);
export type BindingInFile = z.infer<typeof bindingInFile>;

export const connectionInFile = z.extend(
  z.pick(connectionSchema, { id: true, kind: true, name: true, tenant: true, test: true }),
  { accountAttribute: z.optional(accountAttribute) },
);

/** What a form leaves out gets its default; what a file leaves out stays as it is. */
const mayBeMissing = <T extends z.ZodMiniType>(field: z.ZodMiniDefault<T>) =>
  z.optional(field._zod.def.innerType);
const appInFile = z.extend(appInput, {
  description: mayBeMissing(appInput.shape.description),
  category: mayBeMissing(appInput.shape.category),
  status: mayBeMissing(appInput.shape.status),
});

/** As it is entered, with the names of the groups and the state of a draft. */
const roleInFile = z.extend(
  z.omit(roleInput, { groups: true, status: true, acceptPrivileged: true }),
  {
    description: mayBeMissing(roleInput.shape.description),
    groups: z.array(named).check(z.maxLength(15)),
    status: z.enum(['draft', 'live', 'withdrawn']),
  },
);
const linkInFile = z.strictObject({
  accountId: z.string().check(z.minLength(1), z.maxLength(128)),
  connection: connectionId,
  personId: z.string().check(z.minLength(1), z.maxLength(100)),
});

export const configurationFile = z.strictObject({
  format: z.literal(FORMAT),
  v: z.literal(1),
  settings: settingsInFile,
  bindings: z.array(bindingInFile).check(z.maxLength(50)),
  connections: z.array(connectionInFile).check(z.maxLength(100)),
  apps: z.array(appInFile).check(z.maxLength(5000)),
  roles: z.array(roleInFile).check(z.maxLength(20_000)),
  links: z.array(linkInFile).check(z.maxLength(50_000)),
});
export type ConfigurationFile = z.infer<typeof configurationFile>;
export type RoleInFile = z.infer<typeof roleInFile>;

export function settingsToFile(settings: SiteSettings): ConfigurationFile['settings'] {
  const {
    v: _,
    version: __,
    bindings: ___,
    auditIssues: ____,
    requestTypeField: _____,
    ticketProjects: ______,
    ...rest
  } = settings;
  return rest;
}

export function connectionToFile(c: Connection): z.infer<typeof connectionInFile> {
  const { id, kind, name, tenant, accountAttribute, test } = c;
  return {
    id,
    kind,
    name,
    tenant,
    ...(accountAttribute !== undefined && { accountAttribute }),
    ...(test && { test }),
  };
}

export function appToFile(app: App): ConfigurationFile['apps'][number] | undefined {
  const { v: _, version: __, status, ...rest } = app;
  return status === 'removed' ? undefined : { ...rest, status };
}

/** What follows from the directory, and who said what when, is no part of the file. */
export function roleToFile(role: Role): RoleInFile | undefined {
  const { v: _, version: __, accessVersion: ___, policyVersion: ____, ...content } = role;
  const { id, appId, status, kind: _1, manualBecause: _2, privilegedBy: _3, ...rest } = content;
  const { connectionId: connection, approver, groups, ...more } = rest;
  if (status === 'removed') return undefined;
  const { signedOffAt: _4, ...rule } = { signedOffAt: '', ...approver };
  return {
    ...more,
    app: appId,
    key: id.slice(appId.length + 1),
    status,
    connection,
    groups: [...groups].sort((a, b) => (a.id < b.id ? -1 : 1)),
    ...(approver && { approver: rule as NonNullable<RoleInFile['approver']> }),
  };
}

/** One text for one state: members sorted by name, entries by id. */
export function textOf(file: ConfigurationFile): string {
  const by = <T>(items: readonly T[], key: (item: T) => string) =>
    [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const sorted: ConfigurationFile = {
    ...file,
    bindings: by(file.bindings, (b) => b.id),
    connections: by(file.connections, (c) => c.id),
    apps: by(file.apps, (a) => a.id),
    roles: by(file.roles, (r) => `${r.app}.${r.key}`),
    links: by(file.links, (l) => `${l.accountId}:${l.connection}`),
  };
  return `${JSON.stringify(JSON.parse(canonical(sorted)), null, 2)}\n`;
}
