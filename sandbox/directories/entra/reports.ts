/** When people signed in. Kept for tenants with a licence only, and asked for sparingly. */
import type { Routes } from '../../kit/routes';
import { guid } from '../../world/ids';
import { NEEDS } from './apps';
import { GraphError } from './errors';
import { filtered, onlyOptions, page } from './lists';
import type { Row } from './shapes';
import { DAY, shown } from './sign-ins';
import { type GraphCall, guarded, limited, type Tenant } from './tenant';

const KEPT_MS = 30 * DAY;
/** https://learn.microsoft.com/graph/throttling-limits (identity and access reports) */
const REPORTS = { key: 'reports', limit: 5, spanMs: 10_000 };

export function mayReadActivity(tenant: Tenant, call: Pick<GraphCall, 'has'>): void {
  if (!call.has(NEEDS.readAudit)) {
    throw new GraphError(
      403,
      'Authentication_MSGraphPermissionMissing',
      'Calling principal does not have required MSGraph permissions AuditLog.Read.All',
    );
  }
  if (tenant.state.licence !== 'free') return;
  throw new GraphError(
    403,
    'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
    "Neither tenant is B2C or tenant doesn't have premium license",
  );
}

export function addReports(tenant: Tenant, routes: Routes): void {
  const { state, clock } = tenant;
  const on = guarded(tenant, routes);
  on('GET', '/auditLogs/signIns', { needs: [], cost: 0 }, (call) => {
    const { req, asOf } = call;
    onlyOptions(req, '$filter', '$top', '$skiptoken');
    limited(tenant, call.client, REPORTS);
    mayReadActivity(tenant, call);
    if (!call.has(NEEDS.readDirectory)) {
      const text = 'User is not in the allowed roles or lacks Directory.Read.All';
      throw new GraphError(403, 'Authentication_MSGraphPermissionMissing', text);
    }
    const rows = state.principals.flatMap((app) =>
      [...state.users.values(asOf)].flatMap((user) => {
        const last = Date.parse(user.lastSignIn ?? '');
        const uses = app.groups.some((id) => state.memberships.get(id, user.id, asOf));
        if (!uses || !(last > clock.now() - KEPT_MS)) return [];
        const row = (at: number, errorCode: number) => ({
          id: guid(`signin:${app.id}:${user.id}:${errorCode}`),
          createdDateTime: shown(at),
          userId: user.id,
          userDisplayName: user.displayName,
          userPrincipalName: user.userPrincipalName,
          appId: app.appId,
          appDisplayName: app.displayName,
          isInteractive: true,
          status: { errorCode, failureReason: errorCode === 0 ? 'Other.' : 'Invalid password.' },
        });
        return [row(last + DAY / 2, 50126), row(last, 0)];
      }),
    );
    return page(req, 'auditLogs/signIns', filtered(req, rows), (row) => row, newestFirst);
  });
}

const newestFirst = (a: Row, b: Row) =>
  String(b['createdDateTime']).localeCompare(String(a['createdDateTime']));
