import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Authorizer } from '../../src/directories/access-token';
import { type Lane, RateBudget } from '../../src/directories/budget';
import type { Spent } from '../../src/directories/directory';
import { type Dialect, Door } from '../../src/directories/door';
import type { Http } from '../../src/forge/ports';
import { epochMs } from '../../src/shared/instant';
import { ok } from '../../src/shared/result';
import { FixedClock } from '../fakes/platform';

const HOST = 'https://directory.example';
const LIMIT = 100;

const dialect: Dialect = {
  service: 'Somewhere',
  codes: {},
  apiCode: () => undefined,
  requestId: (headers) => headers.get('x-request-id') ?? undefined,
  family: ({ url }) => new URL(url).pathname.split('/')[1] ?? '',
  headroom: (headers, nowMs) => {
    const left = headers.get('x-left');
    return left === null
      ? undefined
      : { limit: LIMIT, remaining: Number(left), resetsAt: nowMs + 40_000 };
  },
  words: (json) => (json as { said?: string } | undefined)?.said,
};

class Site {
  readonly clock = new FixedClock();
  readonly sent: string[] = [];
  spent: Spent = {};
  kept = false;
  readonly discarded: string[] = [];
  answer: (url: string, nth: number) => Response = () => Response.json({});
  #tokens = 0;

  door(lane: Lane = 'grant', through: Http = this.#http): Door {
    const authorizer: Authorizer = {
      authorize: async () => {
        const token = `token-${this.discarded.length}`;
        this.#tokens++;
        return ok({
          token,
          kept: this.kept && this.#tokens === 1,
          headers: { authorization: token },
        });
      },
      discard: (token) => {
        this.discarded.push(token);
      },
    };
    const keeping = {
      load: async () => this.spent,
      save: async (spent: Spent) => {
        this.spent = spent;
      },
    };
    const { clock } = this;
    const budget = new RateBudget(lane, { clock, keeping });
    return new Door(dialect, { authorizer, http: through, clock, budget });
  }

  readonly #http: Http = async (url, { method }) => {
    this.sent.push(`${method} ${new URL(url).pathname}`);
    return this.answer(url, this.sent.length);
  };
}

const call = (door: Door, method: string, path: string) =>
  door.run(() => door.send(`${HOST}${path}`, { method }), z.unknown());

const refusal = async (result: ReturnType<typeof call>) => {
  const done = await result;
  if (done.ok) throw new Error('It went through');
  return done.error.failure;
};

const throwing =
  (name: string): Http =>
  async () => {
    throw Object.assign(new Error('not for anybody to read'), { name });
  };

describe('a call to a directory', () => {
  test('is not sent before the time that the directory asked for', {
    tags: ['rate-limited'],
  }, async () => {
    const site = new Site();
    const slow = new Response('', { status: 429, headers: { 'retry-after': '20' } });
    site.answer = () => slow.clone();
    expect(await refusal(call(site.door(), 'PUT', '/groups/1'))).toMatchObject({ retryAfter: 20 });
    site.clock.advance(5);
    const early = await refusal(call(site.door('revoke'), 'DELETE', '/groups/1'));
    expect(early).toMatchObject({ class: 'retryable', code: 'rate-limited', retryAfter: 15 });
    expect(early.outcomeUnknown).toBeUndefined();
    expect(site.sent).toEqual(['PUT /groups/1']);
    site.clock.advance(15);
    site.answer = () => Response.json({});
    expect((await call(site.door('revoke'), 'DELETE', '/groups/1')).ok).toBe(true);
  });

  test('that reads everything stands back while there is room for what people wait for', {
    tags: ['rate-limited'],
  }, async () => {
    const site = new Site();
    site.answer = () => Response.json({}, { headers: { 'x-left': '40' } });
    const bulk = site.door('bulk');
    expect((await call(bulk, 'GET', '/groups')).ok).toBe(true);
    expect(await refusal(call(bulk, 'GET', '/groups'))).toMatchObject({ retryAfter: 40 });
    expect((await call(site.door('grant'), 'PUT', '/groups/1')).ok).toBe(true);
    site.answer = () => Response.json({}, { headers: { 'x-left': '9' } });
    expect((await call(site.door('revoke'), 'DELETE', '/groups/1')).ok).toBe(true);
    expect((await refusal(call(site.door('grant'), 'PUT', '/groups/1'))).code).toBe('rate-limited');
    expect((await call(site.door('revoke'), 'DELETE', '/groups/1')).ok).toBe(true);
    expect((await call(bulk, 'GET', '/users')).ok).toBe(true);
  });

  test('that is refused once more after a new token is remembered as refused', {
    tags: ['rate-limited'],
  }, async () => {
    const site = new Site();
    site.kept = true;
    site.answer = (_, nth) =>
      nth === 1
        ? new Response('', { status: 401 })
        : new Response('', { status: 429, headers: { 'retry-after': '20' } });
    expect((await refusal(call(site.door(), 'PUT', '/groups/1'))).code).toBe('rate-limited');
    expect(site.sent).toHaveLength(2);
    expect((await refusal(call(site.door('revoke'), 'DELETE', '/groups/1'))).retryAfter).toBe(20);
    expect(site.sent).toHaveLength(2);
  });

  test.each(['PUT', 'GET'])(
    '(%s) that has no time left is not sent and leaves nothing unknown',
    {
      tags: ['answer-lost'],
    },
    async (method) => {
      const late = await refusal(
        call(new Site().door('grant', throwing('NoTimeLeft')), method, '/g'),
      );
      expect(late).toMatchObject({ class: 'retryable', code: 'timeout' });
      expect(late.outcomeUnknown).toBeUndefined();
    },
  );

  test.each([
    ['TimeoutError', 'timeout'],
    ['AbortError', 'timeout'],
    ['AnswerTooLarge', 'bad-answer'],
    ['TypeError', 'unreachable'],
  ])(
    'that ends with %s may have changed something only if it was meant to',
    {
      tags: ['answer-lost'],
    },
    async (name, code) => {
      const door = () => new Site().door('grant', throwing(name));
      expect(await refusal(call(door(), 'PUT', '/g'))).toMatchObject({
        code,
        outcomeUnknown: true,
      });
      const read = await refusal(call(door(), 'GET', '/g'));
      expect(read).toMatchObject({ code, class: 'retryable' });
      expect(read.outcomeUnknown).toBeUndefined();
      expect(read.detail).not.toContain('not for anybody');
    },
  );

  test('with a token of this invocation that is refused is not sent again', {
    tags: ['credential-refused'],
  }, async () => {
    const site = new Site();
    site.answer = () => new Response('', { status: 401 });
    expect((await refusal(call(site.door(), 'PUT', '/g'))).code).toBe('credential-refused');
    expect(site.sent).toHaveLength(1);
    expect(site.discarded).toEqual([]);
  });

  test('with a token that is older than a permission is sent again with a new one', {
    tags: ['credential-refused'],
  }, async () => {
    const challenge = 'Bearer error="insufficient_scope", scope="groups.manage"';
    const lacking = new Response('', { status: 403, headers: { 'www-authenticate': challenge } });
    const site = new Site();
    site.kept = true;
    site.answer = (_, nth) => (nth === 1 ? lacking.clone() : Response.json({}));
    expect((await call(site.door(), 'PUT', '/g')).ok).toBe(true);
    expect(site.discarded).toEqual(['token-0']);
    const still = new Site();
    still.kept = true;
    still.answer = () => lacking.clone();
    expect((await refusal(call(still.door(), 'PUT', '/g'))).code).toBe('scope-missing');
    expect(still.sent).toHaveLength(2);
  });

  test('that was refused brings the directory’s words and request id, and no words of ours hold them', async () => {
    const site = new Site();
    const said = `Rosalind has ${'x'.repeat(1000)}`;
    site.answer = () =>
      Response.json({ said }, { status: 403, headers: { 'x-request-id': 'req-7' } });
    const refused = await refusal(call(site.door(), 'PUT', '/g'));
    expect(refused.said).toBe(said.slice(0, 400));
    expect(refused.requestId).toBe('req-7');
    expect(refused.detail).not.toContain('Rosalind');
  });

  test('is authorized anew for each page, and a list that never ends is given up', {
    tags: ['cursor-loops'],
  }, async () => {
    const site = new Site();
    const door = site.door();
    const endless = door.run(async () => {
      for (;;) await door.send(`${HOST}/groups`, { method: 'GET' });
    }, z.unknown());
    expect(await refusal(endless)).toMatchObject({ class: 'permanent', code: 'too-large' });
    expect(site.sent.length).toBeLessThanOrEqual(60);
  });

  test('belongs to the door whose operation made it, while others are under way', async () => {
    const there = new Site();
    const here = new Site();
    there.answer = () => Response.json({ of: 'there' });
    here.answer = () => Response.json({ of: 'here' });
    const of = z.object({ of: z.string() });
    const twice = (door: Door) =>
      door.run(
        async () => {
          await door.send(`${HOST}/groups`, { method: 'GET' });
          await door.send(`${HOST}/groups`, { method: 'GET' });
        },
        of,
        'answer',
      );
    const both = await Promise.all([twice(there.door()), twice(here.door())]);
    expect(both.map((done) => done.ok && done.value.value.of)).toEqual(['there', 'here']);
    const other = there.door();
    const stray = here
      .door()
      .run(() => other.send(`${HOST}/groups`, { method: 'GET' }), z.unknown());
    await expect(stray).rejects.toThrow('a call outside of an operation');
    expect(there.sent).toHaveLength(2);
  });

  test('waits for nothing: what may not go now is answered at once', async () => {
    const site = new Site();
    const resetsAt = epochMs(site.clock.now()) + 900_000;
    site.spent = { groups: { limit: LIMIT, remaining: 0, resetsAt } };
    expect((await refusal(call(site.door(), 'GET', '/groups'))).retryAfter).toBe(900);
    expect(site.sent).toEqual([]);
  });
});
