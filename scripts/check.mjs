/** The static checks, side by side: types, format and lint, layers, dead code. `--fix` repairs first. */
import fs from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './ensure-install.mjs';
import { root, runNode, seconds, tool } from './run.mjs';

await ensureInstalled();
if (process.argv.includes('--fix'))
  await runNode(tool('biome', 'check', '--write', '--colors=off', '.'));

/** The layer rule looks at every folder that has code; the front end joins when it is there. */
const trees = ['src', 'sandbox', 'test', 'static/app/src'].filter((tree) =>
  fs.existsSync(path.join(root, tree)),
);
const checks = [
  { name: 'types', args: tool('tsc', '--noEmit', '-p', 'tsconfig.all.json') },
  {
    name: 'format and lint',
    args: tool('biome', 'ci', '--colors=off', '--error-on-warnings', '.'),
  },
  { name: 'layers', args: tool('depcruise', '--config', '.dependency-cruiser.cjs', ...trees) },
  { name: 'dead code', args: tool('knip') },
];

const began = Date.now();
const results = await Promise.all(
  checks.map(async ({ name, args }) => {
    const start = Date.now();
    const { code, output } = await runNode(args, { quiet: true });
    return { name, code, output: output.trim(), took: seconds(start) };
  }),
);
for (const { name, code, output, took } of results) {
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name} (${took})`);
  if (code !== 0 || name === 'layers') console.log(output.replace(/^/gm, '      '));
}
const failed = results.filter((result) => result.code !== 0).map((result) => result.name);
console.log(
  failed.length === 0
    ? `Static checks passed in ${seconds(began)}.`
    : `Static checks failed in ${seconds(began)}: ${failed.join(', ')}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
