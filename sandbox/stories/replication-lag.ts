import { z } from 'zod';
import type { SeenCall } from './kit/control';
import type { Play } from './kit/play';
import { isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { granted } from './kit/steps';
import type { Story } from './kit/story';
import type { Ticket } from './kit/ticket';

const LAG_MS = 40_000;
const SALES = {
  app: 'Salesforce',
  role: 'Cover',
  duration: '1 hour',
  reason: 'Cover for the Nordics',
};
const QUERIES = {
  app: 'BigQuery',
  role: 'Analyst',
  duration: '8 hours',
  reason: 'Numbers of the quarter',
};
const PLACES = {
  entra: { wish: SALES, approver: 'named', groups: ['salesforce-users'] },
  google: { wish: QUERIES, approver: 'owner', groups: ['bigquery-users', 'bigquery-analysts'] },
} as const;
const recordSchema = z.looseObject({ event: z.string(), at: z.string() });

interface Given {
  readonly ticket: Ticket;
  readonly who: string;
  readonly place: keyof typeof PLACES;
}

export const replicationLag: Story = {
  name: 'replication-lag',
  promise:
    'Directories whose answers are tens of seconds old are believed neither too early nor asked to do a thing twice: access counts when it was accepted, and an end only once its absence was read.',
  async run(play) {
    const { tale } = play;
    tale.step('Entra and Google', 'answer from copies that are up to forty seconds behind');
    await play.control.post('profile', { entraReadLagMs: LAG_MS, googleReadLagMs: LAG_MS });
    await play.demandAdmin('roles.save', {
      app: 'salesforce',
      key: 'cover',
      name: 'Cover',
      risk: 'routine',
      connection: 'entra',
      groups: [await play.entra.groupId('salesforce-users')],
      durations: [3600],
      permanent: false,
      approver: { kind: 'person', accountId: await play.jira.accountId('named') },
    });
    const mark = await play.mark();
    const given: Given[] = [];
    for (const place of ['entra', 'google'] as const) {
      for (const who of ['requester', 'friend'])
        given.push({ ticket: await granted(play, { who, ...PLACES[place] }), who, place });
    }
    let pending = 0;
    for (const { ticket } of given) {
      const verified = (await play.ledger(ticket))?.grant?.['verified'];
      const said = (await ticket.look()).comments.filter((c) => c.byApp && c.public).at(-1);
      const waits = /accepted the change; it can take some minutes/.test(said?.text ?? '');
      tale.check(
        `${ticket.key} says what is known: ${verified ? 'read back' : 'accepted, and still to be seen'}`,
        verified === !waits && waits !== /was read back/.test(said?.text ?? ''),
        said?.text,
      );
      if (waits) pending++;
    }
    tale.check('some of it did not show at once', pending > 0, pending);
    const changesOf = async (method: string) =>
      (await play.changes(mark)).filter((c) => c.method === method);
    const made = await changesOf('POST');
    tale.check(
      'each of six memberships was added by one call',
      made.length === 6 && made.every(({ status = 0 }) => status < 300),
      made.map((c) => `${c.at} ${c.path} ${c.status}`),
    );

    for (const { ticket, who, place } of given.filter((one) => one.who === 'requester')) {
      tale.step(who, `gives the access in ${place} back at once`);
      const withdrawn = await play.app({
        as: who,
        module: 'request-access',
        function: 'request.withdraw',
        payload: { issueId: ticket.id },
        issue: ticket.key,
      });
      tale.check('it is taken', withdrawn.ok, withdrawn);
    }
    // A look that a lagging copy answers is made again by the sweep after the next.
    await play.pass('12m');
    for (const { ticket, who, place } of given) {
      const { groups } = PLACES[place];
      if (who === 'friend') {
        const verified = (await play.ledger(ticket))?.grant?.['verified'];
        tale.check(`${ticket.key} was seen in ${place} meanwhile`, verified === true, verified);
        continue;
      }
      await isNoMember(play, play[place], groups, who);
      await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
      await endedOnlyWhenSeen(play, mark, { ticket, who, place });
    }
    await play.pass('8h', given.at(-1)?.ticket);
    await play.pass('10m');
    for (const { ticket, who, place } of given) {
      await isNoMember(play, play[place], PLACES[place].groups, who);
      await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
      await nothingInternalShown(play, ticket, who);
    }
    const gone = (await changesOf('DELETE')).filter(({ status = 0 }) => status < 300);
    tale.check(
      'each was removed by one call, whatever was asked again meanwhile',
      gone.length === 6 && new Set(gone.map(({ path }) => path)).size === 6,
      gone.map((c) => `${c.at} ${c.path} ${c.status}`),
    );
    tale.check('and none was added again', (await changesOf('POST')).length === 6);
  },
};

/** Fresh access: one copy that does not show it may never have seen it, so it takes a second look. */
async function endedOnlyWhenSeen(play: Play, mark: number, { ticket, who, place }: Given) {
  const { directories } = await play.person(who);
  const id = directories.find(({ directory }) => directory === place)?.id ?? '?';
  const { calls } = await play.since(mark);
  const own = calls.filter((c) => c.invocation && c.server === place && c.path.includes(id));
  const removed = own.find((c) => c.method === 'DELETE' && (c.status ?? 0) < 300);
  const evidence = (await play.ledger(ticket))?.evidence ?? [];
  const record = recordSchema.safeParse(evidence.find((one) => one.event === 'grant.revoked')).data;
  const seconds = (Date.parse(record?.at ?? '') - Date.parse(removed?.at ?? '')) / 1000;
  play.tale.check(
    `${ticket.key} counts as ended a minute or more after the removal, longer than any copy lags`,
    seconds >= 60,
    `${seconds} s`,
  );
  // Google says "no such member" by a status of its own, so the looks themselves can be counted.
  if (place !== 'google') return;
  const looks = new Map<string, number[]>();
  for (const { path, at, status } of own.filter((c) => c.method === 'GET' && after(c, removed))) {
    // Seen once more: what was absent before that proves nothing.
    const before = status === 404 ? (looks.get(path) ?? []) : [];
    looks.set(path, status === 404 ? [...before, Date.parse(at) / 1000] : []);
  }
  const proven = [...looks].filter(([path]) => path.includes('/members/'));
  play.tale.check(
    'for each group its absence was read twice on end, a minute apart',
    proven.length === PLACES[place].groups.length &&
      proven.every(([, at]) => Math.max(...at) - Math.min(...at) >= 60),
    proven.map(([path, at]) => `${path} ${at}`),
  );
}

const after = (call: SeenCall, other: SeenCall | undefined) => call.seq > (other?.seq ?? 0);
