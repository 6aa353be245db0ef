/** The contract of the directory port, run against every adapter in front of its simulated service. */
import { beforeEach } from 'vitest';
import { activityContract } from './activity';
import { Bench } from './bench';
import { checksContract } from './checks';
import { credentialContract } from './credentials';
import { dangersContract } from './dangers';
import { endingsContract } from './endings';
import { faultContract } from './faults';
import { groupsContract } from './groups';
import { handsOf } from './hands';
import { manyPeopleContract } from './many-people';
import { membershipContract } from './memberships';
import { peopleContract } from './people';
import type { Subject } from './subject';

export function directoryContract(subject: Subject): Bench {
  const bench = new Bench(handsOf);
  beforeEach(() => bench.reset());
  membershipContract(subject, bench);
  peopleContract(subject, bench);
  manyPeopleContract(subject, bench);
  groupsContract(subject, bench);
  activityContract(subject, bench);
  endingsContract(subject, bench);
  checksContract(subject, bench);
  dangersContract(subject, bench);
  faultContract(subject, bench);
  credentialContract(subject, bench);
  return bench;
}
