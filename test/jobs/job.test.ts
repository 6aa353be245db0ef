/** Long work goes on from where it stood, whatever cuts it off. */
import { beforeEach, expect, test } from 'vitest';
import { readJob, runJob, type Step, startJob } from '../../src/jobs/job';
import { jobSteps } from '../../src/jobs/steps';
import { MINUTE } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import { timers } from '../../src/shared/timer';
import { SmallSite } from '../builders/small-site';

let site: SmallSite;
let asked: unknown[];
let answers: Step[];
const progress = (done: number) => ({ done, of: 3, what: 'groups read' });

beforeEach(() => {
  site = new SmallSite();
  asked = [];
  answers = [];
});

const steps = {
  ...jobSteps,
  'catalog-sync': async (_deps: unknown, job: { mark?: unknown }) => {
    asked.push(job.mark);
    const answer = answers.shift();
    if (!answer) throw new Error('cut off');
    return answer;
  },
};
const ID = 'catalog-sync:main';
const start = () => startJob(site.deps(), 'catalog-sync', 'main', { by: 'admin' });
/** Hands over what waits in the queue, once. */
const deliver = async () => {
  for (const { body } of site.queues.take('job')) {
    await runJob(site.deps(), steps, { id: String(body['id']), turn: Number(body['turn']) });
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
  await expect(deliver()).rejects.toThrow('cut off');
  expect(site.queues.pushed).toEqual([]);
  answers = [{ kind: 'done', progress: progress(3) }];
  const held = await timer();
  expect(held?.value).toMatchObject({ kind: 'job', what: 'job' });
  site.clock.advance(16 * MINUTE);
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

test('a message for no job, or for one that is over, leaves nothing behind', {
  tags: ['forged-job'],
}, async () => {
  await runJob(site.deps(), steps, { id: 'catalog-sync:nobody', turn: 1 });
  expect(asked).toEqual([]);
  expect(site.queues.pushed).toEqual([]);
});
