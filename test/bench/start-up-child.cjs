/**
 * One cold start in a process of its own: loads a bundle, calls one handler, prints the milliseconds
 * from before the load to the answer, and which calls it made. Forge's two globals, Jira and the
 * directories answer from memory and at once, so that only the function's own work is measured.
 */
const { performance } = require('node:perf_hooks');
const path = require('node:path');

const [bundle, handler, event, context] = process.argv.slice(2);
const stored = JSON.parse(process.env.BENCH_STORED ?? '{}');
const calls = [];
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
  const { pathname } = new URL(String(target), 'https://forge.example');
  calls.push(`forge ${init?.method ?? 'GET'} ${pathname}`);
  if (pathname.includes('/api/v1/')) return store(pathname, JSON.parse(init?.body ?? '{}'));
  if (pathname.includes('/queue/publish/')) return json(201, {});
  if (pathname.endsWith('/comment')) return json(201, { id: '1' });
  return json(404, { errorMessages: ['not found'] });
};

function store(pathname, body) {
  const known = (key) => (key in stored ? { key, value: stored[key] } : undefined);
  const missing = { code: 'KEY_NOT_FOUND', message: 'no such key' };
  if (pathname.endsWith('/batch/get')) {
    const answer = { successfulKeys: [], failedKeys: [] };
    for (const { key, entityName } of body) {
      const found = known(key);
      if (found) answer.successfulKeys.push({ ...found, entityName });
      else answer.failedKeys.push({ key, entityName, error: missing });
    }
    return json(200, answer);
  }
  if (pathname.endsWith('/get')) {
    const found = known(pathname.includes('/secret/') ? `secret ${body.key}` : body.key);
    return found ? json(200, found) : json(404, missing);
  }
  return json(204);
}

/** Hosts of the directories; the first matching line answers. A person that is gone, in no group. */
const ANSWERS = [
  [
    /\/token$/,
    () =>
      json(200, {
        access_token: 'bench',
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'okta.groups.manage okta.users.read',
      }),
  ],
  [/okta\.com\/.*\/groups$/, () => json(200, [])],
  [/graph\.microsoft\.com\/.*\/memberOf/, () => json(200, { value: [] })],
  [
    /graph\.microsoft\.com/,
    () => json(404, { error: { code: 'Request_ResourceNotFound', message: 'none' } }),
  ],
  [
    /googleapis\.com/,
    () =>
      json(404, {
        error: {
          code: 404,
          message: 'Resource Not Found: memberKey',
          errors: [{ reason: 'notFound' }],
        },
      }),
  ],
  [/./, () => json(404, { errorCode: 'E0000007', errorSummary: 'Not found' })],
];
globalThis.fetch = async (target, init) => {
  const { hostname, pathname } = new URL(String(target?.url ?? target));
  const method = init?.method ?? target?.method ?? 'GET';
  calls.push(`${hostname} ${method} ${pathname}`);
  if (method === 'DELETE') return json(204);
  return ANSWERS.find(([address]) => address.test(hostname + pathname))[1]();
};

const [file, name] = handler.split('.');
const start = performance.now();
Promise.resolve(
  require(path.join(bundle, `${file}.cjs`))[name](JSON.parse(event), JSON.parse(context)),
)
  .then(() => {
    process.stdout.write(`\n${JSON.stringify({ ms: performance.now() - start, calls })}\n`);
    process.exit(0);
  })
  .catch((cause) => {
    process.stderr.write(String(cause?.stack ?? cause));
    process.exit(1);
  });
