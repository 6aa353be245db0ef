import { fetch as apiFetch, asApp, asUser, getAppContext, route } from '@forge/api';
import { InvocationError, InvocationErrorCode, Queue } from '@forge/events';
import { kvs } from '@forge/kvs';
import { probes } from './probes';

interface Call {
  call: { functionKey: string; payload?: Record<string, unknown> };
  context: Record<string, unknown>;
}
interface Backend {
  principal?: { accountId: string };
  license?: unknown;
  installContext: string;
}

let seen = 0;

export const resolver = async ({ call, context }: Call, backend: Backend) => {
  const payload = call.payload ?? {};
  switch (call.functionKey) {
    case 'who':
      return {
        account: backend.principal?.accountId,
        license: backend.license,
        context,
        app: getAppContext(),
        warm: ++seen,
      };
    case 'now':
      return { now: Date.now(), made: new Date().toISOString(), fixed: new Date(0).toISOString() };
    case 'throw':
      throw new Error('thrown on purpose');
    case 'push':
      return new Queue({ key: String(payload['queue'] ?? 'work') }).push(
        payload['events'] as never,
      );
    case 'fetch':
      return fetched(String(payload['url']), payload['init'] as RequestInit | undefined);
    case 'me':
      return (await asUser().requestJira(route`/rest/api/3/myself`)).json();
    case 'as':
      return (
        await asUser(String(payload['account'])).requestJira(route`/rest/api/3/myself`)
      ).json();
    case 'elsewhere': {
      const answer = await asApp().requestJira(route`/rest/api/3/dashboard`);
      return answer.status;
    }
    case 'left':
      await fetched(String(payload['url']));
      return getAppContext().invocationRemainingTimeInMillis();
    case 'issue': {
      const key = String(payload['key']);
      const answer = await asApp().requestJira(route`/rest/api/3/issue/${key}`);
      return { status: answer.status, body: await answer.json() };
    }
    case 'slow': {
      for (let i = 0; i < Number(payload['calls']); i++) await kvs.get('nothing');
      return 'done';
    }
    case 'probe':
      return probes(payload);
    default:
      throw new Error(`no such function: ${call.functionKey}`);
  }
};

async function fetched(url: string, init?: RequestInit) {
  const answer = await apiFetch(url, init as never);
  return {
    status: answer.status,
    error: answer.headers.get('forge-proxy-error'),
    text: await answer.text(),
  };
}

async function note(what: string, value: unknown): Promise<void> {
  await kvs.set(`seen:${what}:${Math.random().toString(36).slice(2)}`, value as object);
}

export const onIssue = (event: object) => note('issue', event);
export const onInstall = (event: object) => note('lifecycle', event);
export const goodbye = (event: object) => note('goodbye', event);
export const sweep = (event: object) => note('sweep', event);
export const long = (event: object) => note('long', event);

/** Many pushes that nobody waits for, and one that does the same again a minute later. */
async function pushOn(): Promise<void> {
  const queue = new Queue({ key: 'work' });
  for (let i = 0; i < 480; i++) await queue.push({ body: {}, delayInSeconds: 900 });
  await queue.push({ body: { do: 'chain' }, delayInSeconds: 70 });
}

interface Work {
  body: { do?: string; id?: string; times?: number; url?: string };
  retryContext?: { retryCount: number; retryData?: unknown };
}

export const work = async (event: Work) => {
  await note('work', event);
  const attempt = event.retryContext?.retryCount ?? 0;
  const again = attempt < (event.body.times ?? 1);
  if (event.body.do === 'throw' && again) throw new Error('thrown on purpose');
  if (event.body.do === 'retry' && again) {
    return new InvocationError({
      retryAfter: 30,
      retryReason: InvocationErrorCode.FUNCTION_RETRY_REQUEST,
      retryData: { attempt },
    });
  }
  if (event.body.do === 'put') await fetched(String(event.body.url), { method: 'PUT' });
  if (event.body.do === 'chain') await pushOn();
  return undefined;
};
