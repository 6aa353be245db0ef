/** Deciding by the app's own card, on the issue and in the portal, and the mails that Jira sends about it. */
import { z } from 'zod';
import { StoryStopped, send } from './http';
import type { AppAnswer, Play } from './play';
import type { Ticket } from './ticket';

const cardSchema = z.looseObject({
  who: z.string(),
  role: z.string(),
  app: z.string(),
  why: z.string(),
  until: z.string(),
  changes: z.string(),
  round: z.number(),
  digest: z.string(),
  edited: z.array(z.string()),
  shorter: z.array(z.number()),
  history: z.looseObject({ given: z.number(), declined: z.number() }),
  way: z.looseObject({ by: z.string() }),
});
export type Card = z.infer<typeof cardSchema>;

/** Where somebody opens it: people who work in the project, or everybody else. */
export type Where = 'issue-access' | 'request-access';

export async function cardOf(
  play: Play,
  ticket: Ticket,
  as: string,
  module: Where = 'issue-access',
): Promise<Card> {
  const answer = await ask(play, ticket, { as, module, fn: 'approval.card' });
  if (!answer.ok)
    throw new StoryStopped(`${as} is shown no card of ${ticket.key}: ${answer.problem.check}`);
  play.tale.step(as, `looks at the card of ${ticket.key}`);
  return cardSchema.parse(answer.value);
}

export interface Ask {
  readonly as: string;
  readonly fn: string;
  readonly module?: Where;
  readonly more?: object;
}

export const ask = (
  play: Play,
  ticket: Ticket,
  { as, fn, module, more }: Ask,
): Promise<AppAnswer> =>
  play.app({
    as,
    module: module ?? 'issue-access',
    function: fn,
    issue: ticket.key,
    payload: { issueId: ticket.id, ...more },
  });

/** Answers by card; returns the check that refused, or what was done. */
export async function decide(
  play: Play,
  ticket: Ticket,
  how: { readonly as: string; readonly module?: Where; readonly more: object },
): Promise<string> {
  const answer = await ask(play, ticket, { ...how, fn: 'approval.decide' });
  const said = answer.ok ? 'taken' : answer.problem.check;
  play.tale.step(how.as, `answers ${ticket.key} by card`);
  play.tale.cameBack(answer.ok ? 'taken' : answer.problem.sentence);
  return said;
}

const mailsSchema = z.object({
  mails: z.array(
    z.looseObject({
      issueKey: z.string(),
      subject: z.string(),
      text: z.string(),
      to: z.array(z.string()),
    }),
  ),
});

/** Jira's mails to one person about one request, oldest first. */
export async function mailsTo(play: Play, person: string, ticket: Ticket) {
  const sent = await send('GET', `${play.addresses.control}/sandbox/mails`);
  const accountId = await play.jira.accountId(person);
  return mailsSchema
    .parse(sent.body)
    .mails.filter((mail) => mail.issueKey === ticket.key && mail.to.includes(accountId));
}
