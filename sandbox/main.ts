/** Starts the sandbox and says where it is. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { tokenOf } from './jira/site';
import { createSandbox, type RunningSandbox } from './sandbox';
import { seedApp } from './world/seed-app';

const argumentsSchema = z.object({
  port: z.coerce.number().int().min(0).max(65_526).default(4200),
  world: z.enum(['default', 'empty', 'large']).default('default'),
  seed: z.coerce.number().int().default(1),
  fresh: z.boolean().default(false),
  route: z.array(z.string().regex(/^[^=]+=(live|https?:\/\/.+)$/)).default([]),
});

/** Shown at start: one person for every part to play. */
const ROLES: readonly (readonly [key: string, part: string])[] = [
  ['admin', 'Jira administrator'],
  ['agent', 'service agent'],
  ['requester', 'employee who asks'],
  ['manager', 'their manager'],
  ['owner', 'owner of most apps'],
];

function readArguments() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      world: { type: 'string' },
      seed: { type: 'string' },
      fresh: { type: 'boolean' },
      route: { type: 'string', multiple: true },
    },
  });
  const { route, ...rest } = argumentsSchema.parse(values);
  const routes = Object.fromEntries(
    route.map((entry) => {
      const split = entry.indexOf('=');
      return [entry.slice(0, split), entry.slice(split + 1)] as const;
    }),
  );
  return { ...rest, routes };
}

function announce({ sandbox, addresses }: RunningSandbox): void {
  const { people } = sandbox.world;
  const lines = ROLES.flatMap(([key, part]) => {
    const person = people.find((candidate) => candidate.key === key);
    if (!person) return [];
    const name = `${person.given} ${person.family} (${part})`;
    return [`  ${name.padEnd(38)} ${person.jira?.email ?? person.email}  ${tokenOf(key)}`];
  });
  console.log(`
Latchkey sandbox, world "${sandbox.world.name}", ${people.length} people, ${sandbox.world.apps.length} apps

  Jira          ${addresses.jira}
  second site   ${addresses.secondJira}
  Okta          ${addresses.okta}
  Entra         ${addresses.entra}
  Google        ${addresses.google}
  control API   ${addresses.control}/sandbox/

Sign in to Jira as (e-mail, password for basic authentication)
${lines.join('\n')}

Everybody else: ${addresses.control}/sandbox/people
Move the clock: curl -X POST ${addresses.control}/sandbox/clock -d '{"advance":"6h"}'
`);
}

const { port, world, seed, fresh, routes } = readArguments();
const running = await createSandbox({
  port,
  world,
  seed,
  fresh,
  routes,
  appDir: '.',
  stateDir: '.sandbox',
  seedApp,
  say: (line) => console.log(`  ${line}`),
});
announce(running);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    running.close().then(
      () => process.exit(0),
      (cause) => {
        console.error(cause);
        process.exit(1);
      },
    );
  });
}
