import { describe, expect, test } from 'vitest';
import { AccessToken, type Minted, type TokenKeeping } from '../../src/directories/access-token';
import { failure } from '../../src/directories/classify';
import { no, ok } from '../../src/shared/result';
import { FixedClock } from '../fakes/platform';
import { FakeTokenCache } from '../fakes/token-cache';

const CALL = { method: 'GET', url: 'https://directory.example/groups' };

class Endpoint {
  readonly clock = new FixedClock();
  readonly tokens = new FakeTokenCache();
  minted = 0;
  lifetime = 3600;
  proofKey: string | undefined;
  down = false;

  open(over: Partial<TokenKeeping> = {}): AccessToken {
    return new AccessToken({
      clock: this.clock,
      tokens: this.tokens,
      key: 'main',
      fingerprint: 'first',
      mint: async () => {
        if (this.down) return no(failure('server-error', 'It is down.'));
        const token = `token-${++this.minted}`;
        const { lifetime, proofKey } = this;
        return ok<Minted>({ token, lifetime, ...(proofKey !== undefined && { proofKey }) });
      },
      ...over,
    });
  }
}

const told = async (access: AccessToken) => {
  const answer = await access.authorize(CALL);
  if (!answer.ok) throw new Error(answer.error.detail);
  return answer.value;
};

describe('an access token', () => {
  test('is asked for once by calls that run at the same time', async () => {
    const endpoint = new Endpoint();
    const access = endpoint.open();
    const all = await Promise.all([1, 2, 3, 4].map(() => told(access)));
    expect(new Set(all.map(({ token }) => token))).toEqual(new Set(['token-1']));
    expect(endpoint.minted).toBe(1);
  });

  test('of the next invocation is the same, and known as kept', async () => {
    const endpoint = new Endpoint();
    expect((await told(endpoint.open())).kept).toBe(false);
    expect(await told(endpoint.open())).toMatchObject({ token: 'token-1', kept: true });
  });

  test('that ends within a long function is not begun with', async () => {
    const endpoint = new Endpoint();
    await told(endpoint.open());
    endpoint.clock.advance(3600 - 121);
    expect((await told(endpoint.open())).token).toBe('token-1');
    endpoint.clock.advance(1);
    expect((await told(endpoint.open())).token).toBe('token-2');
  });

  test('of a credential that was replaced is never used again', {
    tags: ['credential-refused'],
  }, async () => {
    const endpoint = new Endpoint();
    await told(endpoint.open());
    const rotated = { fingerprint: 'second' };
    expect(await told(endpoint.open(rotated))).toMatchObject({ token: 'token-2', kept: false });
    expect((await told(endpoint.open())).token).toBe('token-3');
  });

  test('that was refused is replaced once for all calls that had it', async () => {
    const endpoint = new Endpoint();
    await told(endpoint.open());
    const access = endpoint.open();
    const [one, two] = await Promise.all([told(access), told(access)]);
    access.discard(one.token);
    const next = told(access);
    access.discard(two.token);
    expect((await Promise.all([next, told(access)])).map(({ token }) => token)).toEqual([
      'token-2',
      'token-2',
    ]);
    expect(endpoint.tokens.tokens.get('main')?.token).toBe('token-2');
  });

  test('that could not be had leaves nothing behind and is asked for again', async () => {
    const endpoint = new Endpoint();
    const access = endpoint.open();
    endpoint.down = true;
    expect(await access.authorize(CALL)).toMatchObject({ ok: false });
    expect(endpoint.tokens.tokens.size).toBe(0);
    endpoint.down = false;
    expect((await told(access)).token).toBe('token-1');
  });

  test('is carried as a bearer token unless it is bound to a key', async () => {
    const endpoint = new Endpoint();
    const prove = () => ({ authorization: 'never' });
    const plain = await told(endpoint.open({ prove }));
    expect(plain.headers).toEqual({ authorization: 'Bearer token-1' });
  });

  test('that is bound to a key proves each call, in later invocations too', async () => {
    const endpoint = new Endpoint();
    endpoint.proofKey = 'key';
    const prove: TokenKeeping['prove'] = ({ method, url }, token, proofKey) => ({
      authorization: `DPoP ${token}`,
      dpop: `${method} ${url} ${proofKey}`,
    });
    const first = await told(endpoint.open({ prove }));
    const later = endpoint.open({ prove });
    expect((await told(later)).headers).toEqual(first.headers);
    const other = await later.authorize({ method: 'PUT', url: 'https://directory.example/users' });
    expect(other).toMatchObject({
      value: {
        kept: true,
        headers: { authorization: 'DPoP token-1', dpop: 'PUT https://directory.example/users key' },
      },
    });
    expect(endpoint.minted).toBe(1);
  });
});
