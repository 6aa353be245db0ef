/** Reports: what applications did with the access that people gave them. */
import { json, type Routes } from '../../kit/routes';
import { NEEDS } from './accounts';
import { GoogleError, invalid } from './errors';
import { userBy } from './lookup';
import type { GoogleUser } from './state';
import { guarded, type Workspace } from './workspace';

/** OAuth client ids of two applications. */
export const CLIENTS = {
  notes: '480000000001-notes.apps.googleusercontent.com',
  mail: '480000000002-mail.apps.googleusercontent.com',
} as const;

interface TokenEvent {
  readonly at: number;
  readonly name: 'authorize' | 'activity' | 'revoke';
  readonly client: string;
}

const DAY = 86_400_000;
const KEPT = 180 * DAY;

export function addReports(workspace: Workspace, routes: Routes): void {
  const path = '/admin/reports/v1/activity/users/:userKey/applications/:application';
  guarded(workspace, routes)('GET', path, NEEDS.readReports, ({ req, asOf }) => {
    const { userKey = '', application } = req.params;
    const odd = ['pageToken', 'eventName', 'endTime'].find((name) => req.query.has(name));
    if (application !== 'token' || odd) {
      throw new GoogleError(501, 'notImplemented', `sandbox: google: no ${odd ?? application}`);
    }
    const user = userBy(workspace, userKey, asOf);
    if (!user && userKey !== 'all') throw invalid('Bad Request');
    const now = workspace.clock.now();
    const start = req.query.get('startTime');
    const from = Math.max(now - KEPT, start === null ? 0 : Date.parse(start));
    if (!(from < now)) throw invalid('Bad Request');
    const client = /^client_id==([^,]+)$/.exec(req.query.get('filters') ?? '')?.[1];
    if (req.query.has('filters') && client === undefined) throw invalid('Bad Request');
    // What happened lately is not in the report yet.
    const until = now - workspace.profile.googleReportLagMs;
    const items = (user ? [user] : [...workspace.state.users.values(asOf)])
      .flatMap((one) => eventsOf(one, now).map((event) => ({ one, event })))
      .filter(({ event }) => event.at >= from && event.at <= until)
      .filter(({ event }) => client === undefined || event.client === client)
      .sort((a, b) => b.event.at - a.event.at)
      .slice(0, Number(req.query.get('maxResults') ?? 1000))
      .map(({ one, event }) => shown(workspace, one, event));
    return json(200, {
      kind: 'admin#reports#activities',
      ...(items.length > 0 && { items }),
    });
  });
}

/** By the last digit of the id: some use it daily, some took their consent back, some left it long ago. */
function eventsOf(user: GoogleUser, now: number): TokenEvent[] {
  const digit = Number(user.id.at(-1));
  const client = CLIENTS.notes;
  if (digit < 5) {
    const today = Math.floor(now / DAY) * DAY + DAY / 3;
    const days = [today, today - DAY].filter((at) => at <= now);
    return days.map((at) => ({ at, name: 'activity', client }));
  }
  if (digit < 8) {
    return [
      { at: now - 30 * DAY, name: 'authorize', client },
      { at: now - 10 * DAY, name: 'revoke', client },
    ];
  }
  return [{ at: now - 200 * DAY, name: 'activity', client }];
}

function shown({ customerId }: Workspace, user: GoogleUser, { at, name, client }: TokenEvent) {
  return {
    kind: 'admin#reports#activity',
    id: {
      time: new Date(at).toISOString(),
      uniqueQualifier: String(at),
      applicationName: 'token',
      customerId,
    },
    actor: { email: user.primaryEmail, profileId: user.id },
    events: [
      {
        type: 'auth',
        name,
        parameters: [
          { name: 'client_id', value: client },
          { name: 'app_name', value: 'Notes' },
        ],
      },
    ],
  };
}
