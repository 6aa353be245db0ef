/** The contract of the directory port, run against every adapter in front of its simulated service. */
import { beforeEach } from 'vitest';
import { Bench } from './bench';
import { credentialContract } from './credentials';
import { faultContract } from './faults';
import { membershipContract } from './memberships';
import { peopleContract } from './people';
import type { Subject } from './subject';

export function directoryContract(subject: Subject): Bench {
  const bench = new Bench();
  beforeEach(() => bench.reset());
  membershipContract(subject, bench);
  peopleContract(subject, bench);
  faultContract(subject, bench);
  credentialContract(subject, bench);
  return bench;
}
