/** Secrets and certificates of the app registrations, as an administrator changes them. */
import { X509Certificate } from 'node:crypto';
import { empty, type Routes } from '../../kit/routes';
import { guid } from '../../world/ids';
import { randomText } from '../tokens';
import { APPS, NEEDS } from './apps';
import { badRequest, missing } from './errors';
import { single } from './lists';
import { bodyOf, type GraphCall, graphTime, guarded, newGuid, type Tenant } from './tenant';

export const objectIdOf = (clientId: string) => guid(`application:${clientId}`);

const NEEDED = { needs: [NEEDS.writeApps], cost: 1 };

export function addApplications(tenant: Tenant, routes: Routes): void {
  const { state, clock } = tenant;
  const on = guarded(tenant, routes);
  on('POST', '/applications/:id/addPassword', NEEDED, (call) => {
    const clientId = clientOf(call);
    const asked = (bodyOf(call.req)['passwordCredential'] ?? {}) as Record<string, unknown>;
    const ends = typeof asked['endDateTime'] === 'string' ? asked['endDateTime'] : undefined;
    const twoYears = clock.now() + 2 * 365 * 86_400_000;
    const endsAt = ends === undefined ? twoYears : Date.parse(ends);
    if (Number.isNaN(endsAt)) throw badRequest('Invalid value specified for property endDateTime.');
    const keyId = newGuid(tenant);
    const secret = `sEc8Q~${randomText(tenant.random, 34)}`;
    state.passwords.set(keyId, { clientId, secret, endsAt }, clock.now());
    return single('microsoft.graph.passwordCredential', {
      customKeyIdentifier: null,
      displayName: asked['displayName'] ?? null,
      startDateTime: graphTime(tenant),
      endDateTime: new Date(endsAt).toISOString(),
      hint: secret.slice(0, 3),
      keyId,
      secretText: secret,
    });
  });
  on('POST', '/applications/:id/removePassword', NEEDED, (call) => {
    const keyId = String(bodyOf(call.req)['keyId']);
    if (state.passwords.get(keyId)?.clientId !== clientOf(call)) {
      throw badRequest(`No password credential found with keyId '${keyId}'.`);
    }
    state.passwords.delete(keyId, clock.now());
    return empty();
  });
  // The list is replaced as a whole: a certificate that is not in it no longer opens the door.
  on('PATCH', '/applications/:id', NEEDED, (call) => {
    const { keyCredentials, ...rest } = bodyOf(call.req);
    if (!Array.isArray(keyCredentials) || Object.keys(rest).length > 0) {
      throw badRequest('sandbox: only keyCredentials of an application can be changed here');
    }
    const keys = keyCredentials.map((one: Record<string, unknown>) => readable(one['key']));
    state.certificates.set(clientOf(call), keys, clock.now());
    return empty();
  });
}

function clientOf({ req }: GraphCall): string {
  const id = req.params['id'] ?? '';
  const app = Object.values(APPS).find(({ clientId }) => objectIdOf(clientId) === id);
  if (!app) throw missing(id);
  return app.clientId;
}

/** Base64 of the certificate, in DER or, as people paste it, in PEM. */
function readable(key: unknown): string {
  try {
    return new X509Certificate(Buffer.from(String(key), 'base64')).toString();
  } catch {
    throw badRequest('Key credential value is invalid.');
  }
}
