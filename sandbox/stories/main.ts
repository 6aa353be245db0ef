/** `npm run story -- --list | <name>… | --all [--json] [--url http://localhost:4200]` */
import { parseArgs } from 'node:util';
import { createSandbox } from '../sandbox';
import type { Addresses } from './kit/play';
import { type Told, tellStory } from './kit/run';
import { setTheStage } from './kit/stage';
import { STORIES } from './stories';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    url: { type: 'string' },
  },
});
const chosen = values.all ? STORIES : STORIES.filter(({ name }) => positionals.includes(name));
const unknown = positionals.filter((name) => !STORIES.some((story) => story.name === name));
const say = values.json ? () => {} : (line: string) => console.log(line);

if (values.list) {
  for (const { name, promise } of STORIES) console.log(`${name.padEnd(32)} ${promise}`);
} else if (unknown.length > 0 || chosen.length === 0) {
  console.error(
    unknown.length > 0
      ? `There is no story ${unknown.join(', ')}; --list names them.`
      : 'Name a story, or say --all; --list names them.',
  );
  process.exitCode = 2;
} else {
  const { addresses, close } = values.url
    ? { addresses: addressesFrom(values.url), close: async () => {} }
    : await ownSandbox();
  try {
    const told: Told[] = [];
    for (const story of chosen) told.push(await tellStory(story, addresses, say));
    sumUp(told);
  } finally {
    await close();
  }
}

async function ownSandbox() {
  say('A sandbox is being started; the first start bundles the app and takes a minute.');
  return createSandbox({ port: 0, appDir: '.', seedApp: setTheStage });
}

/** The others listen beside the Jira site, as the sandbox says when it starts. */
function addressesFrom(text: string): Addresses {
  const base = new URL(text);
  const at = (scheme: string, offset: number) =>
    `${scheme}://${base.hostname}:${Number(base.port) + offset}`;
  return {
    jira: at('http', 0),
    okta: at('https', 2),
    entra: at('https', 3),
    google: at('https', 4),
    secondJira: at('http', 6),
    control: at('http', 9),
  };
}

function sumUp(told: readonly Told[]): void {
  const broken = told.filter(({ ok }) => !ok);
  if (values.json) console.log(JSON.stringify(told, undefined, 2));
  else {
    const checks = told.flatMap(({ lines }) => lines.filter(({ kind }) => kind === 'check')).length;
    console.log(
      `\n${told.length - broken.length} of ${told.length} stories kept their promise (${checks} checks).`,
    );
    for (const { name, lines } of broken) {
      console.log(`  ${name}`);
      for (const line of lines)
        if (line.kind === 'check' && !line.ok)
          console.log(`    ✗ ${line.said}${line.found === undefined ? '' : `: ${line.found}`}`);
    }
  }
  if (broken.length > 0) process.exitCode = 1;
}
