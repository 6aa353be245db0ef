/**
 * Every call that the two ways through the directory make is a point to die at: before it took effect,
 * and after, with nobody told. What is left must come right by the schedule alone.
 */
import { describe, expect, test } from 'vitest';
import type { Grant } from '../../src/grants/model/grant';
import { provision } from '../../src/grants/provision';
import { endGrant } from '../../src/grants/revoke';
import { HOUR, MINUTE } from '../../src/shared/instant';
import type { Failure } from '../../src/shared/result';
import { PERSON, SmallSite } from '../builders/small-site';
import { dieAt, Killed, type Watch } from '../fakes/intercept';
import type { MemoryDirectory } from '../fakes/memory-directory';

type Directory = Omit<ConstructorParameters<typeof MemoryDirectory>[0], 'now'>;
/** Hundreds of small sites, on a machine that may be busy. */
const LONG = 30_000;

interface World {
  readonly name: string;
  readonly directory: Directory;
  /** Groups that the person is in already. */
  readonly before: readonly string[];
}
const worlds: readonly World[] = [
  { name: 'a directory that tells what it changed', directory: {}, before: [] },
  { name: 'a directory that answers vaguely', directory: { vague: true }, before: [] },
  { name: 'a directory whose reads lag', directory: { lag: 20 }, before: [] },
  { name: 'a membership that was there before', directory: {}, before: ['g-users'] },
];

async function siteIn({ directory, before }: World): Promise<SmallSite> {
  const site = new SmallSite(directory);
  for (const group of before) site.directory.put({ group, person: PERSON }, true);
  await site.seed();
  return site;
}

async function dying(work: () => Promise<unknown>): Promise<void> {
  await work().catch((cause: unknown) => {
    if (!(cause instanceof Killed)) throw cause;
  });
}

interface Way {
  /** Up to where the deaths begin. */
  prepare(site: SmallSite): Promise<Grant>;
  act(site: SmallSite, grant: Grant, watch: Watch): Promise<unknown>;
  /** After the schedule had its time. */
  check(site: SmallSite, grant: Grant, before: readonly string[]): Promise<void>;
}

/** `again`: the function that takes up the work dies too, at this call of its own. */
async function deaths(world: World, way: Way, again?: number): Promise<number> {
  const counted = dieAt(0, 'before');
  const calm = await siteIn(world);
  await way.act(calm, await way.prepare(calm), counted);
  for (let n = 1; n <= counted.calls.length; n++) {
    for (const when of ['before', 'after'] as const) {
      const site = await siteIn(world);
      const grant = await way.prepare(site);
      const watch = dieAt(n, when);
      await dying(() => way.act(site, grant, watch));
      if (again !== undefined) site.watch = dieAt(again, when);
      try {
        await way.check(site, grant, world.before);
      } catch (cause) {
        throw new Error(`killed ${when} ${n}: ${watch.calls.at(-1)}`, { cause });
      }
    }
  }
  return counted.calls.length;
}

const once = (site: SmallSite, grant: Grant, event: string) =>
  expect(
    site.events(grant.issueId).filter((e) => e === event),
    event,
  ).toEqual([event]);

async function toTheEnd(site: SmallSite, grant: Grant, before: readonly string[]): Promise<void> {
  await site.run(HOUR + 10 * MINUTE);
  expect(await site.grant(grant.id)).toMatchObject({ state: 'revoked' });
  expect((await site.request(grant.issueId)).state).toBe('ended');
  for (const event of ['grant.provisioning', 'grant.active', 'grant.ending', 'grant.revoked'])
    once(site, grant, event);
  site.expectOver(grant, before);
}

const making: Way = {
  prepare: async (site) => (await site.approved()).value,
  act: (site, grant, watch) => provision(site.deps(watch), { value: grant, rev: 2 }),
  async check(site, grant, before) {
    await site.run(15 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'active' });
    expect([site.isMember('g-users'), site.isMember('g-editors')]).toEqual([true, true]);
    await toTheEnd(site, grant, before);
  },
};

const ending: Way = {
  async prepare(site) {
    const grant = await site.active();
    site.clock.advance(HOUR);
    return grant;
  },
  act: (site, grant, watch) => endGrant(site.deps(watch), grant.id, { because: 'expired' }),
  check: toTheEnd,
};

const refused: Failure = {
  class: 'permanent',
  code: 'group-not-writable',
  detail: 'The group is filled by a rule.',
};
const rollingBack: Way = {
  async prepare(site) {
    const held = await site.approved();
    site.directory.trouble = (call, about) =>
      call === 'ensureMember' && about.startsWith('g-editors') ? refused : undefined;
    return held.value;
  },
  act: (site, grant, watch) => provision(site.deps(watch), { value: grant, rev: 2 }),
  async check(site, grant, before) {
    await site.run(15 * MINUTE);
    expect(await site.grant(grant.id)).toMatchObject({ state: 'blocked' });
    expect((await site.request(grant.issueId)).state).toBe('attention');
    once(site, grant, 'grant.blocked');
    expect(site.events(grant.issueId)).not.toContain('grant.active');
    await site.run(35 * MINUTE);
    site.expectOver(grant, before);
  },
};

test.each([3, 9])(
  'whoever takes the work up may die as well, at call %i',
  {
    tags: ['handler-keeps-failing'],
    timeout: LONG,
  },
  async (again) => {
    for (const way of [making, ending]) await deaths(worlds[0] as World, way, again);
  },
);

describe.each(worlds)('in $name', (world) => {
  test('a grant killed anywhere is completed once, and ends', {
    tags: [
      'crash-before-intent',
      'crash-after-intent',
      'crash-after-directory-call',
      'killed-half-way',
      'handler-keeps-failing',
    ],
    timeout: LONG,
  }, async () => {
    expect(await deaths(world, making)).toBeGreaterThan(10);
  });

  test('an end killed anywhere is completed, and never takes what was there before', {
    tags: ['crash-after-directory-call', 'already-a-member', 'handler-keeps-failing'],
    timeout: LONG,
  }, async () => {
    expect(await deaths(world, ending)).toBeGreaterThan(6);
  });

  test('a roll-back killed anywhere leaves nothing behind', {
    tags: ['second-group-fails', 'killed-half-way'],
    timeout: LONG,
  }, async () => {
    expect(await deaths(world, rollingBack)).toBeGreaterThan(10);
  });
});
