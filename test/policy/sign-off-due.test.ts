/** A published rule that runs out is told of before it does. */
import { describe, expect, test } from 'vitest';
import { findings } from '../../src/findings/findings';
import { startingPolicy } from '../../src/policy/model/tiers';
import { daysLeft, tellSignOff } from '../../src/policy/sign-off-due';
import { DAY, type Instant } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import { aRole } from '../builders/catalog';
import { anAutoRule } from '../builders/policies';
import { SmallSite } from '../builders/small-site';

describe('a sign-off of 1 February 2026', () => {
  test.each<[string, number | undefined]>([
    ['2027-01-01T00:00:00.000Z', undefined],
    ['2027-01-02T00:00:00.000Z', 30],
    ['2027-02-01T00:00:00.000Z', 0],
    ['2027-02-01T00:00:01.000Z', -1],
  ])('has at %s so many days left: %s', (now, days) => {
    expect(daysLeft('2026-02-01T00:00:00.000Z', now as Instant)).toBe(days);
  });
});

test('is a finding thirty days before, and settled once it is signed off again', async () => {
  const site = new SmallSite();
  const role = (signedOffAt: string) => {
    const { approver: _, ...rest } = aRole({ risk: 'routine' });
    return { ...rest, rules: { auto: anAutoRule({ signedOffAt }) } };
  };
  const around = { app: undefined, site: startingPolicy };
  const status = async () =>
    (await load(site.store, findings, 'sign-off-due:figma.editor'))?.value.status;
  const signed = site.clock.now();
  await tellSignOff(site.deps(), role(signed), around);
  expect(await status()).toBeUndefined();
  site.clock.advance(340 * DAY);
  await tellSignOff(site.deps(), role(signed), around);
  expect(await status()).toBe('open');
  await tellSignOff(site.deps(), role(site.clock.now()), around);
  expect(await status()).toBe('resolved');
});
