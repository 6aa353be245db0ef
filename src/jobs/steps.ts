/** Which feature does the work of which job. */
import { lintStep } from '../catalog/lint';
import { nightlyRead } from '../catalog/nightly';
import { catalogSync } from '../catalog/sync';
import { watchPeople } from '../people/watch';
import type { JobSteps } from './job';

const notYet = async () => ({
  kind: 'failed' as const,
  problem: { check: 'job-known', sentence: 'There is no such work.', nextStep: 'Reload the page.' },
});

export const jobSteps: JobSteps = {
  'catalog-sync': catalogSync,
  'nightly-read': nightlyRead,
  lint: lintStep,
  'people-watch': watchPeople,
  'personal-data-report': notYet,
  'apply-changes': notYet,
};
