/** Reads a requester's comment as the answer to what was asked back. */
import type { AccessRequest } from './model/request';
import { readDuration } from './model/wish';

/**
 * `undefined`: not an answer. Only the requester's own comment counts, only while something is
 * asked, and only for what was asked. An approval typed into a comment is never a decision.
 */
export function answersFrom(
  request: AccessRequest,
  comment: { by: string; text: string } | undefined,
): Record<string, string> | undefined {
  if (!comment || request.state !== 'asked' || comment.by !== request.requester) return undefined;
  const open = new Set(request.asked);
  const answers: Record<string, string> = {};
  const reason: string[] = [];
  // A reason alone is the whole comment; beside other answers it is what is left over.
  const pieces =
    open.size === 1 && open.has('reason') ? [comment.text] : comment.text.split(/[\n;,]/);
  for (const piece of pieces) {
    const words = piece.trim().slice(0, LONGEST);
    if (words === '') continue;
    if (open.has('duration') && 'duration' in readDuration(words)) take('duration', words);
    else if (open.has('ticket') && /^[A-Za-z][A-Za-z0-9_]*-\d+$/.test(words))
      take('ticket', words.toUpperCase());
    else if (open.has('role')) take('role', words);
    else if (open.has('reason')) reason.push(words);
  }
  if (reason.length > 0) answers['reason'] = reason.join(', ').slice(0, LONGEST);
  return Object.keys(answers).length > 0 ? answers : undefined;

  function take(what: 'duration' | 'ticket' | 'role', words: string): void {
    answers[what] = words;
    open.delete(what);
  }
}

const LONGEST = 500;
