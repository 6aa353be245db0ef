/**
 * The figures that the project promises, measured: a table on the screen and `bench/latest.json`.
 * Calls are counted in the sandbox (one outgoing HTTP request is one call, a batch or transaction is
 * one); start-up is measured as a ratio against bare handlers in the same run.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { measureCatalog } from './catalog';
import type { Figure } from './figure';
import { measureJourneys } from './journeys';
import { measurePolicy } from './policy';
import { measureStartUp } from './start-up';

const figures: Figure[] = [
  ...(await measureJourneys()),
  ...(await measureCatalog()),
  ...measurePolicy(),
  ...(await measureStartUp()),
];
const width = Math.max(...figures.map((f) => f.figure.length));
for (const f of figures) {
  console.log(
    `${f.within ? 'ok  ' : 'OVER'} ${f.figure.padEnd(width)}  ${f.measured.padEnd(28)} budget ${f.budget}`,
  );
}
mkdirSync('bench', { recursive: true });
const machine = { node: process.version, at: new Date().toISOString(), seed: 1 };
writeFileSync('bench/latest.json', `${JSON.stringify({ machine, figures }, null, 2)}\n`);
console.log(
  'Simulated: Jira, directories and Forge are the sandbox of this project, world "default" ("large" for the catalog), seed 1.',
);
process.exit(figures.every((f) => f.within) ? 0 : 1);
