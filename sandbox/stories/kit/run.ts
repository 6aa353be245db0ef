/** Runs stories, each on a sandbox that was put back to its first state. */
import { StoryStopped } from './http';
import { type Addresses, Play } from './play';
import { leaksIn } from './secrets';
import type { Story } from './story';
import { type Line, Tale } from './tale';

export interface Told {
  readonly name: string;
  readonly promise: string;
  readonly ok: boolean;
  readonly lines: readonly Line[];
  /** Real seconds. */
  readonly took: number;
}

/** App functions may fail here and there under injected faults; a crash of ours never may. */
const FATAL = 60;

export async function tellStory(
  story: Story,
  addresses: Addresses,
  say: (line: string) => void = () => {},
): Promise<Told> {
  const tale = new Tale(say);
  const play = new Play(addresses, tale);
  const began = Date.now();
  say(`\n${story.name}: ${story.promise}`);
  await play.control.reset();
  const before = (await play.control.state()).unmodelled.length;
  try {
    await story.run(play);
  } catch (cause) {
    if (!(cause instanceof StoryStopped)) say(String((cause as Error).stack ?? cause));
    tale.check(
      'the story could be told to its end',
      false,
      cause instanceof Error ? cause.message : cause,
    );
  }
  const { unmodelled } = await play.control.state();
  tale.check(
    'nothing was called that the sandbox does not model',
    unmodelled.length === before,
    unmodelled.slice(before),
  );
  const traffic = await play.control.traffic();
  const fatal = traffic.logs.filter(({ level }) => level >= FATAL);
  if (fatal.length > 0) tale.check('the app did not crash', false, fatal[0]?.text);
  const { leaks, blind } = leaksIn(traffic, await play.control.consoles());
  if (leaks.length > 0) tale.check('no credential left secret storage', false, leaks);
  if (blind) tale.check('the search for credentials could see them', false, blind);
  return {
    name: story.name,
    promise: story.promise,
    ok: tale.broken.length === 0,
    lines: tale.lines,
    took: (Date.now() - began) / 1000,
  };
}
