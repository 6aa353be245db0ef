/**
 * Faults that the product survives and attacks that it withstands. A test that proves one carries its
 * tag: `npx vitest --list-tags` prints this table, `--tags-filter` runs one row of it.
 */
import type { TestTagDefinition } from 'vitest/config';

const faults = {
  'event-repeated': 'The same event delivered several times, also at once, makes one grant.',
  'events-out-of-order':
    'Events in any order lead to the same end, and a late one changes nothing.',
  'event-lost': 'An approval whose event never came is found by reconciliation.',
  'event-older-than-issue': 'What an event says is only a hint: the issue is read again.',
  'handler-keeps-failing': 'A handler that fails on every retry loses nothing; the sweep finishes.',
  'queue-push-fails': 'Work whose push to the queue failed stays in the outbox until it ran.',
  'crash-before-intent': 'A crash before the intent is written leaves the directory untouched.',
  'crash-after-intent': 'A crash between intent and directory call is resumed with one call.',
  'crash-after-directory-call': 'A change whose answer was lost in a crash is known as ours.',
  'answer-lost': 'A directory call that timed out is settled by reading, applied or not.',
  'killed-half-way': 'A function killed between two groups goes on with the next one.',
  'two-workers-one-grant': 'Two workers on one grant: one proceeds, the other steps back.',
  'overlapping-grants': 'Membership goes with the last of two grants, never with the first.',
  'grant-begins-as-other-ends': 'A grant that begins while another ends loses nobody their access.',
  'already-a-member': 'A membership that was there before us is still there after us.',
  'removed-by-someone-else': 'A membership taken away outside the app is not put back silently.',
  'shared-group': 'Two roles that share a group count as two holders of one membership.',
  'rate-limited': 'A rate limit is waited out as the directory asked, revocations first.',
  'directory-down': 'An outage across the end of a grant delays the removal and never drops it.',
  'credential-refused': 'A refused credential stops new grants and keeps every revocation waiting.',
  'group-turned-privileged':
    'A removal the directory no longer allows is shown and tried for ever.',
  'absent-or-lagging':
    'A missing person, group or membership is told from replication lag by reading.',
  'group-deleted':
    'A group deleted while granted turns its role red; its grants end on time as gone.',
  'person-missing-or-double':
    'No directory account, or two, means no grant and a question to people.',
  'mover-listed': 'Who changes department or manager keeps access, and it is listed for people.',
  'person-suspended': 'A suspended person gets nothing new and still loses what ends.',
  'second-group-fails': 'A role is granted whole or not at all: what was added is taken back.',
  'filled-by-rule': 'A group that a rule fills is never shown as automated.',
  'directory-lies': 'A success that changed nothing is caught by reading back.',
  'broken-answer': 'HTML, empty and cut-off answers count as unknown, never as success.',
  'cursor-loops': 'A page cursor that repeats ends the reading instead of the function.',
  'comment-fails': 'The record of a grant is delivered once, however often Jira failed.',
  'issue-gone': 'Access ends on time when its issue or project no longer exists.',
  'issue-moved': 'An issue is known by its id; a new issue with an old key inherits nothing.',
  'field-missing': 'A field or screen that changed under way stops grants and no revocation.',
  'store-write-fails': 'No directory call without a stored intent, whichever write failed.',
  'query-stale': 'A query finds candidates only; a read by key decides.',
  'record-unreadable': 'A record of unknown shape is set aside and its access still ends.',
  'schedule-missed': 'One run catches up on sweeps that were missed, doubled or shifted.',
  'poison-record': 'One record that always fails does not stop the others.',
  'sweep-cut-off': 'A sweep that is cut off goes on where it stopped, overdue work first.',
  'job-cut-off': 'Long work that is cut off at any call comes to the same end.',
  'list-incomplete':
    'A list that was read half way, or lost most of its lines, makes nothing gone.',
  'clocks-differ': 'Clocks that disagree never end access early.',
  'bad-duration': 'A nonsensical duration is refused with its reason, never read as no end.',
  'licence-inactive': 'Without a licence nothing new is granted and everything still ends.',
  'approver-deactivated': 'An approver who left before the first directory call no longer counts.',
  'two-sites-one-process': 'Two sites served by one warm process see nothing of each other.',
  'site-copied': 'The copy of a site calls no directory with what came along.',
  'other-app-id': 'Nothing depends on the app id that one installation happens to have.',
} as const;

const attacks = {
  'edited-after-approval': 'A request edited after it was approved is not granted.',
  'edited-while-deciding': 'An answer counts for what was shown, not for what came after.',
  'status-without-consent': 'A status called approved grants nothing without an approval.',
  'bulk-transition': 'Moving many issues to approved at once grants none of them.',
  'self-approval': 'Nobody approves their own access, under any of their accounts.',
  'reporter-swapped': 'Changing the reporter does not let the first one approve.',
  'actor-spoofed': 'Who acts comes from the platform, never from what the page sent.',
  'other-persons-request': 'Nobody reads or changes a request that is not theirs.',
  'not-an-admin': 'Admin functions refuse everyone without the right, in each call.',
  'odd-function-name': 'A function name that no one registered is refused like any other.',
  'forged-record': 'A comment or property written by hand is no evidence.',
  'cloned-issue': 'A copy of an approved issue starts unapproved.',
  'moved-to-other-type': 'A new project or request type voids the approval.',
  'email-mismatch': 'Only an exact, verified address of one active person finds that person.',
  'groups-swapped': 'A role whose groups changed after the approval is asked again.',
  'privileged-group': 'A group that gives administrator rights is not granted like a plain one.',
  'circular-mapping': 'A role that would make its own approvers or administrators is not offered.',
  'look-alike-group': 'A group is known by its id; one that took its name gets nothing.',
  'text-injection': 'What people type stays text: no mentions, no links, no markup.',
  'foreign-host': 'Credentials go to the connection’s own host and nowhere else.',
  'secret-moved': 'A connection pointed to another host loses its secret first.',
  'secret-read-back': 'A stored secret is never shown again.',
  'secret-leaked': 'No secret appears in logs, errors, comments or plain records.',
  'forged-job': 'A crafted queue message makes nothing happen that the ledger does not hold.',
  'end-tampered': 'The end is computed by the app, never taken from a field.',
  'auto-approval-tricked': 'Nothing the requester can write makes a request approve itself.',
  'one-person-two-stages': 'One person does not answer for two.',
  'approved-in-a-comment': 'The word approved in a comment is a comment.',
  'app-as-approver': 'An automation or app account decides nothing.',
  'wrong-kind-of-account': 'A deactivated or unlinked account decides nothing.',
  'withdrawn-in-a-race': 'Access withdrawn while it is being made is taken away again.',
  'hostile-import': 'Unknown keys and prototype tricks in settings are refused.',
  'approver-field-tampered': 'An added approver’s answer counts for nothing.',
  'answered-before-pin': 'An answer given before the request was pinned counts for nothing.',
} as const;

export type Tag = keyof typeof faults | keyof typeof attacks;

declare module 'vitest' {
  interface TestTags {
    tags: Tag;
  }
}

export const tags: TestTagDefinition[] = Object.entries({ ...faults, ...attacks }).map(
  ([name, description]) => ({ name: name as Tag, description }),
);
