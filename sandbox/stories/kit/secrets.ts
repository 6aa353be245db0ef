/**
 * Looks for every credential of the sandbox where none may be: in what the app wrote into its store,
 * sent to Jira, answered in its views, logged, or failed with, and in what Jira showed to anybody.
 */
import { createPrivateKey } from 'node:crypto';
import type { SeenCall, Traffic } from './control';

export interface Leak {
  readonly what: string;
  readonly where: string;
}

export interface Search {
  readonly leaks: readonly Leak[];
  /** Why finding nothing proves nothing. */
  readonly blind?: string;
}

/** Members that hold a secret, in the consoles of the directories and in the app's secret storage. */
const SECRET = /^(privateKeyPem|private_key|proofKey|\w*secret(text)?|ssws|\w*token)$/i;
const TOKEN_ROUTE = /\/token$/;
const SECRET_ROUTE = /\/secret\/(get|set|delete)$/;
const DIRECTORIES: readonly string[] = ['okta', 'entra', 'google'];
/** A leak is often cut off somewhere, so parts are looked for; shorter ones would be found by chance. */
const PART = 24;
const MOST_SHOWN = 10;

/** `consoles`: what the consoles of the directories show, credentials included. */
export function leaksIn(traffic: Traffic, consoles: unknown): Search {
  const { calls } = traffic;
  const stored = calls.filter(({ path }) => SECRET_ROUTE.test(path)).flatMap(bodiesOf);
  const kept = stored.flatMap((body) => secretsIn(parsed(body), 'kept in secret storage'));
  const asked = calls.filter(isForToken);
  const known = [
    ...secretsIn(consoles, 'shown in a console'),
    ...kept,
    ...asked.flatMap(({ responseBody }) => secretsIn(parsed(responseBody), 'an access token')),
    ...asked.flatMap(({ requestBody }) =>
      ['assertion', 'client_assertion', 'client_secret'].flatMap((name) => {
        const value = new URLSearchParams(requestBody).get(name);
        return value === null ? [] : [{ what: `${name} sent for a token`, value }];
      }),
    ),
  ];
  const parts = new Map(
    known.flatMap(({ what, value }) =>
      partsOf(value).map((part): [string, string] => [part, what]),
    ),
  );
  const leaks = placesIn(traffic).flatMap(({ where, text }): Leak[] => {
    const found = [...parts].find(([part]) => text.includes(part));
    return found ? [{ what: found[1], where }] : [];
  });
  const called = calls.some((call) => isOurs(call) && DIRECTORIES.includes(call.server));
  const blind =
    called && kept.length === 0 ? 'the app called a directory without a stored credential' : '';
  return { leaks: leaks.slice(0, MOST_SHOWN), ...(blind && { blind }) };
}

const isOurs = ({ invocation }: SeenCall) => invocation !== undefined;
const isForToken = ({ server, path }: SeenCall) =>
  DIRECTORIES.includes(server) && TOKEN_ROUTE.test(path);
const bodiesOf = ({ requestBody, responseBody }: SeenCall) => [requestBody, responseBody];

/** Everything that a credential must not be in, with words for where it stands. */
function placesIn({ calls, invocations, logs }: Traffic): { where: string; text: string }[] {
  return [
    ...calls.flatMap((call) => {
      const where = `${call.server} ${call.method} ${call.path.slice(0, 120)}`;
      const written =
        isOurs(call) && !SECRET_ROUTE.test(call.path) && !isForToken(call)
          ? [
              {
                where: `${where}, sent by ${call.fn ?? 'the app'}`,
                text: call.path + call.requestBody,
              },
            ]
          : [];
      const shown =
        call.server === 'jira' ? [{ where: `${where}, answered`, text: call.responseBody }] : [];
      return [...written, ...shown];
    }),
    ...invocations.flatMap(({ fn, answer, error }) => [
      { where: `the answer of ${fn}`, text: answer ?? '' },
      { where: `the error of ${fn}`, text: error ?? '' },
    ]),
    ...logs.map(({ fn, text }) => ({ where: `the log of ${fn}`, text })),
  ];
}

function secretsIn(value: unknown, what: string): { what: string; value: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'string' && SECRET.test(name)
      ? [{ what: `${name}, ${what}`, value: inner }]
      : secretsIn(inner, what),
  );
}

/** As it is, and as it would look encoded, in parts that no line break divides. */
function partsOf(secret: string): string[] {
  const whole = Buffer.from(secret);
  const forms = [
    ...(secret.startsWith('-----BEGIN') ? linesOf(secret) : [secret]),
    ...privateNumbersOf(secret),
    encodeURIComponent(secret),
    whole.toString('base64').replace(/=+$/, ''),
    whole.toString('hex'),
  ];
  return forms.flatMap((form) => {
    if (form.length < PART) return [];
    const middle = Math.floor((form.length - PART) / 2);
    return [form.slice(middle, middle + PART), form.slice(-PART)];
  });
}

/** Two from where the private numbers stand; the first lines hold what is public. */
function linesOf(pem: string): string[] {
  const lines = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  return [lines[Math.floor(lines.length / 2)] ?? '', lines.at(-2) ?? ''];
}

/** What makes a key private, as a JWK has it; its other numbers are public. */
function privateNumbersOf(pem: string): string[] {
  if (!pem.startsWith('-----BEGIN')) return [];
  try {
    const { d } = createPrivateKey(pem).export({ format: 'jwk' });
    return d === undefined ? [] : [d];
  } catch {
    return [];
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
