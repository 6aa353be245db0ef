/** How fast a policy is judged: one request after the other on one core, and a rehearsal of a thousand. */
import { cpuUsage } from 'node:process';
import type { Override } from '../../src/contracts/policy';
import { evaluate } from '../../src/policy/model/evaluate';
import { type Past, replay, totals } from '../../src/policy/model/rehearsal';
import { DAY, HOUR, instant } from '../../src/shared/instant';
import { anAsk, anAutoRule, aPolicy, aSet, NOW, someFacts } from '../builders/policies';
import type { Figure } from './figure';

const EVALUATIONS = 200_000;
const REQUESTS = 1000;

/** With every kind of rule in it, so that nothing is judged for free. */
const FULL: Override = {
  visibleTo: [
    { kind: 'employment', is: ['Contractor', 'Employee'] },
    { kind: 'directory-group', connection: 'main', group: 'g-staff' },
  ],
  reasonLength: 20,
  ticket: 'required',
  totalAge: 7 * DAY,
  permanent: false,
  auto: anAutoRule({
    when: [
      { kind: 'department', is: ['Finance', 'Treasury', 'Tax'] },
      { kind: 'at-most', seconds: HOUR },
      { kind: 'asks-for-self' },
    ],
  }),
};
const SOD = Array.from({ length: 20 }, (_, n) =>
  aSet({ id: `set-${n}`, roles: ['bank.pay', `bank.other-${n}`], mode: 'warn' }),
);

/** Processor time, so that other work on the machine does not count. */
function seconds(work: () => void): number {
  const before = cpuUsage();
  work();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1_000_000;
}

export function measurePolicy(): Figure[] {
  const policy = aPolicy(FULL);
  const facts = someFacts();
  const asks = [anAsk(), anAsk({ duration: 6 * HOUR }), anAsk({ reasonLength: 3 })];
  let refused = 0;
  const judging = seconds(() => {
    for (let n = 0; n < EVALUATIONS; n++) {
      const ask = asks[n % asks.length] ?? anAsk();
      if (evaluate(ask, policy, { sod: SOD }, facts, NOW + n).outcome === 'refused') refused++;
    }
  });
  if (refused === 0 || refused === EVALUATIONS) throw new Error('All were judged alike');
  const past = Array.from({ length: REQUESTS }, (_, n): Past => {
    const ask = asks[n % asks.length] ?? anAsk();
    return {
      issueKey: `IT-${n}`,
      at: instant((NOW + n) * 1000),
      roleId: 'bank.pay',
      known: { ask, facts },
      was: { policy: aPolicy({ ...FULL, auto: null }, 'sensitive'), sod: SOD },
      is: { policy, sod: SOD },
    };
  });
  let skipped = 0;
  const rehearsing = seconds(() => {
    skipped = totals(past.map(replay)).skipPerson;
  });
  const perSecond = Math.round(EVALUATIONS / judging);
  return [
    {
      figure: 'Policy: evaluations per second on one core, twenty sets of duties',
      measured: `${perSecond}`,
      budget: '>= 10000',
      within: perSecond >= 10_000,
    },
    {
      figure: `Policy: rehearsal of ${REQUESTS} requests, processor time`,
      measured: `${rehearsing.toFixed(3)} s, ${skipped} would skip a person`,
      budget: '< 2 s',
      within: rehearsing < 2,
    },
  ];
}
