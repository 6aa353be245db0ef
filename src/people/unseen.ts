/** Leavers could not be looked for in a connection: kept as a finding until a look goes well again. */
import { done, no } from '../catalog/changes';
import type { Answer } from '../contracts/answer';
import { findings, openFinding, resolveFinding } from '../findings/findings';
import { type Job, jobId, readJob, startJob } from '../jobs/job';
import type { Deps } from '../requests/deps';
import { load } from '../shared/record';

export const unseenKey = (connectionId: string) => `leavers-unseen:${connectionId}`;

/** How many the directory no longer knew, of how many. */
export interface Missing {
  readonly gone: number;
  readonly of: number;
}

/** `why`: codes of what went wrong; none: everybody was looked at. */
export async function tellUnseen(
  deps: Deps,
  connectionId: string,
  why: readonly string[],
  missing: Missing,
): Promise<void> {
  const key = unseenKey(connectionId);
  if (why.length === 0) {
    await resolveFinding(deps, key, 'Everybody with access could be looked at again.');
    return;
  }
  const before = (await load(deps.store, findings, key))?.value;
  // One that was dismissed stays so while it goes on.
  const goesOn = before?.status === 'open' || before?.resolved?.how === 'dismissed';
  const since = (goesOn ? before.openedAt : deps.now()).slice(0, 16).replace('T', ' ');
  const { words, nextStep } = told(why, missing);
  await openFinding(deps, {
    key,
    kind: 'leavers-unseen',
    connectionId,
    sentence: `People who left could not be looked for in all of the connection ${connectionId} since ${since} UTC, so they keep their access: ${words}.`,
    nextStep,
    facts: { why: [...why].sort(), ...(why.includes(TOO_MANY) && { ...missing }) },
  });
}

export const TOO_MANY = 'too-many-gone';

function told(why: readonly string[], { gone, of }: Missing) {
  if (why.includes(TOO_MANY))
    return {
      words: `the directory says that it does not know ${gone} of ${of} people, which is too many to believe`,
      nextStep:
        'Run the self-test: the credential may see fewer people than before. If they have really left, confirm that they are gone; their access then ends.',
    };
  if (why.includes('tenant-changed'))
    return {
      words: 'the connection leads to another tenant than the one their access was given in',
      nextStep:
        'Let the connection lead to the first tenant again, or take the access away there by hand.',
    };
  return {
    words: `the reading failed (${[...why].sort().join(', ')})`,
    nextStep: 'Run the self-test of the connection; it names what is missing.',
  };
}

/**
 * An administrator says that so many people have really left. Holds for as many as the finding names:
 * should the directory miss still more by now, it is asked again.
 */
export async function confirmGone(
  deps: Deps,
  connectionId: string,
  by: string,
): Promise<Answer<Job>> {
  const finding = (await load(deps.store, findings, unseenKey(connectionId)))?.value;
  const gone = finding?.facts?.['gone'];
  if (typeof gone !== 'number' || finding?.resolved?.how === 'healed')
    return no(
      'many-gone',
      'There is nobody in this connection whose leaving was not believed.',
      'Reload the page.',
    );
  const running = await readJob(deps, jobId('people-watch', connectionId));
  if (running?.state === 'running')
    return no('job-runs', 'A look at these people is going on.', 'Try again in a few minutes.');
  await resolveFinding(
    deps,
    unseenKey(connectionId),
    'An administrator confirmed that these people are gone.',
    by,
  );
  return done(
    await startJob(deps, 'people-watch', connectionId, { by, mark: { confirmed: gone } }),
  );
}
