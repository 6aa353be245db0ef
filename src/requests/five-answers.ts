/**
 * The five answers that stand on the issue before anybody is asked to decide: approvers answer from
 * e-mail, chat and the phone, where no screen of ours exists, so plain text in the description is
 * the one place they all may see. (Whether approval mails show the description is unverified.)
 */
import { DIRECTORY_NAMES, durationInWords } from '../catalog/model/catalog';
import type { Offer } from '../catalog/store';
import { moment } from '../grants/telling';
import type { Account, Block, Text } from '../jira/port';
import { chainInWords } from '../policy/chain-words';
import type { Judged } from './asking';
import type { Stage } from './model/request';
import type { Wish } from './model/wish';
import type { By } from './pinned';

export interface FiveAnswers {
  readonly beneficiary: string;
  readonly requester: string;
  readonly offer: Offer;
  readonly duration: number | null;
  readonly reason: string;
  readonly stages: readonly Stage[];
  readonly accounts: readonly Account[];
  readonly issueKey: string;
  readonly timeZone: string;
  /** What exactly is decided on; its beginning is shown, so that it can be compared. */
  readonly digest: string;
  readonly by: By;
  readonly wish: Pick<Wish, 'untilTicket'>;
  readonly judged: Pick<Judged, 'start' | 'ticket' | 'verdict'>;
}

export function fiveAnswers(a: FiveAnswers): Text {
  const name = (id: string) =>
    a.accounts.find((one) => one.accountId === id)?.displayName ?? 'an account without a name';
  const { role, app, connection } = a.offer;
  const directory = connection
    ? `${DIRECTORY_NAMES[connection.kind]} (${connection.name})`
    : 'the directory';
  const who =
    a.beneficiary === a.requester
      ? name(a.beneficiary)
      : `${name(a.beneficiary)}, asked for by ${name(a.requester)}`;
  const until =
    a.duration === null
      ? 'no end: until it is revoked'
      : `${durationInWords(a.duration)}, counted from the moment access is given`;
  const { start, ticket } = a.judged;
  const starts =
    start === null ? '' : `; it begins on ${moment(start, a.timeZone)} at the earliest`;
  const closes =
    a.wish.untilTicket && ticket ? `; or when ${ticket.key} is closed, if that is earlier` : '';
  const items = [
    `Who: ${who}`,
    `What: ${role.name} in ${app.name}${role.description ? ` (${role.description})` : ''}`,
    `Until when: ${until}${closes}${starts}`,
    `Who may decide: ${deciders(a, name)}`,
    `What changes: ${role.groups.map((g) => g.name).join(', ')} in ${directory}`,
  ];
  const warnings = warningsOf(a);
  const blocks: Block[] = [
    { kind: 'list', items },
    { kind: 'paragraph', text: `Why: ${a.reason}` },
    ...(ticket ? [{ kind: 'paragraph' as const, text: `For: ${ticket.key}` }] : []),
    ...warnings.map((text): Block => ({ kind: 'paragraph', text, strong: true })),
    { kind: 'paragraph', text: `What happens next: ${NEXT[a.by]}` },
    { kind: 'paragraph', text: `Reference: ${a.digest.slice(0, 12)}` },
  ];
  return { blocks };
}

const NEXT: Readonly<Record<By, string>> = {
  people:
    'on approval the app makes the change and reads it back; on refusal nothing is changed. Editing this text before the decision voids it.',
  auto: 'the app makes the change and reads it back.',
  'break-glass':
    'EMERGENCY ACCESS. The app makes the change at once and reads it back; everybody named here is told and reviews it afterwards.',
};

type Name = (accountId: string) => string;

function deciders({ by, stages, offer }: FiveAnswers, name: Name): string {
  if (by === 'auto') {
    const { auto } = offer.policy;
    return auto
      ? `no person: the rule "${auto.rule}", signed off by ${name(auto.signedOffBy)}`
      : 'nobody yet';
  }
  const chain = chainInWords(stages, name);
  return by === 'break-glass' ? `nobody beforehand; told at once, and review it: ${chain}` : chain;
}

/** Access that is kept apart from this one: whoever decides has to know. */
function warningsOf({ judged: { verdict }, offer }: FiveAnswers): string[] {
  const sets = new Set([
    ...('warnings' in verdict ? verdict.warnings : []),
    ...('stages' in verdict ? (verdict.stages ?? []).flatMap((s) => s.sod ?? []) : []),
  ]);
  return offer.site.sod
    .filter((set) => sets.has(set.id))
    .map(
      ({ id, name }) =>
        `Mind "${name}": ${verdict.considered.find((c) => c.rule === `sod:${id}`)?.because ?? 'the person holds access that is kept apart from this one.'}`,
    );
}
