/** Sets of changes: what an administrator previews, applies and takes back as one. */
import { z } from 'zod';
import { StoryStopped } from './http';
import type { Play } from './play';

const shownSchema = z.looseObject({
  set: z.looseObject({ id: z.string(), state: z.string() }),
  problems: z.array(z.object({ at: z.string(), sentence: z.string() })),
  differences: z.array(
    z.looseObject({ what: z.string(), title: z.string(), lines: z.array(z.string()) }),
  ),
});
export type ShownSet = z.infer<typeof shownSchema>;

/** Hands something in and reads what would come of it. */
export async function previewed(play: Play, fn: string, payload: unknown): Promise<ShownSet> {
  const made = z.looseObject({ id: z.string() }).parse(await play.demandAdmin(fn, payload));
  const shown = await cameToRest(play, made.id);
  play.tale.cameBack(`${fn}: ${shown.set.state}`);
  for (const { at, sentence } of shown.problems) play.tale.cameBack(`${at}: ${sentence}`);
  for (const { title, lines } of shown.differences)
    play.tale.cameBack(`${title}: ${lines.join('; ')}`);
  return shown;
}

/** Long work waits where a directory limits calls. */
async function cameToRest(play: Play, id: string): Promise<ShownSet> {
  for (let minute = 0; ; minute++) {
    await play.control.settle();
    const shown = shownSchema.parse(await play.demandAdmin('changes.read', { id }));
    if (!/ing$/.test(shown.set.state) || minute === 15) return shown;
    await play.control.advance('1m');
  }
}

/** Applies a set, or takes it back, to its end. */
export async function carriedOut(
  play: Play,
  shown: ShownSet,
  what: 'apply' | 'undo',
): Promise<void> {
  const { id } = shown.set;
  play.tale.step('admin', what === 'apply' ? 'applies all of it' : 'takes all of it back');
  await play.demandAdmin(`changes.${what}`, { id });
  const { state } = (await cameToRest(play, id)).set;
  const wanted = what === 'apply' ? 'applied' : 'undone';
  if (!play.tale.check(`all of it is ${wanted}`, state === wanted, state))
    throw new StoryStopped(`the set of changes is ${state}`);
}

export async function exported(play: Play): Promise<string> {
  // Queries of the ledger are some seconds behind its records.
  await play.control.advance('5s');
  const said = await play.demandAdmin('configuration.export', {});
  return z.object({ text: z.string() }).parse(said).text;
}

/** A call of the admin page that is refused, with words anywhere in the "no". */
export async function demandRefused(
  play: Play,
  what: string,
  fn: string,
  payload: unknown,
  words: RegExp,
): Promise<void> {
  const said = await play.admin(fn, payload);
  play.tale.check(
    `${what} is refused: ${words.source}`,
    !said.ok && words.test(JSON.stringify(said.problem)) && said.problem.nextStep !== '',
    said,
  );
}
