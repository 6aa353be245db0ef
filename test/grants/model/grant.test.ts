import { describe, expect, test } from 'vitest';
import {
  type Command,
  decide,
  type GrantState,
  grantSchema,
  isLive,
} from '../../../src/grants/model/grant';
import { aGrant, anAsk, anEdge } from '../../builders/grants';
import { at, NOW } from '../../builders/instants';

const now = at(60);
const edges = [anEdge({ state: 'held', found: 'not-member' })];

const commands: { readonly [T in Command['type']]: Extract<Command, { type: T }> } = {
  begin: { type: 'begin', edges, endsAt: at(3600), now },
  activate: {
    type: 'activate',
    edges,
    startedAt: NOW,
    endsAt: at(3600),
    verified: false,
    now,
  },
  verify: { type: 'verify', edges, now },
  end: { type: 'end', because: 'withdrawn', by: 'requester', now },
  finish: { type: 'finish', edges, now },
  stick: { type: 'stick', cause: anAsk(), edges, now },
  block: { type: 'block', ask: anAsk(), now },
  resume: { type: 'resume', now },
  cancel: { type: 'cancel', now },
};

/** Everything that is not here is refused. */
const table: { readonly [S in GrantState]: Partial<Record<Command['type'], GrantState>> } = {
  approved: { begin: 'provisioning', block: 'blocked', cancel: 'cancelled' },
  provisioning: { begin: 'provisioning', activate: 'active', end: 'revoking' },
  active: { verify: 'active', end: 'revoking' },
  revoking: { finish: 'revoked', stick: 'stuck' },
  stuck: { finish: 'revoked', stick: 'stuck' },
  blocked: { resume: 'approved', cancel: 'cancelled' },
  revoked: {},
  cancelled: {},
};

const states = Object.keys(table) as GrantState[];
const types = Object.keys(commands) as Command['type'][];
const pairs = states.flatMap((state) =>
  types.map((type) => [state, type, table[state][type] ?? 'nothing'] as const),
);

describe('a grant', () => {
  test.each(pairs)('that is %s and told to %s becomes %s', (state, type, next) => {
    const decided = decide(aGrant(state), commands[type]);
    if (next === 'nothing') {
      expect(decided).toEqual({ ok: false, error: { state, command: type } });
    } else {
      if (!decided.ok) throw new Error('refused');
      expect(decided.value).toMatchObject({ state: next, changedAt: now });
      expect(grantSchema.parse(decided.value)).toEqual(decided.value);
    }
  });

  test.each(pairs.filter(([, , next]) => next !== 'nothing'))(
    'that is %s and told to %s keeps what it is for and what must still happen to it',
    (state, type) => {
      const kept = {
        manual: true,
        observed: true,
        untilTicket: { issueId: '77', key: 'INC-7' },
        startsAt: at(30),
        renewalOf: 'g-400-1',
        lineSince: NOW,
        breakGlass: { reviewBy: at(86_400), reviewIssue: '900' },
        endSessions: true,
        foundBy: 'link',
      } as const;
      expect(decide(aGrant(state, kept as never), commands[type])).toMatchObject({ value: kept });
    },
  );

  test('is never ended by any sequence of commands that does not end it', () => {
    for (const state of ['revoked', 'cancelled'] as const)
      for (const type of types) expect(decide(aGrant(state), commands[type]).ok).toBe(false);
  });

  test('keeps the hour it began when it begins again', () => {
    const again = decide(aGrant('provisioning'), commands.begin);
    expect(again).toMatchObject({ ok: true, value: { since: NOW } });
  });

  test('that is rolled back ends blocked, with what a person is asked to do', () => {
    for (const state of ['revoking', 'stuck'] as const) {
      const ask = anAsk({ check: 'group-writable' });
      const done = decide(aGrant(state, { because: 'rolled-back', ask }), commands.finish);
      expect(done).toMatchObject({ ok: true, value: { state: 'blocked', ask } });
    }
  });

  test('keeps why it ends, and since when, while it is stuck', () => {
    const ending = decide(aGrant('active'), commands.end);
    if (!ending.ok) throw new Error('refused');
    const stuck = decide(ending.value, commands.stick);
    expect(stuck).toMatchObject({
      ok: true,
      value: { state: 'stuck', because: 'withdrawn', endedBy: 'requester', since: now },
    });
  });

  test('that is resumed knows nothing of its earlier memberships and hours, and counts a new episode', () => {
    const blocked = aGrant('blocked', {
      edges: [anEdge({ state: 'gone', found: 'not-member', verifiedAt: NOW, status: 204 })],
      startedAt: NOW,
      endsAt: at(3600),
    });
    const resumed = decide(blocked, commands.resume);
    if (!resumed.ok) throw new Error('refused');
    expect(resumed.value).toMatchObject({ state: 'approved', episode: 2, edges: [anEdge()] });
    expect([resumed.value.startedAt, resumed.value.endsAt]).toEqual([undefined, null]);
  });

  test('may have a membership exactly while it is being made, stands, or is being taken away', () => {
    expect(states.filter(isLive)).toEqual(['provisioning', 'active', 'revoking', 'stuck']);
  });
});
