/** Who decides in whose place, from when until when. */
import * as z from 'zod/mini';
import { epochSeconds, parseInstant } from '../shared/instant';
import type { RecordType } from '../shared/record';

export const coverSchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  /** Account of the person who is away. */
  away: z.string(),
  cover: z.string(),
  from: z.string(),
  until: z.string(),
  /** Who set it: the person themself, or an administrator. */
  setBy: z.string(),
  setAt: z.string(),
  status: z.enum(['set', 'ended']),
  /** When it was ended before its time. */
  endedAt: z.optional(z.string()),
});
export type Cover = z.infer<typeof coverSchema>;

export const covers: RecordType<Cover> = {
  entity: 'cover',
  schema: coverSchema,
  key: (cover) => cover.id,
  attributes: (cover) => ({
    personKey: cover.away,
    coverKey: cover.cover,
    until: epochSeconds(parseInstant(cover.until)),
  }),
};
