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
  for (const piece of comment.text.split(/[\n;,]/)) {
    const words = piece.trim().slice(0, 500);
    if (words === '') continue;
    if (open.has('duration') && 'duration' in readDuration(words)) {
      answers['duration'] = words;
      open.delete('duration');
    } else if (open.has('role')) {
      answers['role'] = words;
      open.delete('role');
    } else if (open.has('reason')) {
      answers['reason'] = words;
      open.delete('reason');
    }
  }
  return Object.keys(answers).length > 0 ? answers : undefined;
}
