/**
 * Which grants of roles that are kept apart a person has: read by its key before a grant is begun, and
 * written with the grant. Two requests that are approved in the same moment meet in this record, where
 * an index would show neither of them the other one. It names no person, and what is over goes with
 * the next grant.
 */
import * as z from 'zod/mini';
import type { Row, Store, Write } from '../forge/ports';
import { type Grant, isLive } from '../grants/model/grant';
import { grants } from '../grants/store';
import { hashOf } from '../shared/canonical';
import { decode, put, type RecordType } from '../shared/record';

const apartSchema = z.strictObject({
  v: z.literal(1),
  person: z.string(),
  held: z.array(z.strictObject({ grantId: z.string(), roleId: z.string() })),
});
type Apart = z.infer<typeof apartSchema>;

const records: RecordType<Apart> = {
  entity: 'config',
  schema: apartSchema,
  key: ({ person }) => `apart:${person}`,
  attributes: ({ person }) => ({ kind: 'apart', status: 'open', sortName: person }),
};

/** An account, as a hash. */
const personOf = (beneficiary: string): string => hashOf({ apart: beneficiary }).slice(0, 32);
export const apartKey = (beneficiary: string): string => `apart:${personOf(beneficiary)}`;

/** What still runs of it, or is about to, with the revision that a grant of now must find. */
export interface ApartRead {
  readonly rev: number;
  readonly held: Apart['held'];
}

export async function apartFrom(
  store: Pick<Store, 'getMany'>,
  beneficiary: string,
  row: Row | undefined,
): Promise<ApartRead> {
  if (!row) return { rev: 0, held: [] };
  const { value, rev } = decode(records, apartKey(beneficiary), row);
  if (value.held.length === 0) return { rev, held: [] };
  const rows = await store.getMany(
    value.held.map(({ grantId }) => ({ entity: 'grant', key: grantId })),
  );
  const runs = (one: Row | undefined, id: string): boolean => {
    if (!one) return false;
    const { state } = decode(grants, id, one).value;
    // What is blocked may be resumed, and is judged again then.
    return isLive(state) || state === 'approved' || state === 'blocked';
  };
  return { rev, held: value.held.filter(({ grantId }, n) => runs(rows[n], grantId)) };
}

/** For the transaction that begins the grant. */
export function putApart(
  { rev, held }: ApartRead,
  grant: Pick<Grant, 'id' | 'roleId' | 'beneficiary'>,
): Write {
  const others = held.filter(({ grantId }) => grantId !== grant.id);
  const own = { grantId: grant.id, roleId: grant.roleId };
  return put(records, { v: 1, person: personOf(grant.beneficiary), held: [...others, own] }, rev);
}
