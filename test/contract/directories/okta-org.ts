/** The simulated org as the tests of Okta's own ways need it. */
import type { ConnectionAddress, Credential, Directory } from '../../../src/directories/directory';
import type { Http } from '../../../src/forge/ports';
import type { Bench } from './bench';

export type Application = 'weak' | 'roleless' | 'powerful' | 'bound' | 'full';

export function key(bench: Bench, which?: Application) {
  const facts = bench.directories.okta.consoleFacts();
  const { clientId, privateKeyPem, kid } = which ? facts[which] : facts;
  return { kind: 'okta-key', clientId, privateKeyPem, keyId: kid } as const;
}

export const apiToken = (bench: Bench) =>
  ({ kind: 'okta-token', token: bench.directories.okta.consoleFacts().ssws }) as const;

export function openOkta(
  bench: Bench,
  more: {
    readonly as?: Credential;
    readonly http?: Http;
    readonly behind?: number;
    readonly address?: Partial<ConnectionAddress>;
  } = {},
): Promise<Directory> {
  const { as = key(bench), address, ...through } = more;
  const tenant = bench.world.okta.host;
  return bench.open({ id: 'main', kind: 'okta', tenant, ...address }, as, through);
}

/** What an administrator does by hand, through Okta's API. */
export async function byHand(
  bench: Bench,
  line: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const [method = '', path = ''] = line.split(' ');
  const { orgUrl, ssws } = bench.directories.okta.consoleFacts();
  const answer = await bench.http(orgUrl + path, {
    method,
    headers: { authorization: `SSWS ${ssws}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${line}: ${answer.status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}
