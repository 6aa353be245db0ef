/**
 * A use of break-glass that nobody has reviewed yet: one record per role and person, written with the
 * first intent and taken away by the review. While it is there the same person cannot use that role so
 * again.
 */
import * as z from 'zod/mini';
import { personKey } from '../catalog/model/catalog';
import type { Store, Write } from '../forge/ports';
import { put, type RecordType } from '../shared/record';
import type { Grant } from './model/grant';

const useSchema = z.strictObject({
  v: z.literal(1),
  roleId: z.string(),
  /** `connection:person` */
  person: z.string(),
  grantId: z.string(),
  at: z.string(),
});
type Use = z.infer<typeof useSchema>;

export const useKey = (roleId: string, connectionId: string, personId: string) =>
  `use:${roleId}:${personKey(connectionId, personId)}`;

const uses: RecordType<Use> = {
  entity: 'config',
  schema: useSchema,
  key: ({ roleId, person }) => `use:${roleId}:${person}`,
  attributes: ({ roleId }) => ({ kind: 'break-glass-use', status: 'open', sortName: roleId }),
};

type Used = Pick<Grant, 'id' | 'roleId' | 'connectionId' | 'personId'>;

export const putUse = (grant: Used, at: string): Write =>
  put(
    uses,
    {
      v: 1,
      roleId: grant.roleId,
      person: personKey(grant.connectionId, grant.personId),
      grantId: grant.id,
      at,
    },
    'any',
  );
/** Only its own: what another grant wrote waits for the review of that one. */
export async function dropUse(
  deps: { readonly store: Pick<Store, 'get'> },
  grant: Used,
): Promise<Write[]> {
  const key = useKey(grant.roleId, grant.connectionId, grant.personId);
  const row = await deps.store.get('config', key);
  const use = row && useSchema.safeParse(row.body).data;
  if (!row || (use && use.grantId !== grant.id)) return [];
  return [{ op: 'remove', entity: 'config', key, ifRev: row.rev }];
}
