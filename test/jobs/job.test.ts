/** Long work goes on from where it stood, whatever cuts it off. */
import { beforeEach, expect, test } from 'vitest';
import { findings } from '../../src/findings/findings';
import { StoreUnavailable } from '../../src/forge/store-unavailable';
import { readJob, runJob, type Step, startJob } from '../../src/jobs/job';
import { jobSteps } from '../../src/jobs/steps';
import { MINUTE } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import { timers } from '../../src/shared/timer';
import { SmallSite } from '../builders/small-site';

let site: SmallSite;
let asked: unknown[];
let answers: Step[];
/** Whether a step without an answer dies, and nothing of it reaches the outside any more, or throws. */
let killed: boolean;
let dead: boolean;
const platform = {
  before: () => {
    if (dead) throw new Error('cut off');
  },
  after: () => undefined,
};
const progress = (done: number) => ({ done, of: 3, what: 'groups read' });

beforeEach(() => {
  site = new SmallSite();
  asked = [];
  answers = [];
  killed = false;
  dead = false;
});

const steps = {
  ...jobSteps,
  'catalog-sync': async (_deps: unknown, job: { mark?: unknown }) => {
    asked.push(job.mark);
    const answer = answers.shift();
    if (answer) return answer;
    dead = killed;
    throw new Error('cut off');
  },
};
const ID = 'catalog-sync:main';
const start = () => startJob(site.deps(), 'catalog-sync', 'main', { by: 'admin' });
/** Hands over what waits in the queue, once. */
const deliver = async () => {
  for (const { body } of site.queues.take('job')) {
    await runJob(site.deps(platform), steps, {
      id: String(body['id']),
      turn: Number(body['turn']),
    });
  }
};
const timer = () => load(site.store, timers, `job:${ID}:job`);

test('each step begins where the one before ended, and says how far it is', async () => {
  answers = [
    { kind: 'more', mark: 'page 2', progress: progress(1) },
    { kind: 'more', mark: 'page 3', progress: progress(2) },
    { kind: 'done', progress: progress(3), result: { renamed: 1 } },
  ];
  await start();
  await deliver();
  expect(await readJob(site.deps(), ID)).toMatchObject({ state: 'running', progress: progress(1) });
  await deliver();
  await deliver();
  expect(asked).toEqual([undefined, 'page 2', 'page 3']);
  expect(await readJob(site.deps(), ID)).toMatchObject({ state: 'done', result: { renamed: 1 } });
  expect(await timer()).toBeUndefined();
  expect(site.queues.pushed).toEqual([]);
});

test('a message that comes twice, or late, does nothing', {
  tags: ['event-repeated'],
}, async () => {
  answers = [
    { kind: 'more', mark: 2, progress: progress(1) },
    { kind: 'done', progress: progress(3) },
  ];
  await start();
  const [first] = site.queues.take('job');
  const turn = Number(first?.body['turn']);
  await runJob(site.deps(), steps, { id: ID, turn });
  await runJob(site.deps(), steps, { id: ID, turn });
  expect(asked).toEqual([undefined]);
});

test('one that runs already is not started again', async () => {
  const one = await start();
  expect(await start()).toEqual(one);
  expect(site.queues.take('job')).toHaveLength(1);
});

test('one whose function was cut off comes back with the sweep, from the same place', {
  tags: ['killed-half-way'],
}, async () => {
  answers = [{ kind: 'more', mark: 'page 2', progress: progress(1) }];
  await start();
  await deliver();
  killed = true;
  await expect(deliver()).rejects.toThrow('cut off');
  dead = false;
  expect(site.queues.pushed).toEqual([]);
  answers = [{ kind: 'done', progress: progress(3) }];
  const held = await timer();
  expect(held?.value).toMatchObject({ kind: 'job', what: 'job' });
  site.clock.advance(17 * MINUTE);
  await runJob(site.deps(), steps, { id: ID });
  expect(asked).toEqual([undefined, 'page 2', 'page 2']);
  expect(await readJob(site.deps(), ID)).toMatchObject({ state: 'done' });
});

test('something passing is waited out, and in the end given up in words', async () => {
  answers = Array.from({ length: 60 }, () => ({
    kind: 'wait' as const,
    seconds: 30,
    why: 'Okta asked to slow down',
  }));
  await start();
  await deliver();
  expect(site.queues.pushed).toMatchObject([{ queue: 'job', delay: 30 }]);
  while (site.queues.pushed.length > 0) await deliver();
  expect(await readJob(site.deps(), ID)).toMatchObject({
    state: 'failed',
    problem: { check: 'job-goes-on', sentence: expect.stringContaining('Okta asked to slow down') },
  });
  expect(await start()).toMatchObject({ state: 'running', troubles: 0 });
});

test('one that breaks every time ends in words, and can be started again', {
  tags: ['poison-record'],
}, async () => {
  await start();
  while (site.queues.pushed.length > 0) await deliver();
  expect(asked).toHaveLength(5);
  expect(await readJob(site.deps(), ID)).toMatchObject({
    state: 'failed',
    problem: { check: 'job-works', nextStep: expect.stringContaining('app log') },
  });
  expect(await timer()).toBeUndefined();
  expect(site.log.lines.filter((line) => JSON.stringify(line).includes('job.failed'))).toHaveLength(
    5,
  );
  answers = [{ kind: 'done', progress: progress(3) }];
  expect(await start()).toMatchObject({ state: 'running', troubles: 0 });
  await deliver();
  expect(await readJob(site.deps(), ID)).toMatchObject({ state: 'done' });
});

test('one whose function dies every time ends in words as well', {
  tags: ['killed-half-way'],
}, async () => {
  await start();
  killed = true;
  site.queues.take('job');
  for (let n = 0; n < 20 && (await readJob(site.deps(), ID))?.state === 'running'; n++) {
    dead = false;
    site.clock.advance(17 * MINUTE);
    await runJob(site.deps(platform), steps, { id: ID }).catch(() => undefined);
  }
  expect(asked).toHaveLength(5);
  expect(await readJob(site.deps(), ID)).toMatchObject({ problem: { check: 'job-works' } });
});

test('one of the schedule that failed is a finding until it succeeds again', async () => {
  const problem = {
    check: 'directory-scope',
    sentence: 'A right is missing.',
    nextStep: 'Grant it.',
  };
  answers = [{ kind: 'failed', problem }];
  await start();
  await deliver();
  const finding = async () => (await load(site.store, findings, `job-failed:${ID}`))?.value;
  expect(await finding()).toMatchObject({
    status: 'open',
    kind: 'job-failed',
    sentence: expect.stringContaining('A right is missing.'),
    nextStep: 'Grant it.',
  });
  answers = [{ kind: 'done', progress: progress(3) }];
  await start();
  await deliver();
  expect(await finding()).toMatchObject({ status: 'resolved', resolved: { how: 'healed' } });
});

test('what is more than the ledger takes in one record fails at once: trying again is no help', async () => {
  answers = [{ kind: 'more', mark: 'page 2', progress: progress(1) }];
  await start();
  const write = site.store.writePlain.bind(site.store);
  site.store.writePlain = async (key, value) => {
    if (JSON.stringify(value).includes('page 2')) throw new StoreUnavailable('write', 'MAX_SIZE');
    await write(key, value);
  };
  await deliver();
  expect(await readJob(site.deps(), ID)).toMatchObject({
    state: 'failed',
    problem: { check: 'job-fits' },
  });
  expect(site.queues.pushed).toEqual([]);
});

test('a ledger that does not answer costs no trouble: the message comes again', {
  tags: ['store-write-fails'],
}, async () => {
  await start();
  const [message] = site.queues.take('job');
  const turn = Number(message?.body['turn']);
  const away = async () => {
    throw new StoreUnavailable('read', 'NO_ANSWER');
  };
  const broken = { ...jobSteps, 'catalog-sync': away };
  await expect(runJob(site.deps(), broken, { id: ID, turn })).rejects.toThrow('NO_ANSWER');
  answers = [{ kind: 'done', progress: progress(3) }];
  await runJob(site.deps(), steps, { id: ID, turn });
  expect(await readJob(site.deps(), ID)).toMatchObject({ state: 'done' });
});

test('two deliveries of one turn at the same time do its work once', {
  tags: ['event-repeated'],
}, async () => {
  answers = [
    { kind: 'more', mark: 2, progress: progress(1) },
    { kind: 'done', progress: progress(3) },
  ];
  await start();
  const [first] = site.queues.take('job');
  const turn = Number(first?.body['turn']);
  await Promise.all([1, 2].map(() => runJob(site.deps(), steps, { id: ID, turn })));
  expect(asked).toEqual([undefined]);
  expect(site.queues.pushed).toHaveLength(1);
});

test('goes on by its messages also where the clock moves between two writes', async () => {
  const ticking = {
    ...site.deps(),
    now: () => {
      site.clock.advance(0.1);
      return site.clock.now();
    },
  };
  answers = [
    { kind: 'more', mark: 2, progress: progress(1) },
    { kind: 'more', mark: 3, progress: progress(2) },
    { kind: 'done', progress: progress(3) },
  ];
  await startJob(ticking, 'catalog-sync', 'main');
  for (let n = 0; n < 3; n++)
    for (const { body } of site.queues.take('job'))
      await runJob(ticking, steps, { id: ID, turn: Number(body['turn']) });
  expect(await readJob(site.deps(), ID)).toMatchObject({ state: 'done' });
});

test('a message for no job, or for one that is over, leaves nothing behind', {
  tags: ['forged-job'],
}, async () => {
  await runJob(site.deps(), steps, { id: 'catalog-sync:nobody', turn: 1 });
  expect(asked).toEqual([]);
  expect(site.queues.pushed).toEqual([]);
});
