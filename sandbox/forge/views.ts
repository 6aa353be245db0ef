/**
 * Calls a view's resolver as the bridge of an iframe does. The account, the licence and the
 * installation come from the platform; the rest of the context is put together here on the server,
 * but a function should not rely on it: on the real platform it comes with the call.
 */
import type { Installation } from './installation';
import type { InvocationCall, Outcome } from './invoker';
import type { View } from './manifest';
import type { Site } from './site';

export interface ViewCall {
  readonly site: string;
  readonly appId?: string;
  readonly accountId: string;
  /** The module's key. */
  readonly module: string;
  /** The resolver's function key. */
  readonly function: string;
  readonly payload?: unknown;
  /** Id or key, for modules shown on an issue or request. */
  readonly issue?: string;
}

export type ViewAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: { name: string; message: string } };

const LARGEST_PAYLOAD_BYTES = 500 * 1024;
const LARGEST_RESULT_BYTES = 5 * 1024 * 1024;

interface ViewWiring {
  readonly site: Site;
  readonly installation: Installation;
  readonly views: readonly View[];
  readonly invoke: (call: InvocationCall) => Promise<Outcome>;
}

export async function callView(call: ViewCall, wiring: ViewWiring): Promise<ViewAnswer> {
  const { site, installation, views, invoke } = wiring;
  const view = views.find(({ key }) => key === call.module);
  if (!view) return refused('NotFound', `The manifest has no view "${call.module}".`);
  if (!view.resolver) return refused('NotFound', `The view "${call.module}" has no resolver.`);
  const accountType = accountTypeOf(site, call.accountId);
  if (accountType !== 'licensed' && !view.unlicensedAccess.includes(accountType)) {
    return refused('Forbidden', `The view "${call.module}" is not open to ${accountType} users.`);
  }
  const payloadBytes = Buffer.byteLength(JSON.stringify(call.payload ?? null));
  if (payloadBytes > LARGEST_PAYLOAD_BYTES) {
    return refused('PayloadTooLarge', 'The request payload is larger than 500 KB.');
  }
  const extension = call.issue === undefined ? {} : site.moduleContext(call.issue, call.accountId);
  const outcome = await invoke({
    installation,
    fn: view.resolver.function,
    moduleType: view.moduleType,
    moduleKey: view.key,
    accountId: call.accountId,
    body: {
      call: { functionKey: call.function, payload: call.payload },
      context: {
        cloudId: installation.cloudId,
        siteUrl: site.baseUrl,
        moduleKey: view.key,
        localId: `ari:cloud:ecosystem::extension/${installation.appId}/${view.key}`,
        environmentType: 'PRODUCTION',
        accountType,
        extension: { type: view.moduleType, ...extension },
      },
    },
  });
  if (!outcome.ok) return refused(outcome.error.errorType, outcome.error.errorMessage);
  if (outcome.bytes > LARGEST_RESULT_BYTES) {
    return refused('PayloadTooLarge', 'The response payload is larger than 5 MB.');
  }
  return { ok: true, result: outcome.body };
}

const refused = (name: string, message: string): ViewAnswer => ({
  ok: false,
  error: { name, message },
});

function accountTypeOf(site: Site, accountId: string): 'licensed' | 'unlicensed' | 'customer' {
  if (site.accountType(accountId) === 'customer') return 'customer';
  return site.licensed(accountId) ? 'licensed' : 'unlicensed';
}
