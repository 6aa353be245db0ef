/** What is urgent: break-glass, revoking, the kill switch, and who may do it without being an administrator. */
import { z } from 'zod';
import { demand, send } from './http';
import type { AppAnswer, Play } from './play';
import type { Ticket } from './ticket';
import { ticketsCountOf } from './ticket-projects';

/** In words, as the transcript shows it. */
const outcome = (said: AppAnswer) =>
  said.ok ? 'done' : `${said.problem.check}: ${said.problem.sentence}`;

/** A function of the app, called where this person works: on the issue, or in the portal. */
export async function onRequest(
  play: Play,
  ticket: Ticket,
  who: string,
  fn: string,
  payload: Record<string, unknown>,
): Promise<AppAnswer> {
  const licensed = ['admin', 'second-admin', 'agent', 'owner'].includes(who);
  const said = await play.app({
    as: who,
    module: licensed ? 'issue-access' : 'request-access',
    function: fn,
    payload,
    issue: ticket.id,
  });
  play.tale.step(who, `calls ${fn} on ${ticket.key}`);
  play.tale.cameBack(outcome(said));
  return said;
}

/** A function of the page for operators, who need no rights of Jira administrators. */
export async function onOperations(play: Play, who: string, fn: string, payload: unknown) {
  const said = await play.app({ as: who, module: 'operations', function: fn, payload });
  play.tale.step(who, `calls ${fn} on the operations page`);
  play.tale.cameBack(outcome(said));
  return said;
}

export function refusedBy(play: Play, what: string, said: AppAnswer, check: string): void {
  const was = said.ok ? 'done' : said.problem.check;
  play.tale.check(`${what} is refused by "${check}"`, was === check, was);
}
export const allowed = (play: Play, what: string, said: AppAnswer) =>
  play.tale.check(what, said.ok, outcome(said));

export async function saveSite(play: Play, more: Record<string, unknown>): Promise<void> {
  await play.demandAdmin('site.save', { timeZone: 'Europe/Berlin', paused: false, ...more });
}

/** Id of the Jira group of that name, as an administrator finds it. */
export async function jiraGroup(play: Play, member: string, name: string): Promise<string> {
  const accountId = await play.jira.accountId(member);
  const path = `/rest/api/3/user/groups?accountId=${encodeURIComponent(accountId)}`;
  const sent = demand(await play.jira.as('admin', 'GET', path), 200, 'the groups of a person');
  const found = z
    .array(z.looseObject({ groupId: z.string(), name: z.string() }))
    .parse(sent.body)
    .find((group) => group.name === name);
  if (!found) throw new Error(`${member} is not in ${name}`);
  return found.groupId;
}

/** A role for emergencies: designers may use it at once while an incident is open. */
export async function offerBreakGlass(play: Play, reviewWithin = 86_400): Promise<void> {
  await ticketsCountOf(play, 'INC');
  play.tale.step('admin', 'offers GitHub with the break-glass role Rescue');
  await play.demandAdmin('roles.save', {
    app: 'github',
    key: 'rescue',
    name: 'Rescue',
    risk: 'break-glass',
    connection: 'okta',
    groups: [await play.okta.groupId('github-developers')],
    rules: {
      breakGlass: {
        eligible: [{ kind: 'department', is: ['Design'] }],
        incident: true,
        reviewWithin,
      },
    },
  });
  // People find a role by an index, which lags.
  await play.pass('1m');
}

export const EMERGENCY =
  'The shop shows broken pictures everywhere and the build that repairs it waits for a merge.';

export const breakGlass = (play: Play, more: Record<string, unknown> = {}): Promise<Ticket> =>
  play.file(
    'requester',
    { reason: EMERGENCY },
    {
      panel: {
        app: 'github',
        role: 'github.rescue',
        duration: 3600,
        reason: EMERGENCY,
        ticket: 'INC-1',
        ...more,
      },
    },
  );

/** Issues that the app made below a request. */
export async function followUps(play: Play, ticket: Ticket) {
  const { fields } = await ticket.look();
  const below = z
    .array(z.looseObject({ id: z.string(), key: z.string() }))
    .default([])
    .parse(fields['subtasks']);
  return Promise.all(below.map(({ id }) => readIssue(play, id)));
}

export async function readIssue(play: Play, idOrKey: string) {
  const path = `/rest/api/3/issue/${idOrKey}`;
  const sent = demand(await play.jira.as('admin', 'GET', path), 200, `reading ${idOrKey}`);
  return z
    .object({
      key: z.string(),
      fields: z.looseObject({
        summary: z.string(),
        duedate: z.string().nullish(),
        description: z.unknown(),
        assignee: z.looseObject({ accountId: z.string() }).nullish(),
      }),
    })
    .parse(sent.body);
}

/** Who got one of Jira's mails about a request whose subject says this. */
export async function mailed(play: Play, ticket: Ticket, subject: RegExp): Promise<string[]> {
  const sent = await send('GET', `${play.addresses.control}/sandbox/mails`);
  const { mails } = z
    .object({
      mails: z.array(
        z.looseObject({ issueKey: z.string(), subject: z.string(), to: z.array(z.string()) }),
      ),
    })
    .parse(sent.body);
  return mails
    .filter((mail) => mail.issueKey === ticket.key && subject.test(mail.subject))
    .flatMap((mail) => mail.to);
}

/** The id of the grant behind a request. */
export async function grantOf(play: Play, ticket: Ticket): Promise<string> {
  return String((await play.ledger(ticket))?.grant?.['id']);
}
