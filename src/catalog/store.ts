/** Catalog and connections in the ledger: a head per object and one copy per version. */
import type * as z from 'zod/mini';
import type { Row, Store, Write } from '../forge/ports';
import { type Standing, standingFrom, standingKeys } from '../grants/standing';
import type { Whom } from '../grants/stop-record';
import { policyFor } from '../policy/model/effective';
import { SITE_POLICY, sitePolicyFrom } from '../policy/site-policy';
import { decode, load, put, type RecordType } from '../shared/record';
import {
  type App,
  appSchema,
  type Connection,
  connectionSchema,
  type Role,
  roleSchema,
} from './model/catalog';
import { isRed, type Lint, lintSchema, type Mark } from './model/lint';

function configType<T extends { id: string; version: number }>(
  kind: string,
  schema: z.ZodMiniType<T>,
  index: (record: T) => { status: string; sortName: string; ownerId?: string },
): RecordType<T> {
  return {
    entity: 'config',
    schema,
    key: (record) => `${kind}:${record.id}`,
    attributes: (record) => ({ kind, ...index(record) }),
  };
}

export const apps = configType<App>('app', appSchema, (a) => ({
  status: a.status,
  sortName: a.name.toLowerCase(),
  ownerId: a.owner,
}));
export const roles = configType<Role>('role', roleSchema, (r) => ({
  status: r.status,
  sortName: `${r.appId}/${r.name.toLowerCase()}`,
}));
export const connections = configType<Connection>('connection', connectionSchema, (c) => ({
  status: c.status,
  sortName: c.name.toLowerCase(),
}));
/** What the linter found of a role, kept beside it and read with it. */
export const lints: RecordType<Lint> = {
  entity: 'config',
  schema: lintSchema,
  key: ({ roleId }) => lintKey(roleId),
  attributes: ({ roleId, marks }) => ({
    kind: 'lint',
    status: marks.some(isRed) ? 'red' : marks.length > 0 ? 'amber' : 'clear',
    sortName: roleId,
  }),
};
export const lintKey = (roleId: string) => `lint:${roleId}`;
/** Of a role that nobody can ask for nothing is found any more. */
export const dropLint = (roleId: string): Write => ({
  op: 'remove',
  entity: 'config',
  key: lintKey(roleId),
  ifRev: 'any',
});

/** The head and the copy under its version: the copy is what old decisions are judged by. */
export function putVersioned<T extends { version: number }>(
  type: RecordType<T>,
  record: T,
  rev: number,
): Write[] {
  const head = put(type, record, rev);
  if (head.op !== 'put') throw new Error('unreachable');
  const copyKey = `${head.key}#${record.version}`;
  const row = { ...head.row, rev: 1, kind: `${head.row['kind']}-version` };
  return [head, { ...head, key: copyKey, row, ifRev: 0 }];
}

/**
 * Role, app, connection, policy and red mark of a role id: one request where the connection is known beforehand
 * (from a pin), two where it is not. With `who`, also what stands against giving it to them.
 */
export async function loadOffer(
  store: Pick<Store, 'getMany' | 'get'>,
  roleId: string,
  connectionId?: string,
  who?: Pick<Whom, 'beneficiary' | 'personId' | 'askedBy'>,
) {
  const appId = roleId.split('.')[0] as string;
  const about =
    who && connectionId !== undefined ? { roleId, appId, connectionId, ...who } : undefined;
  const standing = about ? standingKeys(about) : [];
  const rows = await store.getMany([
    { entity: 'config', key: `role:${roleId}` },
    { entity: 'config', key: `app:${appId}` },
    { entity: 'config', key: lintKey(roleId) },
    { entity: 'config', key: SITE_POLICY },
    ...(connectionId === undefined
      ? []
      : [{ entity: 'config' as const, key: `connection:${connectionId}` }]),
    ...standing.map((key) => ({ entity: 'config' as const, key })),
  ]);
  const [roleRow, appRow, lintRow, policyRow, connectionRow] = rows;
  if (!roleRow || !appRow) return undefined;
  const role = decode(roles, `role:${roleId}`, roleRow).value;
  const app = decode(apps, `app:${appId}`, appRow).value;
  const connection =
    connectionRow && role.connectionId === connectionId
      ? decode(connections, `connection:${connectionId}`, connectionRow).value
      : (await load(store, connections, `connection:${role.connectionId}`))?.value;
  const red = redMark(lintRow);
  const site = sitePolicyFrom(policyRow);
  const against: Standing | undefined = about && standingFrom(rows.slice(5));
  return {
    role,
    app,
    connection,
    site,
    policy: policyFor(site, app, role),
    ...(red && { red }),
    ...(against && { against }),
  };
}

/**
 * What keeps the role from being asked for. The connection is left out: its state is read with the
 * offer, so an old look at it would only hold up what was mended since.
 */
function redMark(row: Row | undefined): Pick<Mark, 'rule' | 'facts'> | undefined {
  if (!row) return undefined;
  const read = lintSchema.safeParse(row.body);
  if (!read.success) return { rule: 'group-seen', facts: { lint: 'unreadable' } };
  return read.data.marks.find((mark) => isRed(mark) && mark.rule !== 'connection-sound');
}
export type Offer = NonNullable<Awaited<ReturnType<typeof loadOffer>>>;
