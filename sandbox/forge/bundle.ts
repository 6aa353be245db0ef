/** Bundles a Forge app with Forge's own bundler, our runtime in place of Atlassian's. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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
  const upToDate = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (upToDate()) return { outDir, manifest };
  const unlock = await locked(`${outDir}.lock`);
  try {
    if (upToDate()) return { outDir, manifest };
    await run([path.join(HERE, 'bundle-child.cjs'), appDir, outDir, path.join(HERE, 'runtime')]);
    writeFileSync(stampFile, stamp);
    return { outDir, manifest };
  } finally {
    unlock();
  }
}

const LOCK_POLL_MS = 100;
/** A lock this old was left behind by a process that died. */
const LOCK_STALE_MS = 3 * 60_000;

/** Test files run in processes of their own and share one bundle. */
async function locked(lock: string): Promise<() => void> {
  mkdirSync(path.dirname(lock), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      return () => rmSync(lock, { recursive: true, force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > LOCK_STALE_MS) rmSync(lock, { recursive: true, force: true });
    await new Promise((wake) => setTimeout(wake, LOCK_POLL_MS));
  }
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

/** Files go by where they lie in the app: `.` and its full path are the same app. */
function fingerprint(appDir: string): string {
  const hash = createHash('sha256');
  const take = (base: string, name: string) => {
    for (const file of filesUnder(path.join(base, name)))
      hash.update(path.relative(base, file)).update(readFileSync(file));
  };
  for (const name of ['manifest.yml', 'package.json', 'package-lock.json', 'tsconfig.json', 'src'])
    take(appDir, name);
  take(HERE, 'runtime');
  return hash.digest('hex');
}

function filesUnder(root: string): string[] {
  if (!existsSync(root)) return [];
  if (statSync(root).isFile()) return [root];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
