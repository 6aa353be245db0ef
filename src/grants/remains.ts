/**
 * What an end needs of records that this version of the app cannot read as a whole: written by a newer
 * version that was taken back, or damaged. Giving access asks for whole records; ending it goes on with
 * what is left.
 */
import * as z from 'zod/mini';
import type { Connection } from '../catalog/model/catalog';
import type { SiteSettings } from '../catalog/model/settings';
import { connections } from '../catalog/store';
import { emptyHead, type Head } from '../evidence/model/chain';
import { headType } from '../evidence/record';
import type { Row, Store } from '../forge/ports';
import type { Deps } from '../requests/deps';
import { type Held, UnreadableRecord } from '../shared/record';
import type { Hold } from './model/hold';
import { holds } from './store';

/** Nothing when they cannot be read: then no status is moved, and the rest goes on. */
export function settingsLeft(
  deps: Pick<Deps, 'knowSettings' | 'log'>,
  row: Row | undefined,
): SiteSettings | undefined {
  try {
    return deps.knowSettings(row);
  } catch (cause) {
    if (!(cause instanceof UnreadableRecord)) throw cause;
    deps.log.error('settings.unreadable', cause);
    return undefined;
  }
}

const connectionSchema = z.object({
  id: z.string(),
  kind: z.enum(['okta', 'entra', 'google']),
  tenant: z.string(),
  cloudId: z.string(),
});

/** Where it leads and whose it is, which is all that a removal needs besides the stored credential. */
export function connectionLeft(row: Row | undefined): Connection | undefined {
  const whole = connections.schema.safeParse(row?.body);
  if (whole.success) return whole.data;
  const left = connectionSchema.safeParse(row?.body);
  if (!left.success) return undefined;
  return {
    v: 1,
    version: 1,
    name: left.data.id,
    status: 'live',
    credentialKind: '',
    credentialFingerprint: '',
    ...left.data,
  };
}

/** Loose, so that what a newer version wrote besides survives the writing back. */
const holdSchema = z.looseObject({
  connectionId: z.string(),
  groupId: z.string(),
  personId: z.string(),
  origin: z.enum(['absent', 'pre-existing', 'uncertain']),
  holders: z.array(z.looseObject({ grantId: z.string() })),
  op: z.optional(
    z.looseObject({
      kind: z.enum(['add', 'remove']),
      grantId: z.string(),
      attempt: z.int(),
      since: z.string(),
    }),
  ),
  addedAt: z.optional(z.string()),
  changedAt: z.string(),
});

/** `unreadable`: nobody can say whose this membership is, so it alone is left as it is. */
export function holdLeft(row: Row | undefined): Held<Hold> | 'unreadable' | undefined {
  if (!row) return undefined;
  const whole = holds.schema.safeParse(row.body);
  if (whole.success) return { value: whole.data, rev: row.rev };
  const left = holdSchema.safeParse(row.body);
  return left.success ? { value: left.data as unknown as Hold, rev: row.rev } : 'unreadable';
}

const MOST_CHAINS = 9;

/**
 * The end of the issue's chain, or of a fresh one beside it (`501#2`) when the chain's own end cannot be
 * read: a removal waits for no evidence, and no link is made up.
 */
export async function headLeft(
  deps: Pick<Deps, 'log'> & { readonly store: Pick<Store, 'get'> },
  issueId: string,
  row: Row | undefined,
): Promise<Held<Head>> {
  let chain = issueId;
  let found = row;
  for (let n = 2; ; n++) {
    if (!found) return { value: emptyHead(chain), rev: 0 };
    const head = headType.schema.safeParse(found.body);
    if (head.success) return { value: head.data, rev: found.rev };
    deps.log.error('chain.unreadable', head.error, { chain });
    if (n > MOST_CHAINS) throw new UnreadableRecord('chain', chain, found, head.error);
    chain = `${issueId}#${n}`;
    found = await deps.store.get('chain', chain);
  }
}

/** What a salvaged grant is ended by. */
export const grantLeft = z.object({
  id: z.string(),
  issueId: z.string(),
  connectionId: z.string(),
  tenant: z.string(),
  personId: z.string(),
  endsAt: z.nullable(z.string()),
  edges: z.array(z.object({ groupId: z.string() })),
  endSessions: z.optional(z.unknown()),
});
export type GrantLeft = z.infer<typeof grantLeft>;
