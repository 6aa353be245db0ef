/** Bundles a Forge app with Forge's own bundler, our runtime in place of Atlassian's. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Manifest, readManifest } from './manifest';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const STAMP = 'sandbox-stamp.txt';

export interface Bundle {
  readonly outDir: string;
  readonly manifest: Manifest;
}

/** Skips the work when neither source, manifest, lockfile nor runtime changed since the last run. */
export async function bundleApp(dirs: { appDir: string; outDir: string }): Promise<Bundle> {
  const { appDir, outDir } = dirs;
  const manifest = readManifest(appDir);
  const stamp = fingerprint(appDir);
  const stampFile = path.join(outDir, STAMP);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp)
    return { outDir, manifest };
  await run([path.join(HERE, 'bundle-child.cjs'), appDir, outDir, path.join(HERE, 'runtime')]);
  writeFileSync(stampFile, stamp);
  return { outDir, manifest };
}

function run(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`Forge's bundler refused the app:\n${said.trim()}`)),
    );
  });
}

function fingerprint(appDir: string): string {
  const hash = createHash('sha256');
  const roots = ['manifest.yml', 'package.json', 'package-lock.json', 'tsconfig.json', 'src'];
  for (const root of [...roots.map((r) => path.join(appDir, r)), path.join(HERE, 'runtime')]) {
    for (const file of filesUnder(root)) hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function filesUnder(root: string): string[] {
  if (!existsSync(root)) return [];
  if (path.extname(root) !== '' && !isFolder(root)) return [root];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

function isFolder(file: string): boolean {
  try {
    readdirSync(file);
    return true;
  } catch {
    return false;
  }
}
