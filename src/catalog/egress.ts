/**
 * Company domains of Okta (`id.example.com`) are not in the manifest: an administrator of the site
 * allows each one in a dialog of Atlassian, which the admin page opens with what stands here.
 * https://developer.atlassian.com/platform/forge/customer-managed-egress-and-remotes/
 */
import type { Answer } from '../contracts/answer';
import { tenantProblem } from '../directories/credential';
import type { DirectoryKind } from '../directories/directory';
import { done, no } from './changes';

/** As `permissions.egress.set` of `@forge/bridge` takes it. */
export interface EgressGroup {
  readonly key: string;
  readonly description: string;
  readonly configured: readonly {
    readonly domain: string;
    readonly type: readonly ['FETCH_BACKEND_SIDE'];
  }[];
}

/** Okta's own domains, which the manifest names. */
const IN_MANIFEST = /\.(okta|oktapreview|okta-emea)\.com$/;

/** What has to be allowed before the app may call this tenant; `null` for most. */
export function egressOf(connection: {
  readonly id: string;
  readonly kind: DirectoryKind;
  readonly tenant: string;
}): Answer<EgressGroup | null> {
  const { id, kind, tenant } = connection;
  const problem = tenantProblem(connection);
  if (problem) return no('tenant', problem, 'Correct it; nothing was saved.');
  if (kind !== 'okta' || IN_MANIFEST.test(tenant)) return done(null);
  return done({
    key: `directory-${id}`,
    description: `Latchkey calls Okta at ${tenant} for the connection ${id}.`,
    configured: [{ domain: `https://${tenant}`, type: ['FETCH_BACKEND_SIDE'] }],
  });
}
