/**
 * Forge's own linter and bundler, offline: `npm run lint:forge [-- FOLDER]`. The linter's command asks
 * Atlassian's servers; its library does not, once the swagger files it would fetch lie beside it.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ensureInstalled } from './ensure-install.mjs';
import { buildFrontEnd } from './front-end.mjs';
import { root, seconds } from './run.mjs';

const appDir = path.resolve(process.argv[2] ?? root);
const said = (write) => ({
  info: write,
  warn: write,
  error: (text) => console.error(text),
  debug: () => {},
  trace: () => {},
});
const loud = said((text) => console.log(text));
const quiet = said(() => {});
/** The linter asks a feature-flag service for this; no runtime of ours is deprecated. */
const statsig = { getDeprecatedRuntimes: async () => [] };
const scopesFile = path.join(root, 'sandbox/forge/endpoint-scopes.json');

await ensureInstalled();
// The manifest names what the build makes, and the linter looks for it.
await buildFrontEnd();
if (!fs.existsSync(path.join(appDir, 'manifest.yml'))) {
  console.error(`There is no manifest.yml in ${appDir}.`);
  process.exit(1);
}
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey-lint-'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));
offerLocalSwagger();
// The bundler is a process of its own and works while the linter reads, if it is started before:
// the linter lets nothing else run here.
const { tsImport } = await import('tsx/esm/api');
const { bundleApp } = await tsImport('../sandbox/forge/bundle.ts', import.meta.url);
const bundling = bundle();
const clean = await lint();
const bundled = await bundling;
process.exit(clean && bundled ? 0 : 1);

/** All six files and the flag, or the linter fetches every one of them. */
function offerLocalSwagger() {
  const rows = JSON.parse(fs.readFileSync(scopesFile, 'utf8'));
  const write = (name, paths) => {
    const file = path.join(scratch, name);
    fs.writeFileSync(file, JSON.stringify({ paths }));
    return file;
  };
  const none = write('none.json', {});
  Object.assign(process.env, {
    USE_LOCAL_SWAGGER: '1',
    LOCAL_JIRA_SWAGGER: write('jira.json', swaggerPaths(rows, '/rest/api/')),
    LOCAL_JSM_SWAGGER: write('jsm.json', swaggerPaths(rows, '/rest/servicedeskapi/')),
    LOCAL_JSW_SWAGGER: none,
    LOCAL_CONF_SWAGGER: none,
    LOCAL_CONF_V2_SWAGGER: none,
    LOCAL_BB_SWAGGER: none,
  });
}

function swaggerPaths(rows, prefix) {
  const paths = {};
  for (const { method, path: endpoint, scopes } of rows) {
    if (!endpoint.startsWith(prefix)) continue;
    paths[endpoint] ??= {};
    paths[endpoint][method.toLowerCase()] = {
      'x-atlassian-oauth2-scopes': [{ state: 'Current', scheme: 'OAuth2', scopes }],
    };
  }
  return paths;
}

async function lint() {
  const began = Date.now();
  // The linter finds tsconfig.json and the sources from the working directory.
  process.chdir(appDir);
  const require = createRequire(import.meta.url);
  const { ConfigFile, FileSystemReader, FileSystemWriter } = require('@forge/cli-shared');
  const forge = require('@forge/lint');
  const reader = new FileSystemReader();
  const manifest = await new ConfigFile(reader, new FileSystemWriter()).readConfig();
  const files = await reader.recursiveReadDir('./src', ['node_modules']);
  let read = 0;
  const results = await forge.lint(files, manifest, 'development', quiet, statsig, {
    linter: { mode: 'client-side' },
    parseFunction: (file, parser) => {
      read += 1;
      return forge.parseSourceFile(file, parser);
    },
  });
  forge.reportLintResults(loud, results, false);
  const { errors, warnings, approvals } = forge.problemCount(results);
  console.log(
    `Forge's linter read ${read} of ${files.length} files: ${errors} errors, ${warnings} warnings, ${approvals} approvals needed (${seconds(began)}).`,
  );
  // With a tsconfig whose `include` names folders it reads no TypeScript at all and finds no fault.
  if (read === 0) console.error('It read nothing: check `include` in tsconfig.json.');
  return errors === 0 && approvals === 0 && read > 0;
}

async function bundle() {
  const began = Date.now();
  try {
    const { outDir } = await bundleApp({ appDir, outDir: path.join(appDir, 'dist') });
    const chunks = fs.readdirSync(outDir).filter((file) => file.endsWith('.cjs'));
    console.log(`Forge's bundler made ${chunks.length} chunks (${seconds(began)}).`);
    return true;
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause);
    return false;
  }
}
