/** Policies and what is known of a person: valid, plain, and everything holds. */
import type { Override, SitePolicy, SodSet, Tier } from '../../src/contracts/policy';
import type { RolePolicy } from '../../src/policy/model/effective';
import type { Ask, Facts } from '../../src/policy/model/evaluate';
import { startingPolicy } from '../../src/policy/model/tiers';
import { DAY, HOUR } from '../../src/shared/instant';

/** 2026-03-02T09:00:00Z, a Monday. */
export const NOW = 1_772_442_000;

export const aPolicy = (over: Override = {}, tier: Tier = 'routine'): RolePolicy => ({
  ...startingPolicy.tiers[tier],
  ...(over as Partial<RolePolicy>),
  tier,
});

export const anAsk = (over: Partial<Ask> = {}): Ask => ({
  roleId: 'bank.pay',
  duration: HOUR,
  reasonLength: 60,
  asksForSelf: true,
  ...over,
});

export const someFacts = (over: Partial<Facts> = {}): Facts => ({
  department: 'Finance',
  employment: 'Employee',
  groups: new Set(['main:g-staff']),
  heldRoles: [],
  ticket: { key: 'INC-1', counts: true, open: true },
  unreviewed: false,
  stopped: false,
  ...over,
});

export const anAutoRule = (over: Partial<NonNullable<RolePolicy['auto']>> = {}) => ({
  rule: 'Finance for an hour',
  when: [],
  signedOffBy: 'owner',
  signedOffAt: '2026-02-01T00:00:00.000Z',
  ...over,
});

export const aSet = (over: Partial<SodSet> = {}): SodSet => ({
  id: 'pay-and-check',
  name: 'Paying and checking',
  roles: ['bank.pay', 'bank.check'],
  mode: 'block',
  ...over,
});

export const aSitePolicy = (over: Partial<SitePolicy> = {}): SitePolicy => ({
  ...startingPolicy,
  ...over,
});

export const EMERGENCY: Override = {
  durations: [HOUR],
  breakGlass: {
    eligible: [{ kind: 'department', is: ['Finance'] }],
    incident: true,
    reviewWithin: DAY,
  },
};
