/** Runs the project's tools as child processes of this Node, so that nothing depends on a shell. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const bins = {
  tsc: 'typescript/bin/tsc',
  biome: '@biomejs/biome/bin/biome',
  depcruise: 'dependency-cruiser/bin/dependency-cruise.mjs',
  knip: 'knip/bin/knip.js',
  vitest: 'vitest/vitest.mjs',
  vite: 'vite/bin/vite.js',
};

/** Node arguments that start a tool of `node_modules`. */
export const tool = (name, ...args) => [path.join(root, 'node_modules', bins[name]), ...args];

/** Node arguments that run a TypeScript file of this project. */
export const typescript = (file, ...args) => ['--import', 'tsx', file, ...args];

/**
 * Runs `node …args` in the project's root and resolves with the exit code. With `quiet`, the output
 * is kept and given back instead of shown.
 */
export function runNode(args, { quiet = false, node = process.execPath, env = {} } = {}) {
  return start(node, args, { quiet, env });
}

export async function runNpm(args) {
  const npm = process.env['npm_execpath'];
  const { code } = npm?.endsWith('.js')
    ? await start(process.execPath, [npm, ...args], {})
    : await start('npm', args, { shell: process.platform === 'win32' });
  return code;
}

/** Hands the terminal over: signals reach the child, and its exit code becomes ours. */
export async function become(args, options) {
  const { code } = await runNode(args, options);
  process.exit(code);
}

function start(command, args, { quiet = false, env = {}, shell = false }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      shell,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    // Ctrl+C reaches the whole group; the parent only has to outlive the child's own goodbye.
    const ignore = () => {};
    const forward = () => child.kill('SIGTERM');
    process.on('SIGINT', ignore);
    process.on('SIGTERM', forward);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', forward);
      resolve({ code: code ?? (signal === 'SIGINT' ? 0 : 1), output });
    });
  });
}

export const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
