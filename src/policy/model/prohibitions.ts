/**
 * What stands against a request, whoever decides on it. Each rule answers with what it looked at; the
 * first that fails is the refusal, one that cannot be read stops everything but a person of IT.
 */
import { durationInWords } from '../../catalog/model/catalog';
import { DAY } from '../../shared/instant';
import { anyOf, type Seen } from './conditions';
import type { RolePolicy } from './effective';
import type { Ask, Facts, Said } from './verdict';

export interface Prohibition extends Seen {
  readonly rule: string;
  /** For the requester: what stopped, and the way on. */
  readonly sentence: string;
  readonly nextStep: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Latest that a start may be asked for. */
const AHEAD = 90 * DAY;
const OTHER_ROLE = 'Ask for another role, or talk to IT here.';

export function prohibitions(
  ask: Ask,
  policy: RolePolicy,
  facts: Facts,
  now: number,
): Prohibition[] {
  return [
    visible(policy, facts),
    stopped(facts),
    offered(ask, policy),
    reason(ask, policy),
    ...ticket(policy, facts),
    age(ask, policy, facts, now),
    start(ask, now),
    ...(policy.tier === 'break-glass' ? emergency(ask, policy, facts) : []),
  ];
}

function visible({ visibleTo }: RolePolicy, facts: Facts): Prohibition {
  const everybody: Seen = { said: 'holds', because: 'Everybody may ask for it.' };
  return {
    rule: 'visible-to',
    ...(visibleTo.length === 0 ? everybody : anyOf(visibleTo, facts)),
    sentence: 'This role is not offered to the person who shall receive it.',
    nextStep: OTHER_ROLE,
  };
}

function stopped(facts: Facts): Prohibition {
  return {
    rule: 'not-stopped',
    said: not(facts.stopped),
    because: inWords(facts.stopped, {
      yes: 'New access is stopped for the person, the app or this issue.',
      no: 'Nothing is stopped.',
      unknown: 'Whether new access is stopped could not be read.',
    }),
    sentence: 'New access is stopped here for the time being.',
    nextStep: 'IT lifts the stop once it is over, and presses Resume.',
  };
}

function offered(ask: Ask, { durations, permanent }: RolePolicy): Prohibition {
  const holds = ask.duration === null ? permanent : durations.includes(ask.duration);
  const choices = [...durations.map(durationInWords), ...(permanent ? ['no end'] : [])];
  return {
    rule: 'duration-offered',
    said: holds ? 'holds' : 'fails',
    because: `Asked for ${durationInWords(ask.duration)}; offered: ${choices.join(', ') || 'nothing'}.`,
    sentence: 'That length of time is not offered for this role.',
    nextStep: choices.length > 0 ? `Ask for one of these: ${choices.join(', ')}.` : OTHER_ROLE,
    facts: { duration: ask.duration, durations, permanent },
  };
}

function reason(ask: Ask, { reasonLength }: RolePolicy): Prohibition {
  return {
    rule: 'reason-length',
    said: ask.reasonLength >= reasonLength ? 'holds' : 'fails',
    because: `The reason has ${ask.reasonLength} characters; at least ${reasonLength} are asked for.`,
    sentence: `The reason is too short: this role asks for at least ${reasonLength} characters.`,
    nextStep: 'Say in a few more words what it is needed for.',
    facts: { reasonLength: ask.reasonLength, atLeast: reasonLength },
  };
}

const needsTicket = ({ tier, ticket: asked, breakGlass }: RolePolicy): boolean =>
  asked === 'required' || (tier === 'break-glass' && breakGlass?.incident === true);

/** Three rules, so that whoever is refused knows which of them to put right. */
function ticket(policy: RolePolicy, { ticket: named }: Facts): Prohibition[] {
  const nextStep = 'Name an open ticket of a project that counts here, by its key.';
  if (!needsTicket(policy))
    return [
      {
        rule: 'ticket-named',
        said: 'holds',
        because: 'No ticket is asked for.',
        sentence: '',
        nextStep,
      },
    ];
  if (!named)
    return [
      {
        rule: 'ticket-named',
        said: named === null ? 'fails' : 'unknown',
        because:
          named === null ? 'No ticket is named.' : 'The ticket that is named could not be read.',
        sentence: 'This role asks for the ticket that the access is for.',
        nextStep,
      },
    ];
  const { key } = named;
  return [
    {
      rule: 'ticket-named',
      said: 'holds',
      because: `The ticket ${key} is named.`,
      sentence: '',
      nextStep,
    },
    {
      rule: 'ticket-counts',
      said: named.counts ? 'holds' : 'fails',
      because: `${key} is ${named.counts ? '' : 'not '}in a project whose tickets count.`,
      sentence: 'The ticket that is named is not in a project whose tickets count here.',
      nextStep,
      facts: { ticket: key },
    },
    {
      rule: 'ticket-open',
      said: named.open ? 'holds' : 'fails',
      because: `${key} is ${named.open ? 'open' : 'closed'}.`,
      sentence: 'The ticket that is named is closed.',
      nextStep,
      facts: { ticket: key },
    },
  ];
}

/** From the first grant of an unbroken line on, so that neither renewing nor asking anew goes round the cap. */
function age(ask: Ask, { totalAge }: RolePolicy, { heldSince }: Facts, now: number): Prohibition {
  const begin = Math.max(now, ask.start ?? now);
  const held = typeof heldSince === 'number' ? heldSince : begin;
  const since = Math.min(ask.renewsSince ?? begin, held);
  const lasts = ask.allowed ?? ask.duration;
  const total = lasts === null ? null : begin + lasts - since;
  const cap = totalAge === null ? 'there is no cap' : `the cap is ${durationInWords(totalAge)}`;
  return {
    rule: 'total-age',
    said:
      totalAge === null
        ? 'holds'
        : heldSince === 'unread'
          ? 'unknown'
          : total !== null && total <= totalAge
            ? 'holds'
            : 'fails',
    because: `Together with what it follows it would last ${durationInWords(total)}; ${cap}.`,
    sentence: `With this the access would last longer than the ${durationInWords(totalAge)} that this role allows in all.`,
    nextStep: 'Ask for a shorter time, or ask anew once the access has ended.',
    facts: { total, totalAge },
  };
}

function start(ask: Ask, now: number): Prohibition {
  const from = ask.start ?? now;
  const holds = from >= now - DAY && from <= now + AHEAD;
  return {
    rule: 'start',
    said: holds ? 'holds' : 'fails',
    because: ask.start === undefined ? 'It begins at once.' : `It begins ${awayFrom(from, now)}.`,
    sentence: 'The start that was asked for is in the past, or more than 90 days ahead.',
    nextStep: 'Choose a start within the next 90 days.',
    facts: { start: from },
  };
}

function awayFrom(from: number, now: number): string {
  const hours = Math.round(Math.abs(from - now) / 3600);
  return `${hours} hours ${from < now ? 'ago' : 'from now'}`;
}

function emergency(ask: Ask, { breakGlass }: RolePolicy, facts: Facts): Prohibition[] {
  const eligible = breakGlass?.eligible ?? [];
  const nobody: Seen = { said: 'fails', because: 'The policy names nobody who is eligible.' };
  return [
    {
      rule: 'break-glass-eligible',
      ...(eligible.length === 0 ? nobody : anyOf(eligible, facts)),
      sentence: 'The person who shall receive it is not among those who may have emergency access.',
      nextStep: 'Ask for a role that people approve, or talk to IT here.',
    },
    {
      rule: 'break-glass-end',
      said: ask.duration === null ? 'fails' : 'holds',
      because: `Asked for ${durationInWords(ask.duration)}; emergency access needs an end.`,
      sentence: 'Emergency access always has an end.',
      nextStep: 'Ask for one of the times that the role offers.',
    },
    {
      rule: 'break-glass-reviewed',
      said: not(facts.unreviewed),
      because: inWords(facts.unreviewed, {
        yes: 'An earlier use by the same person waits for its review.',
        no: 'No earlier use waits for its review.',
        unknown: 'Whether an earlier use waits for its review could not be read.',
      }),
      sentence: 'An earlier emergency access of this person has not been reviewed yet.',
      nextStep: 'Whoever was told of it reviews it first; the review stands on its own issue.',
    },
  ];
}

const not = (stands: boolean | undefined): Said =>
  stands === undefined ? 'unknown' : stands ? 'fails' : 'holds';

const inWords = (
  stands: boolean | undefined,
  words: { readonly yes: string; readonly no: string; readonly unknown: string },
): string => (stands === undefined ? words.unknown : stands ? words.yes : words.no);
