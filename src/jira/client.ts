/** Jira's REST API over Forge: one call, one answer, checked. No retries: the caller decides. */
import { asApp, asUser, type RequestProductMethods, type Route } from '@forge/api';
import type * as z from 'zod/mini';
import { type Failure, no, ok, type Result } from '../shared/result';
import { type Answer, badAnswer, failureOf, failureOfThrown, type Intent } from './failures';

/** Real milliseconds, well under the 25 s that the shortest function has. */
const DEADLINE_MS = 15_000;

export interface Asked<T> {
  readonly path: Route;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly body?: unknown;
  /** A POST that only asks, such as a search. */
  readonly reads?: true;
  /** The parts of the answer that are used; everything else is ignored. */
  readonly answer: z.ZodMiniType<T>;
}

export type Change = Omit<Asked<void>, 'answer' | 'reads'> & { readonly method: 'POST' | 'PUT' };

export interface JiraClient {
  ask<T>(asked: Asked<T>): Promise<Result<T, Failure>>;
  /** For a change whose answer says nothing that is used. */
  change(change: Change): Promise<Result<void, Failure>>;
  /** As it came: the status decides, the text is not read as JSON. */
  raw(path: Route): Promise<Result<string, Failure>>;
}

export const appClient: JiraClient = clientFor(() => asApp());
/** As the person whom the platform named as calling; fails where it named nobody. */
export const callerClient: JiraClient = clientFor(() => asUser());

function clientFor(principal: () => RequestProductMethods): JiraClient {
  async function send(asked: Omit<Asked<unknown>, 'answer'>): Promise<Result<Answer, Failure>> {
    const intent = intentOf(asked);
    try {
      const response = await principal().requestJira(asked.path, {
        method: asked.method ?? 'GET',
        headers: {
          accept: 'application/json',
          ...(asked.body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      const { status, headers } = response;
      const answer = { status, headers, text: await response.text() };
      return status >= 200 && status < 300 ? ok(answer) : no(failureOf(answer, intent));
    } catch (cause) {
      return no(failureOfThrown(cause, intent));
    }
  }

  return {
    async ask(asked) {
      const sent = await send(asked);
      return sent.ok ? read(sent.value.text, asked.answer, intentOf(asked)) : sent;
    },
    async change(change) {
      const sent = await send(change);
      return sent.ok ? ok(undefined) : sent;
    },
    async raw(path) {
      const sent = await send({ path });
      return sent.ok ? ok(sent.value.text) : sent;
    },
  };
}

const intentOf = ({ method = 'GET', reads }: Omit<Asked<unknown>, 'answer'>): Intent =>
  method === 'GET' || reads ? 'read' : 'write';

function read<T>(text: string, schema: z.ZodMiniType<T>, intent: Intent): Result<T, Failure> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return no(badAnswer('Jira’s answer is not JSON.', intent, cause));
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  return no(badAnswer(`Jira’s answer is not as documented at "${where}".`, intent, parsed.error));
}
