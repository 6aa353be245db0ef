import { afterEach, describe, expect, it } from 'vitest';
import { openQueues } from '../../src/forge/queues';
import { type ForgeServer, serveForge } from '../fakes/forge-globals';
import { RecordingLog } from '../fakes/platform';

let stop = () => {};
afterEach(() => stop());

interface Request {
  readonly queueName: string;
  readonly payload: { body: { n: number }; delayInSeconds?: number }[];
}

function opened(server: (request: Request) => ReturnType<ForgeServer> = () => ({ status: 201 })) {
  const requests: Request[] = [];
  stop = serveForge(({ body }) => {
    const request = JSON.parse(body ?? '') as Request;
    requests.push(request);
    return server(request);
  });
  const log = new RecordingLog();
  return { queues: openQueues({ log }), requests, log };
}

const messages = (count: number, text = '') =>
  Array.from({ length: count }, (_, n) => ({ body: { n, text } }));
const numbers = (untaken: readonly { body: Readonly<Record<string, unknown>> }[]) =>
  untaken.map(({ body }) => body['n']);

describe('pushing to a queue', () => {
  it('sends body and delay, and hands nothing back when all was taken', async () => {
    const { queues, requests } = opened();
    const untaken = await queues.push('revoke', [
      { body: { n: 1 }, delay: 900 },
      { body: { n: 2 } },
    ]);
    expect(untaken).toEqual([]);
    expect(requests[0]).toMatchObject({
      queueName: 'revoke',
      payload: [{ body: { n: 1 }, delayInSeconds: 900 }, { body: { n: 2 } }],
    });
  });

  it('sends nothing for no messages', async () => {
    const { queues, requests } = opened();
    expect(await queues.push('grant', [])).toEqual([]);
    expect(requests).toEqual([]);
  });

  it('sends at most fifty messages in one request', async () => {
    const { queues, requests } = opened();
    await queues.push('grant', messages(120));
    expect(requests.map(({ payload }) => payload.length)).toEqual([50, 50, 20]);
  });

  it('sends at most 200 KiB in one request', async () => {
    const { queues, requests } = opened();
    await queues.push('grant', messages(10, 'x'.repeat(50 * 1024)));
    expect(requests.length).toBeGreaterThan(2);
    for (const { payload } of requests) {
      expect(JSON.stringify(payload).length).toBeLessThanOrEqual(200 * 1024);
    }
  });

  it('hands back only the messages that the platform named', {
    tags: ['queue-push-fails'],
  }, async () => {
    const { queues } = opened(() => ({
      status: 202,
      json: { failedEvents: [{ index: '1', errorMessage: 'no' }] },
    }));
    expect(numbers(await queues.push('grant', messages(3)))).toEqual([1]);
  });

  it('hands all back when the platform does not say which failed', async () => {
    const { queues } = opened(() => ({ status: 202, json: { errorMessage: 'some failed' } }));
    expect(numbers(await queues.push('grant', messages(3)))).toEqual([0, 1, 2]);
  });

  const refusals: [string, ForgeServer][] = [
    ['limits the rate', () => ({ status: 429 })],
    ['fails', () => ({ status: 500, text: '<html>' })],
    ['sees a loop', () => ({ status: 405 })],
    ['is not reached', () => Promise.reject(new TypeError('fetch failed'))],
    [
      'reports an error of its proxy',
      () => ({ status: 502, headers: { 'forge-proxy-error': 'X' } }),
    ],
  ];
  it.each(refusals)('hands all back when the platform %s', async (_, server) => {
    const { queues, log } = opened(server as never);
    expect(numbers(await queues.push('grant', messages(2)))).toEqual([0, 1]);
    expect(log.events()).toEqual(['queue-push-failed']);
  });

  it('hands back the failed part of a long push and keeps the rest', async () => {
    const { queues } = opened(({ payload }) => ({ status: payload[0]?.body.n === 50 ? 500 : 201 }));
    expect(numbers(await queues.push('grant', messages(120)))).toEqual(
      Array.from({ length: 50 }, (_, i) => 50 + i),
    );
  });

  it('stops pushing when the platform limits the rate', async () => {
    const { queues, requests } = opened(() => ({ status: requests.length > 1 ? 429 : 201 }));
    expect(await queues.push('grant', messages(170))).toHaveLength(120);
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['waits too long', { body: {}, delay: 901 }],
    ['waits a negative time', { body: {}, delay: -1 }],
    ['is too large for a long-running consumer', { body: { text: 'x'.repeat(101 * 1024) } }],
  ])('refuses a message that %s before it sends any', async (_, message) => {
    const { queues, requests } = opened();
    await expect(queues.push('job', [{ body: {} }, message])).rejects.toThrow('job');
    expect(requests).toEqual([]);
  });
});
