/**
 * The self-test of a connection: the directory's own checklist, and what only the app knows. Its last
 * result is kept; a credential that is far too powerful switches the connection off, so that nothing
 * new is granted through it, and a test without that switches it on again.
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
}) as z.ZodMiniType<CheckLine>;

const testedSchema = z.object({ at: z.string(), lines: z.array(lineSchema) });
export interface Tested {
  readonly at: Instant;
  readonly lines: readonly CheckLine[];
}

const placeOf = (id: string) => `self-test:${id}`;

/** `undefined`: never tested, or by a version that kept it otherwise. */
export async function lastTest(deps: Pick<Deps, 'store'>, id: string): Promise<Tested | undefined> {
  return testedSchema.safeParse(await deps.store.readPlain(placeOf(id))).data as Tested | undefined;
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
  ];
  // Without what the directory said in its own words: that is for whoever asked, not for keeping.
  const kept = lines.map(({ said: _, ...line }) => line);
  await deps.store.writePlain(placeOf(id), { at: deps.now(), lines: kept });
  const switched = await switchBy(deps, held, lines, by);
  return switched.ok ? done(lines) : switched;
}

const OFF = 'self-test';

/** Switches off for a refused line, and on again only what a self-test switched off. */
async function switchBy(
  deps: ConnectDeps,
  held: Held<Connection>,
  lines: readonly CheckLine[],
  by: string,
): Promise<Answer<unknown>> {
  const { offBecause, ...connection } = held.value;
  const refused = lines.some((line) => line.state === 'refused');
  const stays = refused ? connection.status === 'off' : offBecause !== OFF;
  if (stays) return done(undefined);
  const after: Connection = {
    ...connection,
    version: connection.version + 1,
    ...(refused ? { status: 'off', offBecause: OFF } : { status: 'live' }),
  };
  return save(
    deps,
    { what: `connection:${connection.id}`, by, before: held.value, after },
    [put(connections, after, held.rev)],
    undefined,
  );
}

/** A credential that replaces another one: refused when it gets no token, or may do far too much. */
export async function provenToWork(
  deps: ConnectDeps,
  connection: Connection,
  credentials: Credentials,
): Promise<Answer<undefined>> {
  const lines = await (await deps.tryDirectory(connection, credentials)).selfTest();
  const [first] = lines.filter((line) => line.state === 'failed');
  const refused = lines.find((line) => line.state === 'refused');
  const broken = first?.id === 'token' || lines.every((line) => line.state === 'failed');
  if (!refused && !broken) return done(undefined);
  const line = refused ?? first;
  return no(
    refused ? 'credential-power' : 'credential-works',
    `${line?.sentence ?? 'The new credential does not work.'} The old credential stays in use.`,
    line?.mend ?? 'Check the credential and enter it again.',
  );
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
