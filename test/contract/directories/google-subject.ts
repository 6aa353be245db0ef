/** A connection to the simulated Google Workspace, and what differs from other directories. */
import { afterEach, beforeAll, expect } from 'vitest';
import type { Credential, Directory } from '../../../src/directories/directory';
import type { Http } from '../../../src/forge/ports';
import { type Conformance, lineOf, openConformance } from '../specs/conformance';
import { missingSpecs } from '../specs/folder';
import type { Bench } from './bench';
import type { Subject } from './subject';

/** Holds each call of a test to Google's own description of its API. */
export function heldToDescription(bench: Bench): void {
  let conformance: Conformance | undefined;
  beforeAll(async () => {
    if (missingSpecs.length === 0) conformance = await openConformance();
  });
  afterEach(() => {
    const violations = bench.calls().flatMap((call) => conformance?.check(call) ?? []);
    expect(violations.map(lineOf)).toEqual([]);
  });
}

type Which = 'serviceAccountJson' | 'nextServiceAccountJson' | 'powerful' | 'weak';

/** By a role of its own. */
export function account(bench: Bench, which: Which = 'serviceAccountJson') {
  const file = bench.directories.google.consoleFacts()[which];
  return {
    kind: 'google-service-account',
    clientEmail: file.client_email,
    privateKeyPem: file.private_key,
    keyId: file.private_key_id,
  } as const;
}

/** Acting for an administrator. */
export const delegated = (bench: Bench, which?: Which) => ({
  ...account(bench, which),
  subject: bench.directories.google.consoleFacts().delegatedAdmin,
});

export const quota = (reason: string) => ({
  error: { code: 403, message: 'x', errors: [{ domain: 'usageLimits', reason, message: 'x' }] },
});

export const subject: Subject = {
  name: 'google',
  address: (bench) => ({
    id: 'main',
    kind: 'google',
    tenant: bench.world.google.customerId,
    accountAttribute: 'Atlassian.accountId',
    nativeExpiry: true,
  }),
  credential: (bench) => delegated(bench),
  wrongCredential: (bench) => ({
    ...account(bench),
    clientEmail: 'nobody@x.iam.gserviceaccount.com',
  }),
  readOnlyCredential: (bench) => delegated(bench, 'weak'),
  group: 'bigquery-users',
  missing: { group: '03nobodyknows', person: '100000000000000000001' },
  unwritable: [
    ['dynamic', 'dynamic', 'refused'],
    ['privileged', 'privileged', 'refused'],
  ],
  add: { method: 'POST', path: '/members$' },
  remove: { method: 'DELETE', path: '/members/' },
  slowDown: { status: 403, body: quota('quotaExceeded') },
};

export const openGoogle = (
  bench: Bench,
  more: { credential?: Credential; http?: Http; attribute?: string } = {},
): Promise<Directory> => {
  const address = subject.address(bench);
  return bench.open(
    more.attribute === undefined ? address : { ...address, accountAttribute: more.attribute },
    more.credential ?? delegated(bench),
    more.http ? { http: more.http } : {},
  );
};

/** The claims of an assertion in a token request. */
export function assertionOf(form: string): string {
  const claims = new URLSearchParams(form).get('assertion')?.split('.')[1] ?? '';
  return Buffer.from(claims, 'base64url').toString('utf8');
}

/** Google as it is when an administrator left these scopes out of the delegation. */
export const withoutScopes =
  (bench: Bench, missing: RegExp): Http =>
  async (url, init) =>
    init.body !== undefined && /\/token$/.test(url) && missing.test(assertionOf(init.body))
      ? Response.json({ error: 'unauthorized_client' }, { status: 401 })
      : bench.http(url, init);

/** A call as an administrator of the Workspace would make it from outside the app. */
export async function byHand(bench: Bench, line: string, body?: unknown): Promise<unknown> {
  const [method = '', target = ''] = line.split(/ (.*)/s);
  const host = target.startsWith('/v1/projects/')
    ? 'iam.googleapis.com'
    : target.startsWith('/v1/')
      ? 'cloudidentity.googleapis.com'
      : 'admin.googleapis.com';
  const answer = await bench.http(`https://${host}${target}`, {
    method,
    headers: {
      authorization: `Bearer ${bench.directories.google.consoleFacts().adminToken}`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${line}: ${answer.status} ${await answer.text()}`);
  await bench.settle();
  const text = await answer.text();
  return text === '' ? undefined : JSON.parse(text);
}
