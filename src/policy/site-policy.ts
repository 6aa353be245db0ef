/** The site's policy in the ledger: one head, one copy per version; a site that never saved one has the starting one. */
import { type SitePolicy, sitePolicySchema } from '../contracts/policy';
import type { Row, Store } from '../forge/ports';
import { decode, type Held, type RecordType } from '../shared/record';
import { startingPolicy } from './model/tiers';

export const SITE_POLICY = 'policy:site';

export const sitePolicies: RecordType<SitePolicy> = {
  entity: 'config',
  schema: sitePolicySchema,
  key: () => SITE_POLICY,
  attributes: () => ({ kind: 'policy', status: 'live', sortName: 'site' }),
};

export const sitePolicyFrom = (row: Row | undefined): SitePolicy =>
  row ? decode(sitePolicies, SITE_POLICY, row).value : startingPolicy;

export async function loadSitePolicy(store: Pick<Store, 'get'>): Promise<Held<SitePolicy>> {
  const row = await store.get('config', SITE_POLICY);
  return row ? decode(sitePolicies, SITE_POLICY, row) : { value: startingPolicy, rev: 0 };
}
