/** Why a request cannot be pinned, in words for the person who asked. */
import type { Refusal } from '../shared/result';
import { HEADING } from './model/wish';

export const tooLong: Refusal = {
  check: 'description-has-room',
  sentence: 'The description is so long that the approvers could not be shown what they decide on.',
  nextStep: 'Please shorten the description by about 2,000 characters; IT then presses Resume.',
};
export const unknownApp = (said: string | undefined): Refusal => ({
  check: 'app-known',
  sentence: said
    ? 'The app that was asked for is not in the catalog.'
    : 'The request does not name an app.',
  nextStep: 'IT has been told and sorts it out with you here; nothing is lost.',
  facts: { said: said?.slice(0, 200) ?? null },
});
export const withdrawnRole = (what: string): Refusal => ({
  check: 'role-offered',
  sentence: 'The role that was asked for is not offered any more.',
  nextStep: 'Please ask for another role, or talk to IT here.',
  facts: { role: what },
});
export const lookAlike: Refusal = {
  check: 'one-text-of-the-app',
  sentence:
    'The description holds a second text that looks like the one the app writes, so approvers could not tell which one counts.',
  nextStep: `Please take the line "${HEADING}" out of your own text; the app then reads the request again.`,
};
export const notAsWritten: Refusal = {
  check: 'text-as-written',
  sentence: 'Jira shows the text that approvers decide on in another way than the app wrote it.',
  nextStep: 'IT sees the details and presses Resume once it is mended.',
};
export const ticketUnread: Refusal = {
  check: 'ticket-read',
  sentence: 'The ticket that the access shall end with could not be read just now.',
  nextStep: 'IT presses Resume once Jira answers again.',
};
export const ticketGone = (key: string | undefined): Refusal => ({
  check: 'ticket-open',
  sentence: key
    ? 'The access shall end when a ticket is closed, but that ticket is not an open one of a project that counts here.'
    : 'The access shall end when a ticket is closed, but no ticket is named.',
  nextStep: 'Please ask again and name an open ticket by its key, or ask for a length of time.',
  facts: { ticket: key?.slice(0, 40) ?? null },
});
