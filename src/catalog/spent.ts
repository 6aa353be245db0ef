/** What is known of a connection's rate limits, in the ledger: so that the next invocation knows too. */
import * as z from 'zod/mini';
import type { Spent, SpentKeeping } from '../directories/directory';
import type { Log, Row, Store } from '../forge/ports';
import { put, type RecordType } from '../shared/record';

const spentSchema = z.strictObject({
  v: z.literal(1),
  connectionId: z.string(),
  families: z.record(
    z.string(),
    z.strictObject({ limit: z.number(), remaining: z.number(), resetsAt: z.number() }),
  ),
});

const spentType: RecordType<z.infer<typeof spentSchema>> = {
  entity: 'config',
  schema: spentSchema,
  key: ({ connectionId }) => spentKey(connectionId),
  attributes: ({ connectionId }) => ({ kind: 'budget', status: 'live', sortName: connectionId }),
};

export const spentKey = (connectionId: string) => `budget:${connectionId}`;

/** A row that cannot be read costs at most one call that the directory refuses. */
export const spentFrom = (row: Row | undefined): Spent =>
  spentSchema.safeParse(row?.body).data?.families ?? {};

export function spentKeeping(
  deps: { readonly store: Pick<Store, 'get' | 'transact'>; readonly log: Log },
  connectionId: string,
  known: () => Spent | undefined,
): SpentKeeping {
  return {
    load: async () => known() ?? spentFrom(await deps.store.get('config', spentKey(connectionId))),
    save: async (families) => {
      try {
        const record = { v: 1 as const, connectionId, families: { ...families } };
        await deps.store.transact([put(spentType, record, 'any')]);
      } catch (cause) {
        deps.log.warn('budget.unwritten', { connection: connectionId, cause });
      }
    },
  };
}
