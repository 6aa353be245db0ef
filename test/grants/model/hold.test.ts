import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Hold,
  holdKey,
  isSpent,
  type Joining,
  join,
  leave,
  release,
  settleAdd,
} from '../../../src/grants/model/hold';
import { aHold } from '../../builders/grants';
import { at, NOW } from '../../builders/instants';

const joining = (over: Partial<Joining> = {}): Joining => ({
  connectionId: 'main',
  groupId: 'g-users',
  personId: 'person-1',
  grantId: 'first',
  endsAt: at(3600),
  found: 'not-member',
  now: NOW,
  ...over,
});
const settled = (over = {}) => ({
  grantId: 'first',
  endsAt: at(3600),
  alreadySo: false,
  now: at(1),
  ...over,
});
const holder = (grantId: string) => ({ grantId, endsAt: at(3600) });
const adding = (grantId = 'first', attempt = 1) =>
  ({ kind: 'add', grantId, attempt, since: NOW }) as const;
const removing = (grantId = 'first', attempt = 1) =>
  ({ kind: 'remove', grantId, attempt, since: NOW }) as const;

describe('joining a membership', () => {
  test.each([
    ['not-member', 'absent', 'add'],
    ['member', 'pre-existing', 'nothing'],
    ['uncertain', 'uncertain', 'add'],
  ] as const)('that is found "%s" opens it as %s', (found, origin, act) => {
    const joined = join(undefined, joining({ found }));
    expect(joined).toMatchObject({ do: act, hold: { origin, holders: [holder('first')] } });
    expect('hold' in joined && joined.hold.op).toEqual(act === 'add' ? adding() : undefined);
  });

  test('that another grant made inherits where it came from', {
    tags: ['overlapping-grants'],
  }, () => {
    const made = aHold({ holders: [holder('first')], addedAt: NOW });
    expect(join(made, joining({ grantId: 'second', found: 'member' }))).toEqual({
      do: 'nothing',
      hold: { ...made, holders: [holder('first'), holder('second')] },
    });
  });

  test('that was there before us stays so for every later grant', {
    tags: ['already-a-member'],
  }, () => {
    const theirs = aHold({ origin: 'pre-existing', holders: [holder('first')] });
    const joined = join(theirs, joining({ grantId: 'second', found: 'not-member' }));
    expect(joined).toMatchObject({ do: 'add', hold: { origin: 'pre-existing' } });
  });

  test('waits while the membership is being taken away', {
    tags: ['grant-begins-as-other-ends'],
  }, () => {
    const leaving = aHold({ holders: [], op: removing() });
    expect(join(leaving, joining({ grantId: 'second' }))).toEqual({ do: 'wait' });
  });

  test('again after a crash counts the attempt, and never reads the origin anew', {
    tags: ['crash-after-directory-call'],
  }, () => {
    const begun = aHold({ holders: [holder('first')], op: adding() });
    expect(join(begun, joining({ found: 'member' }))).toMatchObject({
      do: 'add',
      hold: { origin: 'absent', holders: [holder('first')], op: adding('first', 2) },
    });
  });

  test('while another grant is adding makes sure for itself', () => {
    const begun = aHold({ holders: [holder('first')], op: adding() });
    const joined = join(begun, joining({ grantId: 'second', found: 'member' }));
    expect(joined).toMatchObject({ do: 'add', hold: { op: { kind: 'add', grantId: 'second' } } });
  });

  test('after everybody left reads the origin anew', () => {
    const old = aHold({ holders: [], origin: 'absent', addedAt: NOW });
    const joined = join(old, joining({ found: 'member' }));
    expect(joined).toMatchObject({ do: 'nothing', hold: { origin: 'pre-existing' } });
    expect('hold' in joined && joined.hold.addedAt).toBeUndefined();
  });
});

describe('an answered add', () => {
  const begun = aHold({ holders: [holder('first')], op: adding() });

  test('is ours from now on, with the final end', () => {
    const end = at(7200);
    expect(settleAdd(begun, settled({ endsAt: end }))).toEqual(
      aHold({
        holders: [{ grantId: 'first', endsAt: end }],
        addedAt: at(1),
        changedAt: at(1),
      }),
    );
  });

  test('that found a member at the very first attempt was not ours: somebody was quicker', {
    tags: ['already-a-member'],
  }, () => {
    const hold = settleAdd(begun, settled({ alreadySo: true }));
    expect(hold.origin).toBe('pre-existing');
    expect(hold.addedAt).toBeUndefined();
  });

  test('that found a member at a later attempt may be our own change: it stays ours', {
    tags: ['crash-after-directory-call', 'answer-lost'],
  }, () => {
    const again = { ...begun, op: adding('first', 2) };
    expect(settleAdd(again, settled({ alreadySo: true }))).toMatchObject({
      origin: 'absent',
      addedAt: at(1),
    });
  });

  // The first grant's change may have been made and not yet been written down. Taking it for somebody
  // else's would leave the access in place for ever.
  test('that found the member another grant was just adding stays ours', {
    tags: ['overlapping-grants', 'shared-group'],
  }, () => {
    const joined = join(begun, joining({ grantId: 'second', found: 'not-member' }));
    if (joined.do !== 'add') throw new Error('no add');
    const hold = settleAdd(joined.hold, settled({ grantId: 'second', alreadySo: true }));
    expect(hold).toMatchObject({ origin: 'absent', addedAt: at(1) });
  });

  test('leaves the change of another grant in flight alone', () => {
    const other = { ...begun, holders: [holder('first'), holder('second')], op: adding('second') };
    expect(settleAdd(other, settled())).toMatchObject({ op: adding('second'), origin: 'absent' });
  });

  test('of an uncertain membership does not make it certain', () => {
    const unsure = { ...begun, origin: 'uncertain' as const };
    expect(settleAdd(unsure, settled()).origin).toBe('uncertain');
    expect(settleAdd(unsure, settled({ alreadySo: true })).origin).toBe('uncertain');
  });
});

describe('leaving a membership', () => {
  const ours = aHold({ holders: [holder('first')], addedAt: NOW });

  test('that we made, as the last one, takes it away', () => {
    expect(leave(ours, 'first', at(9))).toEqual({
      do: 'remove',
      hold: {
        ...ours,
        holders: [],
        op: { ...removing(), since: at(9) },
        changedAt: at(9),
      },
    });
  });

  test('that another grant needs changes nothing in the directory', {
    tags: ['overlapping-grants', 'shared-group'],
  }, () => {
    const shared = { ...ours, holders: [holder('first'), holder('second')] };
    expect(leave(shared, 'first', NOW)).toMatchObject({
      do: 'leave',
      why: 'other-holders',
      hold: { holders: [holder('second')] },
    });
  });

  test.each(['pre-existing', 'uncertain'] as const)(
    'that is %s leaves it, and the record says nothing any more',
    { tags: ['already-a-member'] },
    (origin) => {
      const left = leave({ ...ours, origin }, 'first', NOW);
      expect(left).toMatchObject({ do: 'leave', why: 'not-ours' });
      expect(left.hold && isSpent(left.hold)).toBe(true);
    },
  );

  test('that was never held changes nothing', () => {
    expect(leave(undefined, 'first', NOW)).toEqual({
      do: 'leave',
      why: 'not-held',
      hold: undefined,
    });
    expect(leave(ours, 'stranger', NOW)).toMatchObject({
      do: 'leave',
      why: 'not-held',
      hold: ours,
    });
  });

  test('again goes on with the removal and counts the attempt', () => {
    const going = aHold({ holders: [], op: removing() });
    expect(leave(going, 'first', at(5))).toMatchObject({
      do: 'remove',
      hold: { op: removing('first', 2) },
    });
    expect(leave(going, 'second', at(5))).toMatchObject({ do: 'leave', why: 'not-held' });
  });

  // Whoever comes next must know that the membership may be there because of an add of ours.
  test.each(['first', 'second'])('keeps an add of the %s in flight in mind', (grantId) => {
    const two = { ...ours, holders: [holder('first'), holder('second')], op: adding(grantId) };
    expect(leave(two, 'first', NOW).hold?.op).toEqual(adding(grantId));
  });

  test('takes away what an unanswered add may have made', { tags: ['answer-lost'] }, () => {
    const begun = aHold({ holders: [holder('first')], op: adding() });
    expect(leave(begun, 'first', NOW)).toMatchObject({ do: 'remove', hold: { op: removing() } });
  });
});

test('a hold is known by connection, group and person', () => {
  expect(holdKey(aHold())).toBe('main:g-users:person-1');
});

/** One membership, its hold under compare-and-set, and up to four grants that come and go. */
class Membership {
  member: boolean;
  hold: Hold | undefined;
  rev = 0;
  readonly before: boolean;
  readonly runs = new Map<string, { rev: number; add: boolean; alreadySo?: boolean }>();
  readonly settled = new Set<string>();
  readonly gone = new Set<string>();
  removal: string | undefined;

  constructor(before: boolean) {
    this.member = before;
    this.before = before;
  }

  step(what: string, grantId: string): void {
    if (what === 'join') this.#join(grantId, this.member);
    // A reading that lags shows nothing yet; the first reading is taken before anything changes.
    if (what === 'join blindly' && this.hold) this.#join(grantId, false);
    if (what === 'call') this.#call(grantId);
    if (what === 'settle') this.#settle(grantId);
    if (what === 'crash') this.runs.delete(grantId);
    if (what === 'leave') this.#leave(grantId);
    if (what === 'remove') this.#remove();
    if (what === 'prove') this.#prove();
  }

  #join(grantId: string, seen: boolean): void {
    if (this.settled.has(grantId) || this.gone.has(grantId)) return;
    const found = seen ? 'member' : 'not-member';
    const joined = join(this.hold, joining({ grantId, found }));
    if (joined.do === 'wait') return;
    this.#write(joined.hold);
    this.runs.set(grantId, { rev: this.rev, add: joined.do === 'add' });
  }

  #call(grantId: string): void {
    const run = this.runs.get(grantId);
    if (!run?.add || run.alreadySo !== undefined) return;
    run.alreadySo = this.member;
    this.member = true;
  }

  #settle(grantId: string): void {
    const run = this.runs.get(grantId);
    if (!run || (run.add && run.alreadySo === undefined)) return;
    this.runs.delete(grantId);
    if (run.rev !== this.rev || !this.hold) return;
    this.#write(settleAdd(this.hold, settled({ grantId, alreadySo: run.alreadySo ?? false })));
    this.settled.add(grantId);
  }

  #leave(grantId: string): void {
    if (!this.hold?.holders.some((h) => h.grantId === grantId)) return;
    this.runs.delete(grantId);
    this.settled.delete(grantId);
    this.gone.add(grantId);
    const left = leave(this.hold, grantId, NOW);
    if (left.do === 'remove') {
      expect(left.hold.origin).toBe('absent');
      expect(left.hold.holders).toEqual([]);
      this.removal = grantId;
    }
    if (left.hold) this.#write(left.hold);
  }

  #remove(): void {
    if (this.removal === undefined) return;
    expect([...this.settled]).toEqual([]);
    this.member = false;
  }

  #prove(): void {
    if (this.removal === undefined || this.member || !this.hold) return;
    const { op: _, ...rest } = this.hold;
    this.removal = undefined;
    this.#write(rest);
  }

  #write(hold: Hold): void {
    this.hold = isSpent(hold) ? undefined : hold;
    this.rev++;
  }
}

const STEPS = [
  'join',
  'join blindly',
  'call',
  'settle',
  'crash',
  'leave',
  'remove',
  'prove',
] as const;
const names = ['first', 'second', 'third', 'fourth'];
/** Two to four grants: the fewer, the more often they meet. */
const comings = fc.integer({ min: 2, max: 4 }).chain((count) =>
  fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.constantFrom(...names.slice(0, count))), {
    maxLength: 60,
    size: 'max',
  }),
);

test('whatever four grants do, each has the membership while it holds it, and in the end it is as before', {
  tags: ['overlapping-grants', 'already-a-member', 'shared-group'],
}, () => {
  fc.assert(
    fc.property(fc.boolean(), comings, (before, steps) => {
      const membership = new Membership(before);
      for (const [what, grantId] of steps) {
        membership.step(what, grantId);
        if (membership.settled.size > 0) expect(membership.member).toBe(true);
      }
      for (const grantId of names) membership.step('leave', grantId);
      membership.step('remove', '');
      membership.step('prove', '');
      expect(membership.hold).toBeUndefined();
      expect(membership.member).toBe(before);
    }),
    { numRuns: 2000 },
  );
});

describe('an add that certainly was not made', () => {
  const begun = aHold({ holders: [holder('first')], op: adding() });

  test('leaves nothing of a hold that only this grant had', { tags: ['already-a-member'] }, () => {
    const free = release(begun, 'first', at(1));
    expect(free && isSpent(free)).toBe(true);
  });

  test('leaves the others their hold', { tags: ['shared-group'] }, () => {
    const shared = { ...begun, holders: [holder('other'), holder('first')] };
    expect(release(shared, 'first', at(1))).toEqual(
      aHold({ holders: [holder('other')], changedAt: at(1) }),
    );
  });

  test.each([
    ['an earlier try may have made it', { op: adding('first', 2) }],
    ['another grant is at it', { op: adding('other') }],
    ['one of ours was accepted before', { addedAt: NOW }],
    ['it is being taken away', { op: removing() }],
  ])('changes nothing when %s', { tags: ['answer-lost'] }, (_, over) => {
    expect(release({ ...begun, ...over }, 'first', at(1))).toBeUndefined();
  });
});

test('a removal remembers that an add was in flight when it began', {
  tags: ['withdrawn-in-a-race'],
}, () => {
  const begun = aHold({ holders: [holder('first')], addedAt: NOW, op: adding('other', 3) });
  expect(leave(begun, 'first', at(1))).toMatchObject({ hold: { op: { overtook: true } } });
  expect(
    leave(aHold({ holders: [holder('first')], addedAt: NOW }), 'first', at(1)),
  ).not.toHaveProperty('hold.op.overtook');
});
