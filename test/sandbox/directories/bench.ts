/** The three directories on a clock of their own, called in process. */
import { sign } from 'node:crypto';
import { createDirectories } from '../../../sandbox/directories/directories';
import { CallLog } from '../../../sandbox/kit/calls';
import { SandboxClock } from '../../../sandbox/kit/clock';
import { Faults } from '../../../sandbox/kit/faults';
import { seeded } from '../../../sandbox/kit/random';
import type { Reply, Routes } from '../../../sandbox/kit/routes';
import { type Profile, profileWith } from '../../../sandbox/profile';
import { createWorld } from '../../../sandbox/world/create-world';
import type { DirectoryName, WorldName } from '../../../sandbox/world/world';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  // Bodies are judged field by field; each test says what it expects of them.
  // biome-ignore lint/suspicious/noExplicitAny: an answer's body is whatever the service sends
  body: any;
}

export type Bench = ReturnType<typeof bench>;

export function bench(
  options: { world?: WorldName; profile?: Partial<Profile>; seed?: number } = {},
) {
  const clock = new SandboxClock(Date.UTC(2026, 0, 12, 9));
  const calls = new CallLog(() => clock.iso());
  const faults = new Faults();
  const world = createWorld(options.world ?? 'default', options.seed ?? 1);
  const profile = profileWith(options.profile ?? {});
  const wiring = { world, clock, calls, faults, random: seeded(5), profile };
  const directories = createDirectories(wiring);
  const account = (directory: DirectoryName, key: string) => {
    const found = world.people
      .find((person) => person.key === key)
      ?.accounts.find((candidate) => candidate.directory === directory);
    if (!found) throw new Error(`${key} has no account in ${directory}`);
    return found;
  };
  const group = (key: string) => {
    const found = world.groups.find((candidate) => candidate.key === key);
    if (!found) throw new Error(`no group ${key}`);
    return found;
  };
  return { clock, calls, faults, world, directories, account, group };
}

export async function call(
  routes: Routes,
  host: string,
  line: string,
  options: {
    token?: string;
    body?: unknown;
    form?: Record<string, string>;
    headers?: Record<string, string>;
  } = {},
): Promise<Answer> {
  const [method = '', target = ''] = line.split(/ (.*)/s);
  const form = options.form && new URLSearchParams(options.form).toString();
  const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const reply: Reply = await routes.dispatch({
    method,
    target,
    host,
    headers: {
      'content-type': type,
      ...(options.token && { authorization: options.token }),
      ...options.headers,
    },
    body: form ?? (options.body === undefined ? '' : JSON.stringify(options.body)),
  });
  return { status: reply.status, headers: reply.headers ?? {}, body: reply.json };
}

export function signedJwt(
  privateKeyPem: string,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKeyPem).toString('base64url')}`;
}
