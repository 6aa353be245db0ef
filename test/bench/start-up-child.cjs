/**
 * One cold start in a process of its own: loads a bundle, calls one handler, prints the milliseconds
 * from before the load to the answer. Forge's two globals answer from memory.
 */
const { performance } = require('node:perf_hooks');
const path = require('node:path');

const [bundle, handler, event, context] = process.argv.slice(2);
const stored = JSON.parse(process.env.BENCH_STORED ?? '{}');
const json = (status, value) =>
  new Response(value === undefined ? null : JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json' },
  });

globalThis.__forge_runtime__ = {
  appContext: {
    appId: 'bench',
    appVersion: '1.0.0',
    environmentId: 'bench',
    environmentType: 'DEVELOPMENT',
    invocationId: 'bench',
    installationId: 'bench',
    functionKey: 'bench',
    moduleType: 'bench',
    moduleKey: 'bench',
    installation: { ari: { installationId: 'bench' }, contexts: [{ cloudId: 'bench' }] },
  },
  contextAri: 'ari:cloud:jira::site/bench',
  aaid: 'bench',
  lambdaContext: { getRemainingTimeInMillis: () => 10_000 },
  metrics: {},
};
globalThis.__forge_fetch__ = async (_meta, target, init) => {
  const asked = JSON.parse(init?.body ?? '{}').key;
  const key = String(target).includes('/secret/') ? `secret ${asked}` : asked;
  if (String(target).includes('mypermissions'))
    return json(200, { permissions: { ADMINISTER: { havePermission: true } } });
  return key in stored
    ? json(200, { key, value: stored[key] })
    : json(404, { code: 'KEY_NOT_FOUND', message: 'no such key' });
};
globalThis.fetch = async (url) =>
  String(url).includes('/token')
    ? json(200, {
        access_token: 'bench',
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'okta.groups.manage okta.users.read',
      })
    : json(404, { errorCode: 'E0000007', errorSummary: 'Not found' });

const [file, name] = handler.split('.');
const start = performance.now();
Promise.resolve(
  require(path.join(bundle, `${file}.cjs`))[name](JSON.parse(event), JSON.parse(context)),
)
  .then((answer) => {
    process.stdout.write(
      `${JSON.stringify({ ms: performance.now() - start, answer: JSON.stringify(answer ?? null).slice(0, 300) })}\n`,
    );
    process.exit(0);
  })
  .catch((cause) => {
    process.stderr.write(String(cause?.stack ?? cause));
    process.exit(1);
  });
