/** Okta's SDK with everything taken out of it that acts on its own: cache, retries, tokens. */
import { Client, RequestExecutor } from '@okta/okta-sdk-nodejs';
import type { ConnectionAddress } from '../directory';
import type { Door } from '../door';

/** The SDK's types leave these to the types of node-fetch, which it does not bring along. */
type SdkRequest = Parameters<RequestExecutor['fetch']>[0] & {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
type SdkResponse = Awaited<ReturnType<RequestExecutor['fetch']>>;

class ThroughTheDoor extends RequestExecutor {
  readonly #door: Door;
  constructor(door: Door) {
    super();
    this.#door = door;
  }

  override async fetch(request: SdkRequest): Promise<SdkResponse> {
    const response = await this.#door.send(request.url ?? '', {
      method: (request.method ?? 'get').toUpperCase(),
      headers: ownHeaders(request.headers),
      ...(typeof request.body === 'string' && { body: request.body }),
    });
    // The SDK is typed for node-fetch; it reads status, headers and text, which are the same.
    return response as unknown as SdkResponse;
  }
}

/** The SDK sets its own, meaningless, authorization. */
function ownHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  );
}

export function oktaClient(address: ConnectionAddress, door: Door): Client {
  return new Client({
    orgUrl: `https://${address.tenant}`,
    // Never sent: the door authorizes. The SDK refuses to start without one.
    token: 'unused',
    // The default keeps every entity for the life of the process, so a suspended person stays active,
    // and it hangs on large ones.
    cacheMiddleware: null,
    requestExecutor: new ThroughTheDoor(door),
  });
}
