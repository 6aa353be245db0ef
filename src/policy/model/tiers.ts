/** What a site starts with, and an administrator can keep. */
import type { Rules, SitePolicy } from '../../contracts/policy';

const HOUR = 3600;
const DAY = 86_400;
const SHORT = [HOUR, 6 * HOUR, DAY];
const MANAGER = { id: 'manager', from: [{ kind: 'manager' as const }], needs: 'any' as const };
const OWNER = { id: 'owner', from: [{ kind: 'owner' as const }], needs: 'any' as const };

const usual: Rules = {
  visibleTo: [],
  stages: [MANAGER],
  distinct: true,
  auto: null,
  durations: SHORT,
  permanent: true,
  reasonLength: 0,
  ticket: 'none',
  totalAge: null,
  breakGlass: null,
};

export const startingPolicy: SitePolicy = {
  v: 1,
  version: 0,
  tiers: {
    routine: usual,
    sensitive: {
      ...usual,
      stages: [OWNER],
      permanent: false,
      reasonLength: 10,
      totalAge: 90 * DAY,
    },
    privileged: {
      ...usual,
      stages: [MANAGER, OWNER],
      permanent: false,
      reasonLength: 20,
      totalAge: 7 * DAY,
    },
    'break-glass': {
      ...usual,
      stages: [OWNER],
      durations: [HOUR],
      permanent: false,
      reasonLength: 50,
      totalAge: HOUR,
      breakGlass: { eligible: [], incident: true, reviewWithin: DAY },
    },
  },
  sod: [],
  hours: { days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00', holidays: [] },
  remindAfter: 4 * HOUR,
  escalateAfter: 8 * HOUR,
  lapseAfter: 7 * DAY,
  fallback: [],
  ticketProjects: [],
};
