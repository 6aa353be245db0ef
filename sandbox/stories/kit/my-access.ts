/** What people do with their own access from the portal, and what they are told before it ends. */
import { z } from 'zod';
import { StoryStopped } from './http';
import type { AppAnswer, Play } from './play';
import { Ticket } from './ticket';

/** A button of the panel on a request in the portal. */
export async function press(
  play: Play,
  who: string,
  fn: string,
  ticket: Ticket,
  more: Readonly<Record<string, unknown>> = {},
): Promise<AppAnswer> {
  play.tale.step(who, `presses ${fn} on ${ticket.key} ${JSON.stringify(more)}`);
  const said = await play.app({
    as: who,
    module: 'request-access',
    function: fn,
    payload: { issueId: ticket.id, ...more },
    issue: ticket.key,
  });
  play.tale.cameBack(JSON.stringify(said).slice(0, 400));
  return said;
}

const filedSchema = z.looseObject({ issueId: z.string(), issueKey: z.string() });

/** The request that a button filed. */
export function filedBy(play: Play, said: AppAnswer): Ticket {
  if (!said.ok) throw new StoryStopped(`nothing was filed: ${JSON.stringify(said.problem)}`);
  const { issueId: id, issueKey: key } = filedSchema.parse(said.value);
  return new Ticket({ id, key }, play.jira, play.tale);
}

/** Asks to keep the access of this request and lets the app read the new one. */
export async function renewal(
  play: Play,
  ticket: Ticket,
  duration: number,
  who = 'requester',
): Promise<Ticket> {
  const made = filedBy(play, await press(play, who, 'grants.renew', ticket, { duration }));
  await play.settle(made);
  return made;
}

/** Headlines of the warnings that stand on a request, oldest first. */
export async function warningsOn(ticket: Ticket): Promise<string[]> {
  const { comments } = await ticket.look();
  return comments
    .filter((c) => c.byApp && c.public && /^Access ends in/.test(c.headline))
    .map((c) => c.headline);
}
