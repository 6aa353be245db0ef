/** Cold starts as ratios: each run takes turns between ours and the bare one, medians are compared. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { bundleApp } from '../../sandbox/forge/bundle';
import type { Figure } from './main';

const RUNS = 15;
const CHILD = path.resolve('test/bench/start-up-child.cjs');

interface Start {
  readonly bundle: string;
  readonly handler: string;
  readonly event: unknown;
  readonly stored?: Record<string, unknown>;
}

export async function measureStartUp(): Promise<Figure[]> {
  const app = (await bundleApp({ appDir: '.', outDir: 'dist' })).outDir;
  const bare = (await bundleApp({ appDir: 'test/bench/handlers', outDir: '.cache/bench-handlers' }))
    .outDir;
  const issue = {
    eventType: 'avi:jira:created:issue',
    issue: { id: '1', fields: { project: { id: '1' } } },
  };
  const plain = ratio(
    { bundle: app, handler: 'index.onIssue', event: issue },
    { bundle: bare, handler: 'index.bare', event: issue },
  );
  const test = { call: { functionKey: 'connections.test', payload: { id: 'okta' } }, context: {} };
  const okta = ratio(
    { bundle: app, handler: 'index.adminResolver', event: test, stored: oktaConnection() },
    { bundle: bare, handler: 'sdk.okta', event: issue },
  );
  return [
    row('start-up without a directory, against a handler with only @forge/*', plain, 1.3),
    row('start-up with Okta, against the bare SDK', okta, 1.15),
  ];
}

const row = (
  figure: string,
  { ours, bare }: { ours: number; bare: number },
  budget: number,
): Figure => ({
  figure,
  measured: `${(ours / bare).toFixed(2)} x (${ours.toFixed(0)} / ${bare.toFixed(0)} ms)`,
  budget: `<= ${budget} x`,
  within: ours / bare <= budget,
});

function ratio(ours: Start, bare: Start): { ours: number; bare: number } {
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let run = 0; run < RUNS; run++) {
    times.ours.push(once(ours));
    times.bare.push(once(bare));
  }
  return { ours: median(times.ours), bare: median(times.bare) };
}

function once({ bundle, handler, event, stored }: Start): number {
  const context = {
    installContext: 'ari:cloud:jira::site/bench',
    principal: { accountId: 'bench' },
  };
  const said = execFileSync(
    process.execPath,
    [CHILD, path.resolve(bundle), handler, JSON.stringify(event), JSON.stringify(context)],
    {
      encoding: 'utf8',
      env: { ...process.env, BENCH_STORED: JSON.stringify(stored ?? {}) },
    },
  );
  const last = said.trim().split('\n').at(-1) ?? '';
  const { ms, answer } = JSON.parse(last) as { ms: number; answer: string };
  if (answer.includes('"ok":false')) throw new Error(`${handler} did not do its work: ${answer}`);
  return ms;
}

const median = (all: number[]) =>
  [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;

function oktaConnection(): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const body = {
    v: 1,
    id: 'okta',
    version: 1,
    kind: 'okta',
    name: 'Okta',
    tenant: 'bench.okta.com',
    cloudId: 'bench',
    status: 'live',
    credentialKind: 'okta-key',
    credentialFingerprint: 'bench',
  };
  return {
    'connection:okta': { rev: 1, body },
    'secret connection:okta': {
      kind: 'okta-key',
      clientId: 'bench',
      privateKeyPem: privateKey,
      keyId: 'bench',
    },
  };
}
