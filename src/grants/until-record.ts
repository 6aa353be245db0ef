/** Which access ends with a ticket: one record per ticket, read by its key, so that nothing is missed. */
import * as z from 'zod/mini';
import type { Deps } from '../requests/deps';
import { load, put, type RecordType } from '../shared/record';
import type { Grant } from './model/grant';

export const untilSchema = z.strictObject({
  v: z.literal(1),
  issueId: z.string(),
  key: z.string(),
  grants: z.array(z.string()),
  /** When Jira first did not find the ticket any more. */
  missingSince: z.optional(z.string()),
});
export type Until = z.infer<typeof untilSchema>;

export const untilTickets: RecordType<Until> = {
  entity: 'config',
  schema: untilSchema,
  key: (until) => `until:${until.issueId}`,
  attributes: (until) => ({ kind: 'until', status: 'live', sortName: until.issueId }),
};

/** Somebody else adds to the same ticket at the same moment: an incident brings many at once. */
const TRIES = 5;

/** Before the access is given, so that none is given that nobody watches. */
export async function watchTicket(
  deps: Pick<Deps, 'store'>,
  { id, untilTicket }: Pick<Grant, 'id' | 'untilTicket'>,
): Promise<boolean> {
  if (!untilTicket) return true;
  const { issueId, key } = untilTicket;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const held = await load(deps.store, untilTickets, `until:${issueId}`);
    if (held?.value.grants.includes(id)) return true;
    const value: Until = {
      ...(held?.value ?? { v: 1, issueId }),
      key,
      grants: [...(held?.value.grants ?? []), id],
    };
    if ((await deps.store.transact([put(untilTickets, value, held?.rev ?? 0)])) === 'done')
      return true;
  }
  return false;
}
