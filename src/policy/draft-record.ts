/** The draft of the site's policy in the ledger. */
import * as z from 'zod/mini';
import { type SitePolicy, sitePolicySchema } from '../contracts/policy';
import type { Store } from '../forge/ports';
import { type Held, load, type RecordType } from '../shared/record';
import { loadSitePolicy } from './site-policy';

const draftSchema = z.strictObject({
  v: z.literal(1),
  /** Hash of the document: what it was compared with is told apart by it. */
  id: z.string(),
  policy: sitePolicySchema,
  by: z.string(),
  at: z.string(),
  /** Since when it is laid beside live requests; absent: it is not. */
  shadowSince: z.optional(z.string()),
});
export type PolicyDraft = z.infer<typeof draftSchema>;

export const DRAFT = 'policy:draft';
export const drafts: RecordType<PolicyDraft> = {
  entity: 'config',
  schema: draftSchema,
  key: () => DRAFT,
  attributes: () => ({ kind: 'policy-draft', status: 'draft', sortName: 'site' }),
};

export const loadDraft = (store: Pick<Store, 'get'>): Promise<Held<PolicyDraft> | undefined> =>
  load(store, drafts, DRAFT);

/** The draft where one is kept, else what stands. */
export async function draftOrPolicy(store: Pick<Store, 'get'>): Promise<SitePolicy> {
  return (await loadDraft(store))?.value.policy ?? (await loadSitePolicy(store)).value;
}
