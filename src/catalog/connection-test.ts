/**
 * The self-test of a connection: the directory's own checklist, and what only the app knows. Its last
 * result is kept; a credential that is far too powerful switches the connection off, so that nothing
 * new is granted through it. It is switched on again when every line that was refused has passed since;
 * a test that could not look at it proves nothing.
 */
import * as z from 'zod/mini';
import type { Answer } from '../contracts/answer';
import type { CheckLine, Credentials } from '../directories/directory';
import type { Deps } from '../requests/deps';
import { DAY, type Instant, secondsBetween } from '../shared/instant';
import { type Held, load, put } from '../shared/record';
import { done, no, save } from './changes';
import type { ConnectDeps } from './connection-credential';
import type { Connection } from './model/catalog';
import { connections } from './store';

const lineSchema: z.ZodMiniType<CheckLine> = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(['passed', 'failed', 'warning', 'refused', 'not-tested']),
  sentence: z.string(),
  mend: z.optional(z.string()),
  said: z.optional(z.string()),
  requestId: z.optional(z.string()),
  passing: z.optional(z.literal(true)),
}) as z.ZodMiniType<CheckLine>;

const testedSchema = z.object({
  at: z.string(),
  lines: z.array(lineSchema),
  refused: z.optional(z.array(z.string())),
});
export interface Tested {
  readonly at: Instant;
  readonly lines: readonly CheckLine[];
  /** Ids of lines that were refused, now or before, and have not passed since. */
  readonly refused?: readonly string[];
}

export const placeOfTest = (id: string) => `self-test:${id}`;

/** `undefined`: never tested, or by a version that kept it otherwise. */
export async function lastTest(deps: Pick<Deps, 'store'>, id: string): Promise<Tested | undefined> {
  return testedSchema.safeParse(await deps.store.readPlain(placeOfTest(id))).data as
    | Tested
    | undefined;
}

export async function testConnection(
  deps: ConnectDeps,
  id: string,
  by: string,
): Promise<Answer<readonly CheckLine[]>> {
  const held = await load(deps.store, connections, `connection:${id}`);
  if (!held) return no('connection-found', 'There is no such connection.', 'Reload the page.');
  if (held.value.cloudId !== deps.installation.cloudId) {
    return no(
      'connection-belongs-to-site',
      'The connection belongs to another Jira site, so this copy does not use it.',
      'Enter a credential for this site, or remove the connection.',
    );
  }
  const opened = await deps.directory(held.value);
  if (!opened.ok)
    return no('credential-stored', opened.error.detail, 'Enter the credential again.');
  const lines = [
    ...(await opened.value.selfTest(held.value.test)),
    ageLine(held.value, deps.now()),
    ...attributeLines(held.value),
  ];
  // Without what the directory said in its own words: that is for whoever asked, not for keeping.
  const kept = lines.map(({ said: _, ...line }) => line);
  const refused = await stillRefused(deps, held.value, lines);
  await deps.store.writePlain(placeOfTest(id), { at: deps.now(), lines: kept, refused });
  const switched = await switchBy(deps, held, refused.length > 0, by);
  return switched.ok ? done(lines) : switched;
}

const OFF = 'self-test';

/** What lines are called that can be refused, for a connection whose last test cannot be read. */
const REFUSABLE = ['power', 'admin-role', 'lifecycle', 'lifecycle-power'];

/** Lines that are refused, and those that were and have not passed since. */
async function stillRefused(
  deps: Pick<Deps, 'store'>,
  { id, offBecause, lifecycle }: Connection,
  lines: readonly CheckLine[],
): Promise<readonly string[]> {
  const refused = lines.flatMap((line) => (line.state === 'refused' ? [line.id] : []));
  if (offBecause !== OFF) return refused;
  const last = await lastTest(deps, id);
  const named = last?.refused ?? last?.lines.flatMap((l) => (l.state === 'refused' ? [l.id] : []));
  // Off, and nobody remembers for which line: whatever could be refused has to pass.
  const before =
    named && named.length > 0 ? named : REFUSABLE.filter((line) => lineIn(lines, line));
  const passed = (line: string) =>
    ['passed', 'warning'].includes(lineIn(lines, line)?.state ?? '') ||
    // What was refused of a second registration went with it.
    (!lifecycle && line.startsWith('lifecycle') && lineIn(lines, 'token')?.state === 'passed');
  const kept = before.filter((line) => !passed(line));
  // Without a single line to go by the test did not come so far.
  return before.length === 0 ? ['power'] : [...new Set([...refused, ...kept])];
}

const lineIn = (lines: readonly CheckLine[], id: string) => lines.find((line) => line.id === id);

/** Switches off for a refused line, and on again only what a self-test alone switched off. */
async function switchBy(
  deps: ConnectDeps,
  held: Held<Connection>,
  refused: boolean,
  by: string,
): Promise<Answer<unknown>> {
  const { offBecause, offByHand, ...connection } = held.value;
  if (refused === (offBecause === OFF)) return done(undefined);
  const byHand = connection.status === 'off' && { offByHand: true as const };
  const after: Connection = {
    ...connection,
    version: connection.version + 1,
    ...(refused
      ? { status: 'off' as const, offBecause: OFF, ...byHand }
      : { status: offByHand ? ('off' as const) : ('live' as const) }),
  };
  return save(
    deps,
    { what: `connection:${connection.id}`, by, before: held.value, after },
    [put(connections, after, held.rev)],
    undefined,
  );
}

/** Without one of these nobody is found, added or removed, whatever the directory calls it. */
const NEEDED = /^(scope-.*|read-people|read-groups|change-members|change-test-group)$/;

/**
 * A credential that replaces another one: refused when it gets no token, may do far too much, or cannot
 * do what the old one is needed for. What was only busy or silent for a moment does not count, but for
 * what else it may do: that has to be seen before it is taken.
 */
export async function provenToWork(
  deps: ConnectDeps,
  connection: Connection,
  credentials: Credentials,
  replaced: { readonly membership: boolean; readonly lifecycle: boolean },
): Promise<Answer<undefined>> {
  const directory = await deps.tryDirectory(connection, credentials);
  const lines = await directory.selfTest(connection.test);
  const failed = lines.filter((line) => line.state === 'failed');
  const refused = lines.find((line) => line.state === 'refused');
  const unseen = lines.find((line) => REFUSABLE.includes(line.id) && line.passing);
  const token = failed.find((line) => line.id === 'token');
  const lacking = failed.find((line) => NEEDED.test(line.id) && !line.passing);
  const second = failed.find((line) => line.id === 'lifecycle');
  const stops =
    token ??
    (replaced.membership ? (lacking ?? unseen) : undefined) ??
    (replaced.lifecycle ? (second ?? unseen) : undefined);
  const nothing = lines.every((line) => line.state === 'failed') ? failed[0] : undefined;
  const line = refused ?? stops ?? nothing;
  if (!line && lines.length > 0) return done(undefined);
  return no(
    refused ? 'credential-power' : 'credential-works',
    `${line?.sentence ?? 'The new credential does not work.'} The old credential stays in use.`,
    line?.mend ?? 'Check the credential and enter it again.',
  );
}

/** It outranks the e-mail address, and who may write it is not shown to the app. */
function attributeLines({ accountAttribute: name }: Connection): CheckLine[] {
  if (name === undefined) return [];
  const sentence = `The attribute ${name} says who has which Atlassian account, before the e-mail address does. Whether people may change it themselves cannot be seen from here.`;
  const mend = `Make sure that only administrators may write ${name}: not people themselves, and no form that they fill in.`;
  return [{ id: 'account-attribute', name: 'Account attribute', state: 'warning', sentence, mend }];
}

/** Atlassian asks for rotation of what is sensitive after this long. */
const OLD_AFTER_DAYS = 90;
const WARN_DAYS = 30;

export function ageLine(connection: Connection, now: Instant): CheckLine {
  const naming = { id: 'credential-age', name: 'Age of the credential' };
  const { credentialSetAt: setAt, credentialEndsAt: endsAt } = connection;
  const mend = 'Make a new one in the directory, enter it here, then remove the old one there.';
  const left = endsAt === undefined ? undefined : secondsBetween(now, endsAt as Instant) / DAY;
  if (left !== undefined && left <= 0) {
    return { ...naming, state: 'failed', sentence: 'The credential has ended.', mend };
  }
  if (left !== undefined && left <= WARN_DAYS) {
    const sentence = `The credential ends in ${Math.ceil(left)} days.`;
    return { ...naming, state: 'warning', sentence, mend };
  }
  if (setAt === undefined) {
    const sentence = 'When the credential was made is not known.';
    return { ...naming, state: 'warning', sentence, mend };
  }
  const days = Math.floor(secondsBetween(setAt as Instant, now) / DAY);
  const sentence = `The credential was entered ${days} days ago${endsAt === undefined ? ' and has no end that the app knows of' : ''}.`;
  return days >= OLD_AFTER_DAYS
    ? {
        ...naming,
        state: 'warning',
        sentence: `${sentence} It should be replaced every ${OLD_AFTER_DAYS} days.`,
        mend,
      }
    : { ...naming, state: 'passed', sentence };
}
