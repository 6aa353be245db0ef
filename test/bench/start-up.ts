/**
 * Cold starts as ratios, each in a process of its own, ours and the bare one in turns. What else runs
 * on the machine only ever adds to a start, so the lower quartiles are compared.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { bundleApp } from '../../sandbox/forge/bundle';
import { aBinding } from '../builders/catalog';
import type { Figure } from './figure';
import { aNaiveRevocation, aRevocation, aSite, GRANT_ID } from './stored';

const RUNS = 21;
const CHILD = path.resolve('test/bench/start-up-child.cjs');

interface Start {
  readonly bundle: string;
  readonly handler: string;
  readonly event: unknown;
  readonly stored: Record<string, unknown>;
}

export async function measureStartUp(): Promise<Figure[]> {
  const app = (await bundleApp({ appDir: '.', outDir: 'dist' })).outDir;
  const bare = (await bundleApp({ appDir: 'test/bench/handlers', outDir: '.cache/bench-handlers' }))
    .outDir;
  const issue = {
    eventType: 'avi:jira:created:issue',
    issue: { id: '1', fields: { project: { id: aBinding().projectId }, status: { id: '1' } } },
  };
  const end = {
    queueName: 'revoke',
    body: { kind: 'due', due: [{ kind: 'grant', objectId: GRANT_ID, what: 'end' }] },
  };
  const plain = ratio(
    { bundle: app, handler: 'index.onIssue', event: issue, stored: aSite() },
    { bundle: bare, handler: 'index.bare', event: issue, stored: aSite() },
    ['forge POST /webhook/queue'],
  );
  const withSdk = (kind: 'okta' | 'entra' | 'google', calls: readonly string[]) =>
    ratio(
      { bundle: app, handler: 'index.onRevoke', event: end, stored: aRevocation(kind) },
      { bundle: bare, handler: `sdk.${kind}`, event: end, stored: aNaiveRevocation(kind) },
      [...calls, 'forge POST /rest/api/3/issue'],
    );
  const okta = withSdk('okta', ['bench.okta.com DELETE', 'bench.okta.com GET']);
  const entra = withSdk('entra', ['graph.microsoft.com DELETE', 'graph.microsoft.com GET']);
  const google = withSdk('google', ['admin.googleapis.com DELETE', 'admin.googleapis.com GET']);
  return [
    row('start-up without a directory, against a handler with only @forge/*', plain, 1.3),
    row('start-up with Okta: a revocation, against the bare SDK', okta, 1.15),
    row('start-up with Entra ID: a revocation, against the bare SDK', entra),
    row('start-up with Google: a revocation, against the bare SDK', google),
  ];
}

const row = (
  figure: string,
  { ours, bare }: { ours: number; bare: number },
  budget?: number,
): Figure => ({
  figure,
  measured: `${(ours / bare).toFixed(2)} x (${ours.toFixed(0)} / ${bare.toFixed(0)} ms)`,
  budget: budget === undefined ? 'none set' : `<= ${budget} x`,
  within: budget === undefined || ours / bare <= budget,
});

function ratio(ours: Start, bare: Start, calls: readonly string[] = []) {
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let run = 0; run < RUNS; run++) {
    times.ours.push(once(ours, calls));
    times.bare.push(once(bare, calls));
  }
  return { ours: lowerQuartile(times.ours), bare: lowerQuartile(times.bare) };
}

/** A start that did not make these calls did not do its work, however fast it was. */
function once({ bundle, handler, event, stored }: Start, expected: readonly string[]): number {
  const context = {
    installContext: 'ari:cloud:jira::site/bench',
    principal: { accountId: 'bench' },
  };
  const said = execFileSync(
    process.execPath,
    [CHILD, path.resolve(bundle), handler, JSON.stringify(event), JSON.stringify(context)],
    { encoding: 'utf8', env: { ...process.env, BENCH_STORED: JSON.stringify(stored) } },
  );
  const last = said.trim().split('\n').at(-1) ?? '';
  const { ms, calls } = JSON.parse(last) as { ms: number; calls: string[] };
  const missing = expected.filter((call) => !calls.some((made) => made.startsWith(call)));
  if (missing.length > 0) throw new Error(`${handler} made no call ${missing.join(', ')}: ${said}`);
  return ms;
}

const lowerQuartile = (all: number[]) =>
  [...all].sort((a, b) => a - b)[Math.floor(all.length / 4)] ?? Number.NaN;
