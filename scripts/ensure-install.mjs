/**
 * Installs what the lockfile says if that has not been done yet, with Node's built-ins only: npm runs
 * no pre- and post-scripts here (see .npmrc), so each script of this project calls this first.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { root, runNpm } from './run.mjs';

const OLDEST_NODE = [20, 19];
const lockfile = path.join(root, 'package-lock.json');
/** npm writes this last, so a broken-off install does not look finished. */
const installed = path.join(root, 'node_modules', '.package-lock.json');
const stamp = path.join(root, 'node_modules', '.latchkey-lock');
/** npm writes both lockfiles at about the same moment, in either order. */
const SAME_MOMENT_MS = 5_000;

export async function ensureInstalled() {
  refuseOldNode();
  const wanted = createHash('sha256').update(fs.readFileSync(lockfile)).digest('hex');
  if (!isCurrent(wanted)) {
    console.log('Installing dependencies from the lockfile …');
    const code = await runNpm(['ci', '--no-audit', '--no-fund']);
    if (code !== 0) {
      console.error('npm ci failed; its message is above.');
      process.exit(code);
    }
  }
  fs.writeFileSync(stamp, wanted);
}

function isCurrent(wanted) {
  if (!fs.existsSync(installed)) return false;
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return true;
  return fs.statSync(installed).mtimeMs + SAME_MOMENT_MS >= fs.statSync(lockfile).mtimeMs;
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needMajor, needMinor] = OLDEST_NODE;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  console.error(
    `Latchkey needs Node ${OLDEST_NODE.join('.')} or later; this is ${process.versions.node}.`,
  );
  process.exit(1);
}
