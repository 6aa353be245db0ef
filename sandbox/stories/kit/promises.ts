/** Checks that many stories make; each writes one line into the transcript. */
import type { SeenCall } from './control';
import type { DirectoryAdmin } from './directories';
import type { AppAccess, LedgerView, Play } from './play';
import type { Comment, Looked, Ticket } from './ticket';

export async function standsAt(
  play: Play,
  ticket: Ticket,
  wanted: { status: string; resolution?: string | null; state?: string },
): Promise<Looked> {
  const seen = await ticket.look();
  play.tale.check(
    `${ticket.key} is "${wanted.status}"`,
    seen.status === wanted.status,
    seen.status,
  );
  if (wanted.resolution !== undefined) {
    play.tale.check(
      wanted.resolution === null ? 'it is not resolved' : `it is resolved as ${wanted.resolution}`,
      seen.resolution === wanted.resolution,
      seen.resolution ?? 'unresolved',
    );
  }
  if (wanted.state !== undefined) {
    play.tale.check(
      `the property for searches says ${wanted.state}`,
      seen.property?.['state'] === wanted.state,
      seen.property,
    );
  }
  return seen;
}

export async function isMember(
  play: Play,
  directory: DirectoryAdmin,
  groups: readonly string[],
  person: string,
): Promise<void> {
  for (const group of groups) {
    const members = await directory.members(group);
    play.tale.check(
      `${directory.name} has ${person} in ${group}`,
      members.includes(person),
      members,
    );
  }
}

export async function isNoMember(
  play: Play,
  directory: DirectoryAdmin,
  groups: readonly string[],
  person: string,
): Promise<void> {
  for (const group of groups) {
    const isIn = await directory.holds(group, person);
    play.tale.check(`${directory.name} does not have ${person} in ${group}`, !isIn, 'a member');
  }
}

/** The same through the directory's own API, as its administrator sees it. */
export async function isListed(
  play: Play,
  directory: DirectoryAdmin,
  group: string,
  person: string,
  wanted: boolean,
): Promise<void> {
  const known = await play.person(person);
  const listed = await directory.lists(await directory.groupId(group), known);
  play.tale.check(
    `${directory.name}'s own list of ${group} ${wanted ? 'has' : 'does not have'} ${person}`,
    listed === wanted,
    listed,
  );
}

/** Exactly these app comments, in order: one per step, none twice. */
export async function appSaid(
  play: Play,
  ticket: Ticket,
  audience: 'public' | 'internal',
  headlines: readonly RegExp[],
): Promise<Comment[]> {
  const { comments } = await ticket.look();
  // How long the access of a story lasts decides whether its end is announced; other stories hold that.
  const announced = headlines.some(({ source }) => source.includes('Access ends'));
  const own = comments.filter(
    (c) =>
      c.byApp &&
      c.public === (audience === 'public') &&
      (announced || !/^Access ends in about /.test(c.headline)),
  );
  const fits =
    own.length === headlines.length && own.every((c, i) => headlines[i]?.test(c.headline));
  play.tale.check(
    `the app's ${audience} comments are: ${headlines.map((h) => h.source).join(' · ') || 'none'}`,
    fits,
    own.map((c) => c.headline),
  );
  return own;
}

/** Ids, hashes and check names: for the service team only. */
const INTERNAL_MARKS: readonly (readonly [RegExp, string])[] = [
  [/\b00[gu][0-9A-Za-z]{15,}/, 'an Okta id'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i, 'a GUID'],
  [/\b[0-9a-f]{40,}\b/i, 'a digest'],
  [/check "/i, 'the name of a check'],
  [/\bconnection (okta|entra|google)\b/, 'a connection'],
  [/\bE\d{7}\b|\(\d{3}(, [\w.]+)?\)/, "the directory's error"],
  [/\bnot-member\b|\bDirectory person\b|directory request/i, "the directory's answer"],
];

/** Reads everything once more as the customer does. */
export async function nothingInternalShown(
  play: Play,
  ticket: Ticket,
  customer: string,
): Promise<void> {
  const seen = await ticket.seenBy(customer);
  if (seen.status !== 200) {
    play.tale.check(`${customer} can open ${ticket.key} in the portal`, false, seen.status);
    return;
  }
  const { comments } = await ticket.look();
  const internal = comments.filter((c) => !c.public);
  // Only the comments and the request's text: links and avatars of the API carry ids of their own.
  const text = seen.comments.join('\n');
  const found = INTERNAL_MARKS.flatMap(([mark, what]) => {
    const hit = mark.exec(text);
    return hit ? [`${what}: ${hit[0]}`] : [];
  });
  const leaked = internal.filter((c) => seen.text.includes(c.headline) && c.headline !== '');
  play.tale.check(
    `${customer} reads ${seen.comments.length} comments and nothing internal`,
    found.length === 0 && leaked.length === 0,
    [...found, ...leaked.map((c) => c.headline)],
  );
}

export async function provesItself(
  play: Play,
  ticket: Ticket,
  wanted: readonly string[],
  where: AppAccess = {},
): Promise<LedgerView | undefined> {
  const view = await play.ledger(ticket, where);
  play.tale.check(
    'the evidence chain is whole',
    view?.chain === 'whole',
    view?.chain ?? 'no record',
  );
  // Whether a lagging directory shows the change at once or a minute later is chance, and whether the
  // end is announced depends on how long the access of the story lasts.
  const events = (view?.evidence ?? [])
    .map((record) => record.event)
    .filter((event) => event !== 'grant.verified' && event !== 'grant.warned');
  play.tale.check(
    `its records are: ${wanted.join(', ')}`,
    events.join() === wanted.join(),
    events.join(', '),
  );
  return view;
}

export interface Cost {
  readonly jira: number;
  readonly directory: number;
  readonly store: number;
}

/** What one run of a function cost; fetching and keeping the directory's token is counted apart. */
export function costOf(calls: readonly SeenCall[], invocation: string | undefined): Cost {
  const own = calls.filter((call) => call.invocation === invocation && !isAboutToken(call));
  const count = (servers: readonly string[]) =>
    own.filter((call) => servers.includes(call.server)).length;
  return {
    jira: count(['jira']),
    directory: count(['okta', 'entra', 'google']),
    store: count(['kvs']),
  };
}

const isAboutToken = ({ server, path, requestBody }: SeenCall): boolean =>
  /\/token$/.test(path) || (server === 'kvs' && requestBody.includes('"key":"token:'));

export async function costsAtMost(
  play: Play,
  what: string,
  change: SeenCall | undefined,
  most: Cost,
): Promise<void> {
  const { calls } = await play.control.traffic();
  const cost = costOf(calls, change?.invocation);
  play.tale.check(
    `${what} costs at most ${most.jira} calls to Jira, ${most.directory} to the directory, ${most.store} to the store`,
    change !== undefined &&
      cost.jira <= most.jira &&
      cost.directory <= most.directory &&
      cost.store <= most.store,
    cost,
  );
}

export const GRANT_BUDGET: Cost = { jira: 6, directory: 6, store: 14 };
export const REVOCATION_BUDGET: Cost = { jira: 3, directory: 2, store: 8 };

/** Access ended at its time: never early, and not later than this many seconds. */
export function endedOnTime(
  play: Play,
  removal: SeenCall | undefined,
  until: unknown,
  latest = 60,
): void {
  const late = removal ? (Date.parse(removal.at) - Date.parse(String(until))) / 1000 : Number.NaN;
  play.tale.check(
    `the removal came at most ${latest} s after the end, and not before it`,
    late >= 0 && late <= latest,
    `${late} s`,
  );
}

/** The whole of what a person must find before deciding. */
export function answersFive(play: Play, seen: Looked, wanted: readonly RegExp[]): void {
  const missing = wanted.filter((line) => !line.test(seen.description));
  play.tale.check(
    'the description answers who, what, until when, who decides and what changes',
    missing.length === 0,
    `${missing.map(String).join(' ')} in: ${seen.description}`,
  );
}
