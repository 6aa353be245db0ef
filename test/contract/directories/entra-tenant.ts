/** The simulated tenant as the tests of Entra's own ways need it. */
import type { ConnectionAddress, Credential, Directory } from '../../../src/directories/directory';
import type { Http } from '../../../src/forge/ports';
import type { Bench } from './bench';

export type Registration = 'weak' | 'powerful' | 'least' | 'lifecycle';

export function secret(bench: Bench, which?: Registration) {
  const facts = bench.directories.entra.consoleFacts();
  const { clientId, clientSecret } = which ? facts[which] : facts;
  return { kind: 'entra-secret', clientId, clientSecret } as const;
}

export function certificate(bench: Bench) {
  const { clientId, privateKeyPem, certificatePem } = bench.directories.entra.consoleFacts();
  return { kind: 'entra-certificate', clientId, privateKeyPem, certificatePem } as const;
}

export function openEntra(
  bench: Bench,
  more: {
    readonly as?: Credential;
    readonly lifecycle?: Credential;
    readonly http?: Http;
    readonly address?: Partial<ConnectionAddress>;
  } = {},
): Promise<Directory> {
  const { as = secret(bench), address, ...through } = more;
  const tenant = bench.world.entra.tenantId;
  return bench.open({ id: 'main', kind: 'entra', tenant, ...address }, as, through);
}

const GRAPH = 'https://graph.microsoft.com/v1.0';

/** What an administrator does by hand, through Graph. */
export async function byHand(
  bench: Bench,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: Record<string, unknown> | undefined }> {
  const { adminToken } = bench.directories.entra.consoleFacts();
  const answer = await bench.http(GRAPH + path, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${await answer.text()}`);
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
}
