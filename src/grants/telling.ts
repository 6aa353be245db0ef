/** What people read on the issue about a grant; see the table in `evidence/model/telling.ts`. */

import { durationInWords } from '../catalog/model/catalog';
import type { Telling } from '../evidence/record';
import type { Decision } from '../requests/model/request';
import { epochMs, type Instant } from '../shared/instant';
import type { Failure } from '../shared/result';
import type { Ask, Edge, EndReason, Grant } from './model/grant';
import type { SignedOut } from './sign-out';

const what = (g: Grant) => `${g.roleName} in ${g.appName}`;
const utc = (iso: string) => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

/** In the site's own zone as well, because people plan by it. */
export function moment(iso: string, timeZone: string): string {
  if (timeZone === 'UTC') return utc(iso);
  const local = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone,
  }).format(epochMs(iso as Instant));
  return `${utc(iso)} (${local} ${timeZone})`;
}

/** Break-glass is found by a search of its own as long as it lasts. */
const shownState = ({ state, breakGlass }: Grant) =>
  state === 'revoked' ? 'ended' : state === 'active' && breakGlass ? 'break-glass' : state;

const reviewState = ({ breakGlass }: Grant) =>
  breakGlass?.reviewed?.verdict ?? (breakGlass?.escalatedAt === undefined ? 'open' : 'overdue');

export const propertyOf = (grant: Grant): Record<string, unknown> => ({
  v: 1,
  app: grant.appId,
  role: grant.roleId,
  state: shownState(grant),
  ...(grant.endsAt !== null && { until: grant.endsAt }),
  ...(grant.breakGlass && { breakGlass: true, review: reviewState(grant) }),
  beneficiary: grant.beneficiary,
  digest: grant.digest.slice(0, 12),
  groups: grant.edges.map((e) => ({
    id: e.groupId,
    state: e.state,
    ...(e.found && { found: e.found }),
    ...(e.why && { why: e.why }),
    ...(e.requestId && { request: e.requestId }),
  })),
});

export function granted(
  grant: Grant,
  timeZone: string,
  verified: boolean,
  decisions: readonly Decision[],
): Telling {
  const untouched = grant.edges.filter((e) => e.found === 'member');
  return {
    public: {
      headline: `${grant.breakGlass ? 'BREAK-GLASS ACCESS' : 'Access'} granted: ${what(grant)}`,
      lines: [
        ...(grant.breakGlass
          ? [
              `It was given at once, without anybody's approval. Everybody who could have approved it has been told, and it must be reviewed by ${moment(grant.breakGlass.reviewBy, timeZone)}.`,
            ]
          : []),
        grant.endsAt === null
          ? 'It has no end date; it stays until it is revoked.'
          : `It ends on ${moment(grant.endsAt, timeZone)} (${durationInWords(grant.duration)}).`,
        ...(grant.untilTicket
          ? [`It ends earlier if the ticket ${grant.untilTicket.key} is closed.`]
          : []),
        verified
          ? 'The change was read back from the directory.'
          : 'The directory accepted the change; it can take some minutes until it shows everywhere. The app keeps checking.',
        ...(untouched.length === grant.edges.length
          ? ['The membership existed already and will stay when this access ends.']
          : []),
      ],
    },
    internal: {
      headline: `Granted in connection ${grant.connectionId}`,
      lines: [`Directory person ${grant.personId}. Digest ${grant.digest}.`],
      items: [...decisions.map(decisionLine), ...grant.edges.map(edgeLine)],
    },
  };
}

function decisionLine(d: Decision): string {
  const how = [
    ...(d.channel === 'card' ? ['by card'] : []),
    ...(d.approvalId === undefined ? [] : [`in Jira approval ${d.approvalId}`]),
    ...(d.shortened === undefined ? [] : [`for ${durationInWords(d.shortened)} at most`]),
  ].join(', ');
  const by = d.by === 'rule' ? `rule "${d.rule}"` : `account ${d.by} ${how}`;
  return `Approved by ${by}, stage ${d.stage}, at ${d.at}, seen at ${d.seenAt}`;
}

export function edgeLine(e: Edge): string {
  const found =
    e.found === 'member'
      ? 'was a member before'
      : e.found === 'not-member'
        ? 'was not a member before'
        : 'membership before is uncertain';
  const request = e.requestId ? `, directory request ${e.requestId}` : '';
  const why =
    e.why === 'other-holders'
      ? ', kept: another grant still needs it'
      : e.why === 'not-ours'
        ? ', kept: it was there before us'
        : e.why === 'not-held'
          ? ', nothing was held'
          : '';
  return `${e.groupName} (${e.groupId}): ${e.state}, ${found}${why}${request}`;
}

const REASON: Record<EndReason, string> = {
  expired: 'Its time is over.',
  'rolled-back': 'It could not be completed, so what had been done was undone.',
  withdrawn: 'The request was withdrawn.',
  'revoked-by-person': 'It was revoked.',
  'person-gone': 'The person is no longer in the directory.',
  'person-disabled': "It ended because the person's account in the directory was disabled.",
  returned: 'It was given back early.',
  'ticket-closed': 'The ticket that it was for was closed.',
  'kill-switch': 'It was revoked together with other access.',
  'not-reviewed': 'Nobody reviewed this break-glass access in time.',
};

export function ended(grant: Grant & { because: EndReason }, signedOut?: SignedOut): Telling {
  const kept = grant.edges.filter((e) => e.state === 'left' && e.why !== 'not-held');
  const mayReturn = grant.edges.some((e) => e.mayReturn);
  return {
    public: {
      headline: `Access ended: ${what(grant)}`,
      lines: [
        grant.because === 'ticket-closed' ? ticketClosed(grant) : REASON[grant.because],
        outcome(grant.edges, kept),
        ...(signedOut ? [signedOut.ok ? SIGNED_OUT : NOT_SIGNED_OUT] : []),
        ...(kept.length > 0 && grant.edges.some((e) => e.state === 'gone')
          ? ['What existed before this access, or is still needed by another, stays.']
          : []),
      ],
    },
    ...((kept.length > 0 || signedOut?.ok === false || mayReturn) && {
      internal: {
        headline: 'What was removed and what stays',
        lines: [
          ...(signedOut?.ok === false ? [notSignedOut(signedOut.error)] : []),
          ...(mayReturn ? [MAY_RETURN, WHEN_RETURNED] : []),
        ],
        items: grant.edges.map(edgeLine),
      },
    }),
  };
}

function ticketClosed({ untilTicket }: Grant): string {
  if (!untilTicket) return REASON['ticket-closed'];
  return untilTicket.missing
    ? `The ticket ${untilTicket.key} that it was for is not to be found any more, which counts as closed.`
    : `The ticket ${untilTicket.key} that it was for was closed. Opening it again does not bring the access back.`;
}

/** https://learn.microsoft.com/en-us/entra/fundamentals/users-restore: thirty days. */
export const MAY_RETURN =
  'The person was deleted in the directory, which can restore them for 30 days, and then they are in the groups of this access again. The app does not look for that.';
export const WHEN_RETURNED =
  'Whoever restores the person removes them from these groups; after 30 days nothing is left to do.';
const SIGNED_OUT = 'The person was also signed out of the directory.';
const NOT_SIGNED_OUT =
  'The person could not be signed out of the directory; IT has been told and does it by hand.';
const notSignedOut = ({ code, detail, requestId }: Failure) =>
  `Sessions could not be ended (${code}): ${detail}${requestId === undefined ? '' : ` Directory request ${requestId}.`} IT ends them in the directory.`;

function outcome(edges: readonly Edge[], kept: readonly Edge[]): string {
  if (edges.some((e) => e.state === 'gone'))
    return 'The membership was removed and its absence read back. Sessions that are already open in the app can go on until the app ends them.';
  if (kept.length === 0) return 'Nothing of it stood in the directory.';
  return kept.some((e) => e.why === 'other-holders')
    ? 'The membership stays because another access still needs it.'
    : 'The membership stays because it existed before this access.';
}

export const blocked = (grant: Grant, ask: Ask): Telling => ({
  public: {
    headline: `Access could not be given yet: ${what(grant)}`,
    lines: [ask.sentence, ask.nextStep, 'Nothing was left behind in any directory.'],
  },
  internal: {
    headline: `Blocked: check "${ask.check}"`,
    lines: forIt(ask),
    items: grant.edges.map(edgeLine),
  },
});

const forIt = (ask: Ask) => [
  ask.sentence,
  ...(ask.detail === undefined ? [] : [ask.detail]),
  ask.nextStep,
];

export const stuck = (grant: Grant, cause: Ask): Telling => ({
  public: {
    headline: `The end of ${what(grant)} is delayed`,
    lines: [
      'The removal cannot be completed at the moment. IT has been told, and the app keeps trying.',
    ],
  },
  internal: {
    headline: `Removal is stuck: check "${cause.check}"`,
    lines: forIt(cause),
    items: grant.edges.map(edgeLine),
  },
});
