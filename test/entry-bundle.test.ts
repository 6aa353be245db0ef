/** What a function pays for when it starts: the entry bundle, as Forge's own bundler makes it. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleApp } from '../sandbox/forge/bundle';

const root = path.resolve(import.meta.dirname, '..');
const outDir = path.join(root, 'dist');
const BUNDLING_MS = 180_000;

const sdks = {
  okta: /node_modules\/@okta\//,
  entra: /node_modules\/@microsoft\/microsoft-graph-client\//,
  google: /node_modules\/(googleapis|google-auth-library|googleapis-common)\//,
};

/** The files that went into one chunk, from its source map. */
function sources(chunk: string): string[] {
  return JSON.parse(fs.readFileSync(path.join(outDir, `${chunk}.map`), 'utf8')).sources;
}

describe('the entry bundle', () => {
  beforeAll(() => bundleApp({ appDir: root, outDir }), BUNDLING_MS);

  it('is made once, however the folder of the app is spelled', async () => {
    const made = fs.statSync(path.join(outDir, 'index.cjs')).mtimeMs;
    await bundleApp({ appDir: path.relative(process.cwd(), root) || '.', outDir });
    expect(fs.statSync(path.join(outDir, 'index.cjs')).mtimeMs).toBe(made);
  });

  it('is where the app begins', () => {
    expect(sources('index.cjs').some((file) => file.endsWith('/src/index.ts'))).toBe(true);
  });

  it.each(Object.entries(sdks))('holds nothing of the %s client', (_directory, sdk) => {
    expect(sources('index.cjs').filter((file) => sdk.test(file))).toEqual([]);
  });

  it.each(Object.entries(sdks))(
    'leaves the %s client to a chunk loaded on use',
    (directory, sdk) => {
      const chunks = fs
        .readdirSync(outDir)
        .filter((file) => file.endsWith('.cjs') && file !== 'index.cjs')
        .filter((file) => fs.existsSync(path.join(outDir, `${file}.map`)));
      const carriers = chunks.filter((chunk) => sources(chunk).some((file) => sdk.test(file)));
      expect(carriers, `no chunk carries the ${directory} client`).not.toEqual([]);
    },
  );
});
