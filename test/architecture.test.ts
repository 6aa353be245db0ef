/**
 * The layer rule and the promise rules, each proven twice: nothing in the tree breaks it, and a breach
 * planted for it is found. A checker that looked at nothing would be green too.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const bin = (file: string) => path.join(root, 'node_modules', file);

/** Standard output of a tool, also when it found something and so exited with an error. */
function run(cwd: string, file: string, ...args: string[]): string {
  try {
    return execFileSync(process.execPath, [bin(file), ...args], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (cause) {
    return (cause as { stdout: string }).stdout;
  }
}

function plant(files: Record<string, string>): string {
  const tree = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey-planted-'));
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    fs.writeFileSync(path.join(tree, file), text);
  }
  return tree;
}

interface Cruise {
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
  readonly modules: readonly { readonly source: string; readonly followable?: boolean }[];
}

function cruise(tree: string, folders: string[]): Cruise {
  const config = path.join(root, '.dependency-cruiser.cjs');
  const args = ['--config', config, '--output-type', 'json', ...folders];
  return JSON.parse(run(tree, 'dependency-cruiser/bin/dependency-cruise.mjs', ...args));
}

const FOLDERS = ['src', 'sandbox', 'test'];

describe('the layer rule', () => {
  it('holds everywhere', () => {
    const { summary, modules } = cruise(root, FOLDERS);
    const ours = modules.filter(({ source }) => /^(src|sandbox|test)\//.test(source));
    console.log(`layer rule: ${ours.length} modules looked at`);
    expect(ours.length).toBeGreaterThan(0);
    expect(summary.violations.map((v) => `${v.rule.name}: ${v.from} → ${v.to}`)).toEqual([]);
  });

  /** rule → the file that breaks it and what that file says */
  const breaches: Record<string, [file: string, text: string]> = {
    'models-are-pure': ['src/grants/model/a.ts', "import 'node:fs';"],
    'shared-stands-alone': ['src/shared/a.ts', "import '../grants/model/fine';"],
    'contracts-are-plain': ['src/contracts/a.ts', "import '@forge/api';"],
    'front-end-sees-contracts': ['static/app/src/a.ts', "import '../../../src/grants/model/fine';"],
    'features-know-ports-only': ['src/grants/a.ts', "import '../forge/store';"],
    'nobody-imports-the-shell': ['src/approvals/a.ts', "import '../app';"],
    'adapters-know-ports-and-models': ['src/jira/a.ts', "import '../grants/expire';"],
    'directories-do-not-share': ['src/directories/okta/a.ts', "import '../entra/fine';"],
    'forge-at-the-edge': ['src/approvals/b.ts', "import '@forge/kvs';"],
    'sdk-behind-its-adapter': ['src/jira/b.ts', "import '@okta/okta-sdk-nodejs';"],
    'adapters-load-late': ['src/app.ts', "import './directories/entra/fine';"],
    'googleapis-by-sub-path': ['src/directories/google/a.ts', "import 'googleapis';"],
    'product-depends-on-what-ships': ['src/forge/a.ts', "import 'vitest';"],
    'product-and-sandbox-apart': ['src/policy/a.ts', "import '../../sandbox/fine';"],
    'sandbox-and-product-apart': ['sandbox/a.ts', "import '../src/grants/model/fine';"],
    'no-cycles': ['src/evidence/a.ts', "import './b';"],
    'imports-resolve': ['src/evidence/c.ts', "import './no-such-file';"],
  };
  const clean = {
    'src/index.ts': "import './app';",
    'src/grants/model/fine.ts': "import '../../shared/fine';",
    'src/grants/expire.ts': "import './model/fine'; import '../forge/ports';",
    'src/shared/fine.ts': 'export const fine = 1;',
    'src/forge/ports.ts': 'export {};',
    'src/forge/store.ts': "import '@forge/kvs'; import './ports';",
    'src/evidence/b.ts': "import './a';",
    'src/directories/directory.ts': 'export {};',
    'src/directories/registry.ts': "export const load = () => import('./okta/fine');",
    'src/directories/okta/fine.ts': "import '@okta/okta-sdk-nodejs'; import '../directory';",
    'src/directories/entra/fine.ts': 'export {};',
    'sandbox/fine.ts': 'export {};',
  };
  const packages = ['@forge/api', '@forge/kvs', '@okta/okta-sdk-nodejs', 'vitest'];
  let found: Cruise['summary']['violations'];
  let tree: string;

  beforeAll(() => {
    const { dependencies, devDependencies } = JSON.parse(
      fs.readFileSync(path.join(root, 'package.json'), 'utf8'),
    );
    tree = plant({
      ...clean,
      ...Object.fromEntries(Object.values(breaches)),
      'tsconfig.json': '{"compilerOptions":{"module":"esnext","moduleResolution":"bundler"}}',
      'package.json': JSON.stringify({ dependencies, devDependencies }),
      'node_modules/googleapis/package.json': '{"main":"build/src/index.js"}',
      'node_modules/googleapis/build/src/index.js': '',
      ...Object.fromEntries(packages.map((name) => [`node_modules/${name}/index.js`, ''])),
    });
    found = cruise(tree, ['src', 'sandbox', 'static']).summary.violations;
  });
  afterAll(() => fs.rmSync(tree, { recursive: true, force: true }));

  it.each(Object.entries(breaches))('%s catches a breach', (rule, [file]) => {
    expect(found.filter((v) => v.from === file).map((v) => v.rule.name)).toContain(rule);
  });

  it('lets the clean files be', () => {
    const blamed = found.filter((v) => v.from in clean && v.rule.name !== 'no-cycles');
    expect(blamed.map((v) => `${v.rule.name}: ${v.from} → ${v.to}`)).toEqual([]);
  });

  it('has a planted breach for every rule', () => {
    const { forbidden }: { forbidden: { name: string }[] } = createRequire(import.meta.url)(
      '../.dependency-cruiser.cjs',
    );
    expect(Object.keys(breaches).sort()).toEqual(forbidden.map((rule) => rule.name).sort());
  });
});

describe('the linter', () => {
  const faults: Record<string, [file: string, text: string]> = {
    noFloatingPromises: [
      'src/forge/floating.ts',
      "import { save } from './save';\nexport function go(): void {\n  save();\n}\n",
    ],
    'noMisusedPromises in a condition': [
      'src/forge/condition.ts',
      "import { save } from './save';\nexport const go = (): string => (save() ? 'yes' : 'no');\n",
    ],
    'noMisusedPromises in a callback': [
      'src/forge/callback.ts',
      "import { save } from './save';\n[1].forEach(async () => {\n  await save();\n});\n",
    ],
    useExhaustiveSwitchCases: [
      'src/forge/switch.ts',
      "export function go(state: 'active' | 'stuck'): number {\n  switch (state) {\n    case 'active':\n      return 1;\n  }\n  return 0;\n}\n",
    ],
    noExplicitAny: ['src/forge/any.ts', 'export const go = (x: any): unknown => x;\n'],
    noDefaultExport: ['src/forge/default.ts', 'export default 1;\n'],
    'noRestrictedGlobals for Date': [
      'src/grants/clock.ts',
      'export const now = (): number => Date.now();\n',
    ],
    'noRestrictedGlobals for fetch': [
      'src/policy/model/door.ts',
      "export const go = (): Promise<Response> => fetch('https://example.com');\n",
    ],
  };
  let found: { category: string; location: { path: string | { file: string } } }[];
  let tree: string;

  beforeAll(() => {
    tree = plant({
      ...Object.fromEntries(Object.values(faults)),
      'biome.json': fs.readFileSync(path.join(root, 'biome.json'), 'utf8'),
      'tsconfig.json': fs.readFileSync(path.join(root, 'tsconfig.json'), 'utf8'),
      'package.json': '{"type":"module"}',
      'src/forge/save.ts': 'export async function save(): Promise<boolean> {\n  return true;\n}\n',
    });
    const args = ['lint', '--reporter=json', '--max-diagnostics=none', 'src'];
    found = JSON.parse(run(tree, '@biomejs/biome/bin/biome', ...args)).diagnostics;
  });
  afterAll(() => fs.rmSync(tree, { recursive: true, force: true }));

  it.each(Object.entries(faults))('%s is found', (name, [file]) => {
    const rules = found
      .filter(({ location }) => JSON.stringify(location.path).includes(file))
      .map(({ category }) => category.split('/').at(-1));
    expect(rules).toContain(name.split(' ')[0]);
  });

  it('finds no fault in the file that has none', () => {
    expect(found.filter(({ location }) => JSON.stringify(location).includes('save.ts'))).toEqual(
      [],
    );
  });
});
