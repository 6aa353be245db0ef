import { defineConfig } from 'vitest/config';
import { tags } from './test/tags.js';

const everything = 'test/**/*.test.ts';
const apart = (suite: string) => `test/${suite}/**/*.test.ts`;

export default defineConfig({
  test: {
    tags,
    strictTags: true,
    // Vitest leaves one processor to itself, which is half of a machine that has two.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [everything],
          exclude: ['contract', 'e2e', 'simulation'].map(apart),
          // A busy machine is no failure: the usual five seconds are too few for the longest journeys.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'contract',
          include: [apart('contract')],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: [apart('e2e')],
          // Each file has a sandbox of its own, with its own clock, worker and ports. Within one,
          // journeys follow each other: two at once would move each other's time.
          // Beside each other they starve one another on two processors, and a story's minutes are real ones.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'simulation',
          include: [apart('simulation')],
          sequence: { groupOrder: 2 },
          testTimeout: 300_000,
        },
      },
    ],
  },
});
