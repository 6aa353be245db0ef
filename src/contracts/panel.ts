/** What the portal's create panel hands over; written by the browser, so every value is only a wish. */
import { z } from 'zod';

export const panelSchema = z.strictObject({
  /** App id. */
  app: z.string().max(60).optional(),
  /** Role id, `app.role`. */
  role: z.string().max(121).optional(),
  /** Seconds, or `permanent`. */
  duration: z.union([z.int().positive(), z.literal('permanent')]).optional(),
  reason: z.string().max(4000).optional(),
  /** Account id of who shall receive the access; absent: the reporter. */
  beneficiary: z.string().max(128).optional(),
});
export type PanelWish = z.infer<typeof panelSchema>;

/**
 * Which of the two shapes Jira stores is not documented, so both are read: an object of values, or
 * the list of fields as it was handed to `view.submit`.
 */
export function readPanel(property: unknown): z.ZodSafeParseResult<PanelWish> {
  const list = z
    .strictObject({ fields: z.array(z.strictObject({ key: z.string(), value: z.unknown() })) })
    .safeParse(property);
  if (!list.success) return panelSchema.safeParse(property);
  const keys = list.data.fields.map((f) => f.key);
  if (new Set(keys).size !== keys.length)
    return panelSchema.safeParse({ 'the same key twice': true });
  return panelSchema.safeParse(Object.fromEntries(list.data.fields.map((f) => [f.key, f.value])));
}
