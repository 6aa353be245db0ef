/** What the portal's create panel hands over; written by the browser, so every value is only a wish. */
import * as z from 'zod/mini';
import '../shared/english';

export const panelSchema = z.strictObject({
  /** App id. */
  app: z.optional(z.string().check(z.maxLength(60))),
  /** Role id, `app.role`. */
  role: z.optional(z.string().check(z.maxLength(121))),
  /** Seconds, or `permanent`. */
  duration: z.optional(z.union([z.int().check(z.positive()), z.literal('permanent')])),
  reason: z.optional(z.string().check(z.maxLength(4000))),
  /** Account id of who shall receive the access; absent: the reporter. */
  beneficiary: z.optional(z.string().check(z.maxLength(128))),
  /** When the access shall begin: ISO-8601 with its offset. */
  start: z.optional(z.string().check(z.maxLength(40))),
  /** Key of the ticket it is for, as INC-42. */
  ticket: z.optional(z.string().check(z.maxLength(60))),
  /** It ends when that ticket is closed, at the latest after the duration. */
  untilTicket: z.optional(z.boolean()),
});
export type PanelWish = z.infer<typeof panelSchema>;

/**
 * Which of the two shapes Jira stores is not documented, so both are read: an object of values, or
 * the list of fields as it was handed to `view.submit`.
 */
export function readPanel(property: unknown): z.core.util.SafeParseResult<PanelWish> {
  const list = z
    .strictObject({ fields: z.array(z.strictObject({ key: z.string(), value: z.unknown() })) })
    .safeParse(property);
  if (!list.success) return panelSchema.safeParse(property);
  const keys = list.data.fields.map((f) => f.key);
  if (new Set(keys).size !== keys.length)
    return panelSchema.safeParse({ 'the same key twice': true });
  return panelSchema.safeParse(Object.fromEntries(list.data.fields.map((f) => [f.key, f.value])));
}
