/** The parts of `manifest.yml` that the host acts on; everything else is Forge's linter's business. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { SearchableProperty } from './site';

const onError = z.enum(['IGNORE', 'IGNORE_AND_LOG', 'RECEIVE', 'RECEIVE_AND_LOG']);

const filterSchema = z.object({
  ignoreSelf: z.boolean().default(false),
  expression: z.string().optional(),
  onError: onError.default('IGNORE_AND_LOG'),
  appIsLicensed: z.boolean().default(false),
});

const triggerSchema = z.object({
  key: z.string(),
  function: z.string(),
  events: z.array(
    z.union([
      z.string().transform((eventType) => ({ eventType, filter: undefined })),
      z.object({ eventType: z.string(), filter: filterSchema.optional() }),
    ]),
  ),
  filter: filterSchema.optional(),
});

const functionSchema = z.object({
  key: z.string(),
  handler: z.string(),
  timeoutSeconds: z.number().optional(),
});

const consumerSchema = z.object({ key: z.string(), queue: z.string(), function: z.string() });

const scheduleSchema = z.object({
  key: z.string(),
  function: z.string(),
  interval: z.enum(['fiveMinute', 'hour', 'day', 'week']),
  filter: z.object({ appIsLicensed: z.boolean().default(false) }).optional(),
});

const entitySchema = z.object({
  name: z.string(),
  attributes: z.record(
    z.string(),
    z.object({ type: z.enum(['string', 'boolean', 'float', 'integer', 'any']) }),
  ),
  indexes: z
    .array(
      z.union([
        z.string().transform((name) => ({ name, range: [name], partition: [] as string[] })),
        z.object({
          name: z.string(),
          range: z.array(z.string()),
          partition: z.array(z.string()).default([]),
        }),
      ]),
    )
    .default([]),
});

const scopesSchema = z.union([
  z.array(z.string()),
  z.record(z.string(), z.object({ allowImpersonation: z.boolean().default(false) }).nullable()),
]);

const addressSchema = z.union([
  z.string(),
  z.object({ address: z.string() }).transform((entry) => entry.address),
]);

/** A page, panel or card: everything with a `resource`. */
const viewSchema = z.object({
  key: z.string(),
  resource: z.string().optional(),
  resolver: z.object({ function: z.string() }).optional(),
  unlicensedAccess: z.array(z.enum(['unlicensed', 'customer', 'anonymous'])).default([]),
});

const entityPropertySchema = z.object({
  propertyKey: z.string(),
  values: z.array(
    z.object({
      path: z.string(),
      type: z.enum(['number', 'string', 'text', 'user', 'date']),
      searchAlias: z.string().optional(),
    }),
  ),
});

const manifestSchema = z.object({
  app: z.object({
    id: z.string(),
    storage: z.object({ entities: z.array(entitySchema).default([]) }).optional(),
  }),
  modules: z
    .object({
      function: z.array(functionSchema).default([]),
      trigger: z.array(triggerSchema).default([]),
      consumer: z.array(consumerSchema).default([]),
      scheduledTrigger: z.array(scheduleSchema).default([]),
      'jira:entityProperty': z.array(entityPropertySchema).default([]),
      preUninstall: z.array(z.object({ key: z.string(), function: z.string() })).default([]),
    })
    .catchall(z.unknown()),
  permissions: z
    .object({
      scopes: scopesSchema.default([]),
      external: z
        .object({ fetch: z.object({ backend: z.array(addressSchema).default([]) }).optional() })
        .catchall(z.unknown())
        .optional(),
    })
    .default({ scopes: [] }),
  environment: z
    .object({
      variables: z.array(z.union([z.string(), z.object({ key: z.string(), default: z.string() })])),
    })
    .optional(),
});

export type TriggerModule = z.infer<typeof triggerSchema>;
export type TriggerFilter = z.infer<typeof filterSchema>;
export type ScheduleModule = z.infer<typeof scheduleSchema>;
export type ConsumerModule = z.infer<typeof consumerSchema>;
export type FunctionModule = z.infer<typeof functionSchema>;
export type Entity = z.infer<typeof entitySchema>;

export interface View extends z.infer<typeof viewSchema> {
  /** The module's type in the manifest, such as `jira:adminPage`. */
  readonly moduleType: string;
}

export interface Manifest {
  /** The app's UUID. */
  readonly appId: string;
  readonly entities: readonly Entity[];
  readonly functions: readonly FunctionModule[];
  readonly triggers: readonly TriggerModule[];
  readonly consumers: readonly ConsumerModule[];
  readonly schedules: readonly ScheduleModule[];
  readonly preUninstall: readonly { key: string; function: string }[];
  readonly views: readonly View[];
  readonly searchable: readonly SearchableProperty[];
  readonly permissions: Permissions;
  readonly variables: readonly { key: string; value?: string }[];
}

export interface Permissions {
  readonly scopes: readonly string[];
  /** Scopes the app may also use for people who are not the invoking user. */
  readonly impersonation: readonly string[];
  /** Addresses as in `permissions.external.fetch.backend`. */
  readonly egress: readonly string[];
}

export function readManifest(appDir: string): Manifest {
  return parseManifest(readFileSync(path.join(appDir, 'manifest.yml'), 'utf8'));
}

export function parseManifest(yaml: string): Manifest {
  const file = manifestSchema.parse(parse(yaml));
  const { modules, permissions } = file;
  return {
    appId: file.app.id.replace('ari:cloud:ecosystem::app/', ''),
    entities: file.app.storage?.entities ?? [],
    functions: modules.function,
    triggers: modules.trigger,
    consumers: modules.consumer,
    schedules: modules.scheduledTrigger,
    preUninstall: modules.preUninstall,
    views: views(modules),
    searchable: modules['jira:entityProperty'].flatMap(({ propertyKey, values }) =>
      values.map(({ path: at, type, searchAlias }) => ({
        propertyKey,
        path: at,
        type,
        ...(searchAlias !== undefined && { alias: searchAlias }),
      })),
    ),
    permissions: {
      ...scopesOf(permissions.scopes),
      egress: permissions.external?.fetch?.backend ?? [],
    },
    variables: (file.environment?.variables ?? []).map((v) =>
      typeof v === 'string' ? { key: v } : { key: v.key, value: v.default },
    ),
  };
}

function scopesOf(scopes: z.infer<typeof scopesSchema>) {
  if (Array.isArray(scopes)) return { scopes, impersonation: [] };
  const names = Object.keys(scopes);
  return { scopes: names, impersonation: names.filter((name) => scopes[name]?.allowImpersonation) };
}

function views(modules: Record<string, unknown>): View[] {
  const found: View[] = [];
  for (const [moduleType, list] of Object.entries(modules)) {
    if (!Array.isArray(list)) continue;
    for (const entry of list) {
      const view = viewSchema.safeParse(entry);
      if (view.success && (view.data.resource || view.data.resolver)) {
        found.push({ ...view.data, moduleType });
      }
    }
  }
  return found;
}
