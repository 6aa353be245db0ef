/** Memberships that end by themselves. */
import type { LaggingMap } from '../lagging';
import type { Memberships } from '../memberships';

export interface Schedule {
  readonly group: string;
  readonly person: string;
  readonly since: number;
  readonly end: number;
}

interface Ending {
  readonly schedules: LaggingMap<Schedule>;
  readonly memberships: Memberships<true>;
}

/** Ends what is due; called before anybody looks. */
export function endDue(state: Ending, now: number): void {
  for (const [key, { group, person, end }] of state.schedules.entries()) {
    if (end > now) continue;
    state.memberships.remove(group, person, end);
    state.schedules.delete(key, end);
  }
}
