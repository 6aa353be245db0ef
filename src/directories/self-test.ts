/** What the checks of all directories share: words, and the comparison of the two clocks. */
import type { Failure, Result } from '../shared/result';
import type { CheckLine } from './directory';
import type { Done, Refused } from './door';
import type { TokenAnswer } from './token-request';

/** Assertions live for five minutes; a clock further off than this will sooner or later fail one. */
const TOLERATED_SKEW_MS = 60_000;

export function tokenLines(name: string, answer: TokenAnswer, nowMs: number): CheckLine[] {
  const { result, directoryTime } = answer;
  const sentence = result.ok ? 'The directory issued an access token.' : result.error.detail;
  const requestId = answer.requestId === undefined ? {} : { requestId: answer.requestId };
  const lines: CheckLine[] = [{ name, ok: result.ok, sentence, ...requestId }];
  if (directoryTime === undefined) return lines;
  const skewMs = directoryTime - nowMs;
  const off = Math.round(Math.abs(skewMs) / 1000);
  const right = Math.abs(skewMs) <= TOLERATED_SKEW_MS;
  const found = `The directory's clock is ${off} seconds ${skewMs > 0 ? 'ahead of' : 'behind'} ours`;
  lines.push({
    name: 'Clock',
    ok: right,
    sentence: right
      ? 'Both clocks agree.'
      : `${found}, so signed requests may be refused. Try again later.`,
  });
  return lines;
}

/** One line for one read: what was found, or what stopped it and how to mend it. */
export function readLine<T>(
  name: string,
  read: Result<Done<T>, Refused>,
  words: { found: string | ((value: T) => string); mend: string },
): CheckLine {
  if (!read.ok) return failedLine(name, read.error.failure, words.mend);
  const { value, answer } = read.value;
  const sentence = typeof words.found === 'string' ? words.found : words.found(value);
  return { name, ok: true, sentence, ...(answer.requestId && { requestId: answer.requestId }) };
}

export function failedLine(name: string, failure: Failure, mend: string): CheckLine {
  const human = failure.class === 'needs-human' || failure.class === 'permanent';
  const sentence = human ? `${failure.detail} ${mend}` : `${failure.detail} Try again later.`;
  return { name, ok: false, sentence, ...(failure.requestId && { requestId: failure.requestId }) };
}
