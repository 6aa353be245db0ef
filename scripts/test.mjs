/** Everything that CI runs, in one go: `npm test` on a fresh clone needs nothing before it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureInstalled } from './ensure-install.mjs';
import { root, runNode, seconds, tool } from './run.mjs';

const began = Date.now();
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey-test-'));
process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));
await ensureInstalled();

// The bundle comes before the tests: some of them read it, and the sandbox runs it.
const steps = [
  { name: 'static checks', run: () => script('check.mjs') },
  { name: 'front end', run: () => script('build.mjs') },
  { name: "Forge's linter and bundler", run: () => script('lint-forge.mjs') },
  { name: 'unit and contract tests', run: () => vitest('unit', 'contract') },
  { name: 'stories and browser', run: () => vitest('e2e'), needs: 'test/e2e' },
  { name: 'simulation', run: () => vitest('simulation'), needs: 'test/simulation' },
];

const rows = [];
for (const { name, run, needs } of steps) {
  if (needs && !fs.existsSync(path.join(root, needs))) {
    rows.push({ name, took: '-', said: `not run: there is no ${needs} yet` });
    continue;
  }
  console.log(`\n── ${name}`);
  const start = Date.now();
  const { code, said, counts } = await run();
  rows.push({ name, ok: code === 0, took: seconds(start), said, counts });
}

console.log('');
for (const { name, ok, took, said } of rows) {
  console.log(
    `${ok === undefined ? '--  ' : ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(28)} ${took.padStart(8)}  ${said}`,
  );
}
const failed = rows.filter((row) => row.ok === false).map((row) => row.name);
console.log(
  failed.length === 0
    ? `\nAll of npm test passed in ${seconds(began)}.`
    : `\nnpm test failed after ${seconds(began)}: ${failed.join(', ')}.`,
);
const sum = (i) => rows.reduce((total, { counts }) => total + (counts?.[i] ?? 0), 0);
console.log(`${sum(0)} passed, ${sum(1)} failed, ${sum(2)} skipped`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function script(file) {
  const { code } = await runNode([path.join('scripts', file)]);
  return { code, said: '' };
}

async function vitest(...projects) {
  const report = path.join(scratch, `${projects.join('-')}.json`);
  const { code } = await runNode(
    tool(
      'vitest',
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ),
  );
  if (!fs.existsSync(report)) return { code: code || 1, said: 'no report: nothing ran' };
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    fs.readFileSync(report, 'utf8'),
  );
  const said = `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped in ${testResults.length} files`;
  const counts = [numPassedTests, numFailedTests, numPendingTests];
  return { code: numPassedTests === 0 ? code || 1 : code, said, counts };
}
