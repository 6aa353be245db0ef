/** Which feature does the work of which job. Loaded when a job runs: no other message waits for it. */
import type { JobSteps } from './job';

export const jobSteps: JobSteps = {
  'catalog-sync': async (deps, job) => (await import('../catalog/sync')).catalogSync(deps, job),
  'nightly-read': async (deps, job) => (await import('../catalog/nightly')).nightlyRead(deps, job),
  lint: async (deps, job) => (await import('../catalog/lint')).lintStep(deps, job),
  'people-watch': async (deps, job) => (await import('../people/watch')).watchPeople(deps, job),
  'decider-watch': async (deps, job) =>
    (await import('../people/deciders')).watchDeciders(deps, job),
  'personal-data-report': async (deps, job) =>
    (await import('../people/report')).reportPersonalData(deps, job),
  'apply-changes': async (deps, job) =>
    (await import('../catalog/apply-changes')).applyStep(deps, job),
  'forget-connection': async (deps, job) =>
    (await import('../catalog/forget-connection')).forgetStep(deps, job),
  'kill-switch': async (deps, job) => (await import('../grants/kill-run')).killStep(deps, job),
  'policy-rehearsal': async (deps, job) => (await import('../policy/rehearse')).rehearse(deps, job),
};
