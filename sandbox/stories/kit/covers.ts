/** Covers, and who decides, as people and operators set them. */
import type { Play } from './play';
import type { Ticket } from './ticket';

/** Somebody says in the portal who decides while they are away, from now on for so many days. */
export async function setsCover(play: Play, away: string, cover: string, days: number) {
  // Open decisions are found by an index, which is some seconds behind.
  await play.pass('1m');
  const until = new Date(new Date(play.tale.now).getTime() + days * 86_400_000).toISOString();
  play.tale.step(away, `sets ${cover} as cover for ${days} days`);
  return play.app({
    as: away,
    module: 'request-access',
    function: 'cover.set',
    payload: { cover: await play.jira.accountId(cover), until },
  });
}

/** Whom Jira asks, by the names of the world. */
export async function isAsked(play: Play, ticket: Ticket, ...people: string[]): Promise<void> {
  const wanted = await Promise.all(people.map((key) => play.jira.accountId(key)));
  const deciders = await ticket.deciders();
  play.tale.check(
    `Jira asks ${people.join(' and ')}, and nobody else`,
    [...deciders].sort().join() === wanted.sort().join(),
    deciders,
  );
}
