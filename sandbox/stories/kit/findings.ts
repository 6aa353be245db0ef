/** What an administrator sees when a directory changes behind the app's back, and how it is read. */
import { z } from 'zod';
import { personIn } from './connections';
import type { DirectoryName } from './control';
import { demand } from './http';
import type { Play } from './play';
import type { Ticket } from './ticket';

const findingSchema = z.looseObject({
  key: z.string(),
  kind: z.string(),
  sentence: z.string(),
  nextStep: z.string(),
  groupId: z.string().optional(),
  accountId: z.string().optional(),
  personId: z.string().optional(),
  roleIds: z.array(z.string()).default([]),
  grantIds: z.array(z.string()).default([]),
});
export type Finding = z.infer<typeof findingSchema>;

const jobSchema = z.looseObject({ state: z.string() });

export async function findingsOf(
  play: Play,
  kind: string,
  status: 'open' | 'resolved' = 'open',
): Promise<Finding[]> {
  // Queries of the ledger are some seconds behind its records.
  await play.control.advance('5s');
  const page = await play.demandAdmin('findings.list', { status, kind });
  return z.object({ findings: z.array(findingSchema) }).parse(page).findings;
}

/** Exactly one of this kind is open, and says so. */
export async function isFound(
  play: Play,
  kind: string,
  words: RegExp,
): Promise<Finding | undefined> {
  const found = await findingsOf(play, kind);
  const [one] = found;
  play.tale.check(
    `the finding "${kind}" says: ${words.source}`,
    found.length === 1 && words.test(one?.sentence ?? '') && one?.nextStep !== '',
    found.map(({ key, sentence }) => [key, sentence]),
  );
  return one;
}

export async function isSettled(play: Play, kind: string): Promise<void> {
  const found = await findingsOf(play, kind);
  play.tale.check(
    `nothing is found any more of the kind "${kind}"`,
    found.length === 0,
    found.map(({ key, sentence }) => [key, sentence]),
  );
}

/**
 * Reads a directory and looks over all roles, as every night does. `whole`: everything, as every week;
 * Okta tells neither deletions nor administrator roles as changes.
 */
export async function readAgain(
  play: Play,
  connection: DirectoryName,
  how: { whole?: boolean } = {},
): Promise<void> {
  const all = how.whole ? 'all of ' : '';
  play.tale.step('admin', `has the app read ${all}${connection} and look over all roles`);
  await play.demandAdmin('sync.start', { connection, ...how });
  await play.demandAdmin('lint.start', {});
  let state = '';
  // Long work leaves the store's limits to everything else, so it takes its time.
  for (let minute = 0; minute < 10 && state !== 'done'; minute++) {
    await play.control.advance('1m');
    const read = z.looseObject({ job: jobSchema.nullish() });
    state =
      read.parse(await play.demandAdmin('sync.read', { connection })).job?.state ?? 'not begun';
  }
  play.tale.check('it was read to the end', state === 'done', state);
}

const HOUR = 3_600_000;

/** Waits for the morning after the next night; the night's work begins after one o'clock in Berlin. */
export async function overnight(play: Play): Promise<void> {
  const now = Date.parse((await play.control.state()).now);
  const morning = new Date(now + 2 * HOUR);
  morning.setUTCHours(1, 15, 0, 0);
  if (morning.getTime() < now + 2 * HOUR) morning.setUTCDate(morning.getUTCDate() + 1);
  await play.pass(`${Math.ceil((morning.getTime() - now) / 60_000)}m`);
}

const markSchema = z.looseObject({ rule: z.string(), severity: z.string(), sentence: z.string() });
const lintPage = z.object({
  roles: z.array(z.looseObject({ roleId: z.string(), marks: z.array(markSchema) })),
});

/** The red marks of a role, by rule. */
export async function redMarks(play: Play, role: string): Promise<string[]> {
  const { roles } = lintPage.parse(await play.demandAdmin('lint.list', { severity: 'red' }));
  const marks = roles.find(({ roleId }) => roleId === role)?.marks ?? [];
  return marks.filter(({ severity }) => severity === 'red').map(({ rule }) => rule);
}

export async function isRed(play: Play, role: string, rule?: string): Promise<void> {
  const rules = await redMarks(play, role);
  play.tale.check(
    rule === undefined ? `the role ${role} is not red` : `the role ${role} is red by "${rule}"`,
    rule === undefined ? rules.length === 0 : rules.includes(rule),
    rules,
  );
}

/** The last thing that the app wrote for everybody to read. */
export async function lastSaid(ticket: Ticket, audience: 'public' | 'internal' = 'public') {
  const { comments } = await ticket.look();
  return comments.filter((c) => c.byApp && c.public === (audience === 'public')).at(-1);
}

export async function says(
  play: Play,
  ticket: Ticket,
  words: RegExp,
  audience: 'public' | 'internal' = 'public',
): Promise<void> {
  const last = await lastSaid(ticket, audience);
  play.tale.check(
    `the last ${audience} comment of ${ticket.key} says: ${words.source}`,
    words.test(last?.text ?? ''),
    last?.text,
  );
}

/** Nobody ever read there that access was given. */
export async function neverGranted(play: Play, ticket: Ticket): Promise<void> {
  const { comments } = await ticket.look();
  const told = comments.filter((c) => /granted/i.test(c.headline)).map((c) => c.headline);
  play.tale.check(`nobody is told "granted" on ${ticket.key}`, told.length === 0, told);
}

export async function resumed(play: Play, ticket: Ticket): Promise<void> {
  play.tale.step('admin', `presses Resume on ${ticket.key}`);
  const said = await play.admin('requests.resume', { issueId: ticket.id });
  play.tale.check('Resume is accepted', said.ok, said);
  await play.settle(ticket);
}

/** Edits a person in Okta, as its administrator. */
export async function editInOkta(
  play: Play,
  person: string,
  profile: Readonly<Record<string, string>>,
  what: string,
): Promise<void> {
  play.tale.step("Okta's administrator", what);
  const id = await personIn(play, person, 'okta');
  demand(await play.okta.call('POST', `/api/v1/users/${id}`, { profile }), 200, what);
  // Okta's search is some seconds behind.
  await play.pass('1m');
}

/** A new person in Okta; answers the id. */
export async function hireInOkta(
  play: Play,
  profile: Readonly<Record<string, string>>,
): Promise<string> {
  play.tale.step(
    "Okta's administrator",
    `makes an account for ${profile['firstName']} ${profile['lastName']}, ${profile['email']}`,
  );
  const made = demand(
    await play.okta.call('POST', '/api/v1/users?activate=false', {
      profile: { login: profile['email'], ...profile },
    }),
    200,
    'the new account',
  );
  const { id } = z.looseObject({ id: z.string() }).parse(made.body);
  demand(await play.okta.call('POST', `/api/v1/users/${id}/lifecycle/activate`), 200, 'activation');
  await play.pass('1m');
  return id;
}

/** Ids of the people in a group, by the group's own id. */
export async function idsIn(play: Play, directory: DirectoryName, groupId: string) {
  const rows = await play.control.memberships(directory);
  return rows.filter((row) => row.groupId === groupId).map((row) => row.personId);
}

/** Whether exactly this person of a directory is in a group. */
export async function holdsId(
  play: Play,
  directory: DirectoryName,
  groupId: string,
  personId: string,
  wanted: boolean,
  who: string,
): Promise<void> {
  const ids = await idsIn(play, directory, groupId);
  play.tale.check(
    `${directory} ${wanted ? 'has' : 'does not have'} ${who} in the group`,
    ids.includes(personId) === wanted,
    personId,
  );
}
