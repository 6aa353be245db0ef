/**
 * What the checklists of all directories share. A line says what was found or what failed, the
 * directory's own words and request id, and how to mend it in that directory's console.
 */
import type { Failure, Result } from '../shared/result';
import type { CheckLine, Directory, TestMembership } from './directory';
import type { Done, Refused } from './door';
import type { TokenAnswer } from './token-request';

/** Assertions live for five minutes; a clock further off than this will sooner or later fail one. */
const TOLERATED_SKEW_MS = 60_000;

export interface Naming {
  readonly id: string;
  readonly name: string;
}

export function tokenLines(
  name: string,
  answer: TokenAnswer,
  nowMs: number,
  mend: string,
): CheckLine[] {
  const { result, directoryTime, requestId } = answer;
  const naming = { id: 'token', name };
  const more = requestId === undefined ? {} : { requestId };
  const lines: CheckLine[] = [
    result.ok
      ? { ...naming, state: 'passed', sentence: 'The directory issued an access token.', ...more }
      : { ...failedLine(naming, result.error, mend), ...more },
  ];
  if (directoryTime === undefined) return lines;
  const skewMs = directoryTime - nowMs;
  const clock = { id: 'clock', name: 'Clock' };
  if (Math.abs(skewMs) <= TOLERATED_SKEW_MS) {
    return [...lines, { ...clock, state: 'passed', sentence: 'Both clocks agree.' }];
  }
  const off = Math.round(Math.abs(skewMs) / 1000);
  const sentence = `The directory's clock is ${off} seconds ${skewMs > 0 ? 'ahead of' : 'behind'} ours, so signed requests may be refused.`;
  const wait =
    'Neither clock can be set from here. Run the test again in an hour; if it stays, ask the support of the directory.';
  return [...lines, { ...clock, state: 'failed', sentence, mend: wait }];
}

/** One line for one read: what was found, or what stopped it and how to mend it. */
export function readLine<T>(
  naming: Naming,
  read: Result<Done<T>, Refused>,
  words: { found: string | ((value: T) => string); mend: string },
): CheckLine {
  if (!read.ok) return failedLine(naming, read.error.failure, words.mend);
  const { value, answer } = read.value;
  const sentence = typeof words.found === 'string' ? words.found : words.found(value);
  return { ...naming, state: 'passed', sentence, ...requestIdOf(answer) };
}

export function failedLine(naming: Naming, failure: Failure, mend: string): CheckLine {
  const passing = failure.class === 'retryable';
  return {
    ...naming,
    state: 'failed',
    sentence: failure.detail,
    mend: passing ? RUN_AGAIN : mend,
    ...(passing && { passing }),
    ...(failure.said !== undefined && { said: failure.said }),
    ...requestIdOf(failure),
  };
}

const RUN_AGAIN = 'Nothing to mend here: run the test again in a few minutes.';

const CHANGE: Naming = { id: 'change-test-group', name: 'Add and remove on the test group' };

/**
 * Adds the test person to the test group and takes them out again. Touches nothing that was there:
 * a person who is a member already is not removed, and the line says so.
 */
export async function changeLine(
  directory: Pick<Directory, 'inspectGroup' | 'isMember' | 'ensureMember' | 'ensureNotMember'>,
  test: TestMembership | undefined,
  mend: string,
): Promise<CheckLine> {
  const skipped = (sentence: string, how: string): CheckLine => ({
    ...CHANGE,
    state: 'not-tested',
    sentence,
    mend: how,
  });
  if (!test) {
    return skipped(
      'Nothing was changed, because no test group is chosen.',
      'Choose a group that gives nothing, and a person for the test.',
    );
  }
  const group = await directory.inspectGroup(test.group);
  if (!group.ok) return failedLine(CHANGE, group.error, mend);
  if (group.value === null)
    return skipped('The test group does not exist.', 'Choose another group.');
  if (group.value.writable !== true)
    return skipped(group.value.writable.sentence, 'Choose another group.');
  if (group.value.privileged)
    return skipped('The test group carries administrator rights.', 'Choose another group.');
  const before = await directory.isMember(test);
  if (!before.ok) return failedLine(CHANGE, before.error, mend);
  const wasThere = () =>
    skipped(
      'The person is in the test group already, so nothing was added and nothing removed.',
      'Choose a person who is not in the test group.',
    );
  if (before.value) return wasThere();
  const added = await directory.ensureMember(test);
  // The reading before may have been of an earlier moment.
  if (added.ok && added.value.outcome === 'already-so') return wasThere();
  // Who was put in although no answer came is taken out again: they were not in it before.
  if (!added.ok && !added.error.outcomeUnknown) return failedLine(CHANGE, added.error, mend);
  const removed = await directory.ensureNotMember(test);
  if (!removed.ok) {
    const left = failedLine(CHANGE, removed.error, mend);
    const put = added.ok ? 'was added' : 'may have been added';
    const sentence = `The person ${put} and could not be removed again; remove them by hand: ${left.sentence}`;
    return { ...left, sentence };
  }
  if (!added.ok) return failedLine(CHANGE, added.error, mend);
  if (removed.value.outcome === 'already-so') {
    const sentence = `One person was added to ${group.value.name}; when they were to be removed the directory did not see them in it yet.`;
    const how = 'Look at the test group in a few minutes and remove the person if they are in it.';
    return { ...CHANGE, state: 'warning', sentence, mend: how, ...requestIdOf(removed.value) };
  }
  const sentence = `One person was added to ${group.value.name} and removed again.`;
  return { ...CHANGE, state: 'passed', sentence, ...requestIdOf(removed.value) };
}

/**
 * Permissions that are granted and not needed, each with what it would allow. `unknown`: why some could
 * not be asked for, which is no proof that they are not granted.
 */
export function powerLine(
  naming: Naming,
  found: {
    readonly refused: readonly string[];
    readonly warned: readonly string[];
    readonly unknown?: Failure | undefined;
  },
  words: { readonly none: string; readonly mend: string },
): CheckLine {
  if (found.refused.length > 0) {
    const sentence = `The credential is far too powerful: ${[...found.refused, ...found.warned].join('; ')}. The app does not work with it.`;
    return { ...naming, state: 'refused', sentence, mend: words.mend };
  }
  if (found.unknown) {
    const { state: _, ...why } = failedLine(naming, found.unknown, words.mend);
    const seen = found.warned.length > 0 ? ` Found so far: ${found.warned.join('; ')}.` : '';
    const sentence = `What else the credential may do could not be looked at: ${why.sentence}${seen}`;
    return { ...why, state: 'not-tested', sentence };
  }
  if (found.warned.length > 0) {
    const sentence = `The credential may do more than the app needs: ${found.warned.join('; ')}.`;
    return { ...naming, state: 'warning', sentence, mend: words.mend };
  }
  return { ...naming, state: 'passed', sentence: words.none };
}

const requestIdOf = ({ requestId }: { readonly requestId?: string | undefined }) =>
  requestId === undefined ? {} : { requestId };
