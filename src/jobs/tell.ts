/** A job that the schedule starts has nobody who waits for it: that it failed is a finding. */
import { openFinding, resolveFinding } from '../findings/findings';
import { StoreUnavailable } from '../forge/store-unavailable';
import type { Deps } from '../requests/deps';

interface Ended {
  readonly id: string;
  readonly kind: string;
  readonly about: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly problem?:
    | { readonly check: string; readonly sentence: string; readonly nextStep: string }
    | undefined;
}

/** Settled by the next run that succeeds. */
export async function tellEnd(deps: Deps, job: Ended): Promise<void> {
  // Whoever applies a set of changes looks at the set.
  if (job.kind === 'apply-changes') return;
  const key = `job-failed:${job.id}`;
  try {
    if (job.state === 'done') await resolveFinding(deps, key, 'It ran to its end again.');
    if (job.state !== 'failed' || !job.problem) return;
    const { check, sentence, nextStep } = job.problem;
    await openFinding(deps, {
      key,
      kind: 'job-failed',
      sentence: `The work "${job.kind}" for ${job.about} failed: ${sentence}`.slice(0, 1000),
      nextStep: nextStep.slice(0, 1000),
      facts: { check },
    });
  } catch (cause) {
    if (cause instanceof StoreUnavailable) throw cause;
    deps.log.error('job.untold', cause, { job: job.id });
  }
}
