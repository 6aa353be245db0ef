/** The site's policy as a whole: its tiers, the sets of roles kept apart, its hours. */
import { type SitePolicy, type SodSet, sitePolicySchema, type Tier } from '../../contracts/policy';
import { no, ok, type Result } from '../../shared/result';
import { checkNames, checkRules, type Known, namedThere } from './check';
import { forbiddenKeys, shapeProblems, type Wrong } from './schema-words';

export interface KnownSite extends Known {
  readonly roles: ReadonlySet<string>;
}

export const TIERS: readonly Tier[] = ['routine', 'sensitive', 'privileged', 'break-glass'];

/** Its form only; everything else is judged once it is one. */
export function readSitePolicy(document: unknown): Result<SitePolicy, readonly Wrong[]> {
  const forbidden = forbiddenKeys(document);
  if (forbidden.length > 0) return no(forbidden);
  const parsed = sitePolicySchema.safeParse(document);
  return parsed.success ? ok(parsed.data) : no(shapeProblems(parsed.error));
}

export function checkSite(policy: SitePolicy, known: KnownSite): Wrong[] {
  return [
    ...TIERS.flatMap((tier) => {
      const at = `tiers.${tier}`;
      return [
        ...checkRules(policy.tiers[tier], tier, at),
        ...checkNames(policy.tiers[tier], known, at),
      ];
    }),
    ...policy.sod.flatMap((set, n) => checkSet(set, n, policy, known)),
    ...checkHours(policy),
    ...tickets(policy),
    ...policy.fallback.flatMap((account, n) =>
      known.accounts.has(account)
        ? []
        : [
            {
              path: `fallback[${n}]`,
              sentence:
                'This account is not that of an active person on this site. Name the account id of somebody who can decide.',
            },
          ],
    ),
  ];
}

function checkSet(set: SodSet, n: number, { sod }: SitePolicy, known: KnownSite): Wrong[] {
  const at = `sod[${n}]`;
  const wrong: Wrong[] = [];
  const say = (path: string, sentence: string) => wrong.push({ path: `${at}.${path}`, sentence });
  if (sod.findIndex((one) => one.id === set.id) < n)
    say('id', `Another set is called "${set.id}" already. Give each set its own id.`);
  set.roles.forEach((role, m) => {
    if (set.roles.indexOf(role) < m) say(`roles[${m}]`, 'Name each role once.');
    else if (!known.roles.has(role))
      say(
        `roles[${m}]`,
        `The catalog has no role "${role}". Write an app and a role, as figma.editor.`,
      );
  });
  if (set.mode === 'extra-approver') {
    if (!set.approver) say('approver', 'Say who decides on an exception, or set mode to block.');
    else wrong.push(...namedThere(set.approver, `${at}.approver`, known));
    if (set.longest === undefined)
      say('longest', 'Say for how many seconds an exception may last, as 86400.');
  } else {
    const only = 'This is only for the mode extra-approver. Take it out, or set mode to that.';
    if (set.approver) say('approver', only);
    if (set.longest !== undefined) say('longest', only);
  }
  return wrong;
}

const DAYS_OF = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function checkHours({ hours, remindAfter, escalateAfter }: SitePolicy): Wrong[] {
  const wrong: Wrong[] = [];
  if (hours.from >= hours.to)
    wrong.push({ path: 'hours.to', sentence: `Write a time after ${hours.from}.` });
  if (new Set(hours.days).size < hours.days.length)
    wrong.push({ path: 'hours.days', sentence: 'Name each day of the week once, 1 for Monday.' });
  hours.holidays.forEach((day, n) => {
    const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    const last = month === 2 && !leap ? 28 : (DAYS_OF[month - 1] ?? 0);
    if (date < 1 || date > last)
      wrong.push({
        path: `hours.holidays[${n}]`,
        sentence: `${day} is no day of the calendar. Write it as 2026-12-25.`,
      });
  });
  if (remindAfter > escalateAfter)
    wrong.push({
      path: 'escalateAfter',
      sentence: `Others would be asked before anybody is reminded. Write ${remindAfter} or more.`,
    });
  return wrong;
}

/** A rule that nobody could ever fulfil. */
function tickets({ tiers, ticketProjects }: SitePolicy): Wrong[] {
  if (ticketProjects.length > 0) return [];
  return TIERS.flatMap((tier) => {
    const { ticket, breakGlass } = tiers[tier];
    const emergency = breakGlass?.incident === true && breakGlass.eligible.length > 0;
    if (ticket !== 'required' && !emergency) return [];
    return [
      {
        path: 'ticketProjects',
        sentence: `Roles of the risk ${tier} ask for an open ticket, and no project's tickets count. Name the id of at least one project.`,
      },
    ];
  });
}
