/** Connections as an administrator works with them on the admin page and in the directories' consoles. */
import { z } from 'zod';
import { demand, StoryStopped } from './http';
import type { AppAnswer, Play } from './play';

const linesSchema = z.array(
  z.looseObject({
    id: z.string(),
    name: z.string(),
    state: z.string(),
    sentence: z.string(),
    mend: z.string().optional(),
    said: z.string().optional(),
    requestId: z.string().optional(),
  }),
);
type CheckLine = z.infer<typeof linesSchema>[number];

export async function selfTest(play: Play, id: string): Promise<CheckLine[]> {
  play.tale.step('admin', `runs the self-test of the connection ${id}`);
  const lines = linesSchema.parse(await play.demandAdmin('connections.test', { id }));
  for (const { state, name, sentence } of lines)
    play.tale.cameBack(`${state}: ${name}: ${sentence}`);
  return lines;
}

/** One line of the checklist, found by its id, and what it says. */
export function lineSays(
  play: Play,
  lines: readonly CheckLine[],
  id: string,
  wanted: { state: string } & Partial<Record<'name' | 'sentence' | 'mend' | 'said', RegExp>>,
): CheckLine | undefined {
  const line = lines.find((one) => one.id === id);
  const { state, ...words } = wanted;
  const said = Object.entries(words).map(([part, fits]) => `${part} ${fits.source}`);
  play.tale.check(
    `the line "${id}" is ${state}${said.length > 0 ? `: ${said.join(', ')}` : ''}`,
    line?.state === state &&
      Object.entries(words).every(([part, fits]) => fits.test(String(line?.[part] ?? ''))),
    line ?? lines.map((one) => `${one.id} ${one.state}`),
  );
  return line;
}

export function nothingFailed(play: Play, lines: readonly CheckLine[]): void {
  const bad = lines.filter(({ state }) => state === 'failed' || state === 'refused');
  play.tale.check('no line failed', bad.length === 0 && lines.length > 3, bad);
}

/** A "no" of the app: which check, and words that fit. */
export function isRefused(play: Play, answer: AppAnswer, check: string, words: RegExp): void {
  const problem = answer.ok ? undefined : answer.problem;
  play.tale.check(
    `it is refused by the check "${check}": ${words.source}`,
    problem?.check === check &&
      words.test(`${problem.sentence} ${problem.nextStep}`) &&
      problem.nextStep !== '',
    answer,
  );
}

/** A new client secret of Entra's app registration. */
export async function addSecret(
  play: Play,
  objectId: unknown,
  ends?: string,
): Promise<{ clientSecret: string; keyId: string }> {
  const displayName = 'Latchkey';
  const sent = await play.entra.call('POST', `/v1.0/applications/${objectId}/addPassword`, {
    passwordCredential: { displayName, ...(ends !== undefined && { endDateTime: ends }) },
  });
  const made = z
    .looseObject({ secretText: z.string(), keyId: z.string() })
    .parse(demand(sent, 200, 'the new client secret').body);
  return { clientSecret: made.secretText, keyId: made.keyId };
}

/** The sandbox's hour, so many milliseconds later. */
export async function later(play: Play, milliseconds: number): Promise<string> {
  return new Date(Date.parse((await play.control.state()).now) + milliseconds).toISOString();
}

/** A person's id in a directory. */
export async function personIn(play: Play, person: string, directory: string): Promise<string> {
  const { directories } = await play.person(person);
  const found = directories.find((one) => one.directory === directory);
  if (!found) throw new StoryStopped(`${person} has no account in ${directory}`);
  return found.id;
}
