import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxClock } from '../../sandbox/kit/clock';

const NOON = Date.parse('2026-03-02T12:00:00.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let clock: SandboxClock;
let ran: string[];

beforeEach(() => {
  clock = new SandboxClock(NOON);
  ran = [];
});
afterEach(() => clock.close());

const timer = (name: string, in_: number) =>
  clock.schedule({ at: NOON + in_, kind: 'timer', name, run: () => void ran.push(name) });
const work = (name: string, in_: number) =>
  clock.schedule({ at: NOON + in_, kind: 'work', name, run: () => void ran.push(name) });

/** Lets everything that could happen without a landing happen. */
const breathe = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('advancing the clock', () => {
  it('runs what falls due in the order of time, then of scheduling', async () => {
    timer('late', 2 * HOUR);
    timer('early', HOUR);
    timer('early too', HOUR);
    const events = await clock.advance(3 * HOUR);
    expect(ran).toEqual(['early', 'early too', 'late']);
    expect(events).toEqual([
      { at: '2026-03-02T13:00:00.000Z', name: 'early' },
      { at: '2026-03-02T13:00:00.000Z', name: 'early too' },
      { at: '2026-03-02T14:00:00.000Z', name: 'late' },
    ]);
    expect(clock.now()).toBeGreaterThanOrEqual(NOON + 3 * HOUR);
  });

  it('leaves what is due after the end of the jump', async () => {
    timer('tomorrow', 24 * HOUR);
    expect(await clock.advance(HOUR)).toEqual([]);
    expect(clock.pending().map((due) => due.name)).toEqual(['tomorrow']);
  });

  it('goes no further while the event before is still running', async () => {
    let finish = () => {};
    clock.schedule({
      at: NOON + HOUR,
      kind: 'timer',
      name: 'slow',
      run: () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    });
    timer('next', 2 * HOUR);
    const advanced = clock.advance(3 * HOUR);
    await breathe();
    expect(clock.inFlight()).toEqual(['slow']);
    expect(ran).toEqual([]);
    expect(clock.now()).toBeLessThan(NOON + 2 * HOUR);
    finish();
    await advanced;
    expect(ran).toEqual(['next']);
  });

  it('does not jump while a call is in flight, however it began', async () => {
    const land = clock.hold('a request from a browser');
    const advanced = clock.advance(HOUR);
    await breathe();
    expect(clock.now()).toBeLessThan(NOON + HOUR);
    land();
    land();
    await advanced;
    expect(clock.now()).toBeGreaterThanOrEqual(NOON + HOUR);
  });

  it('runs what an event schedules for within the same jump', async () => {
    clock.schedule({
      at: NOON + HOUR,
      kind: 'timer',
      name: 'first',
      run: () => void timer('second', 2 * HOUR),
    });
    await clock.advance(3 * HOUR);
    expect(ran).toEqual(['second']);
  });

  it('finishes one jump before the next begins', async () => {
    timer('in the first', HOUR);
    const first = clock.advance(HOUR).then(() => ran.push('first over'));
    timer('in the second', HOUR + MINUTE);
    await Promise.all([first, clock.advance(HOUR)]);
    expect(ran).toEqual(['in the first', 'first over', 'in the second']);
  });

  it('does not run what was cancelled', async () => {
    timer('cancelled', HOUR).cancel();
    timer('kept', HOUR);
    await clock.advance(2 * HOUR);
    expect(ran).toEqual(['kept']);
  });

  it('reports an event that throws and goes on', async () => {
    const failures: string[] = [];
    clock.onError = (name, cause) => failures.push(`${name}: ${(cause as Error).message}`);
    clock.schedule({
      at: NOON + HOUR,
      kind: 'work',
      name: 'broken',
      run: () => {
        throw new Error('no');
      },
    });
    timer('after it', 2 * HOUR);
    await clock.advance(3 * HOUR);
    expect(failures).toEqual(['broken: no']);
    expect(ran).toEqual(['after it']);
  });
});

describe('settling', () => {
  it('runs deliveries on their way, and what they set off, but waits for no timer', async () => {
    timer('expiry', HOUR);
    clock.schedule({
      at: NOON + 5_000,
      kind: 'work',
      name: 'event',
      run: () => void work('queue', 10_000),
    });
    await clock.settle();
    expect(ran).toEqual(['queue']);
    expect(clock.pending().map((due) => due.name)).toEqual(['expiry']);
    expect(clock.now()).toBeLessThan(NOON + HOUR);
  });

  it('leaves a delivery that is further away than asked for', async () => {
    work('retry', HOUR);
    await clock.settle(10 * MINUTE);
    expect(ran).toEqual([]);
    expect(clock.now()).toBeLessThan(NOON + HOUR);
  });
});

describe('time without a jump', () => {
  it('runs at real speed', async () => {
    await new Promise<void>((resolve) => {
      clock.schedule({ at: clock.now() + 5, kind: 'work', name: 'soon', run: resolve });
    });
  });

  it('starts again at another hour with nothing scheduled', () => {
    timer('forgotten', HOUR);
    clock.restart(NOON - HOUR);
    expect(clock.pending()).toEqual([]);
    expect(clock.now()).toBeLessThan(NOON);
  });
});
