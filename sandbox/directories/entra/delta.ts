/** Change tracking of groups: a first round names all, later ones what changed since. */
import { json, type Routes } from '../../kit/routes';
import { NEEDS } from './apps';
import { badQuery, GraphError } from './errors';
import { METADATA, onlyOptions } from './lists';
import { type Row, shownGroup } from './shapes';
import { GRAPH_HOST, guarded, type Tenant } from './tenant';

interface Token {
  readonly kind: 'skip' | 'delta';
  /** Selected properties; later calls cannot ask for others. */
  readonly select: string | null;
  /** Changes after this moment are named; 0 in a first round. */
  readonly since: number;
  /** What the round began at, and where the next one goes on. */
  readonly until: number;
  readonly issued: number;
  /** Id of the last group that was told. */
  readonly after: string;
}

/** https://learn.microsoft.com/graph/delta-query-overview: seven days for objects of the directory */
const LIFE_MS = 7 * 86_400_000;

export function addDelta(tenant: Tenant, routes: Routes): void {
  const { state, clock, profile } = tenant;
  guarded(tenant, routes)(
    'GET',
    '/groups/delta',
    { needs: [NEEDS.readGroups], cost: 5 },
    ({ req, asOf }) => {
      onlyOptions(req, '$select', '$skiptoken', '$deltatoken');
      const select = req.query.get('$select');
      if (select?.split(',').includes('members')) {
        throw new GraphError(501, 'NotModelled', 'sandbox: entra: members are not tracked here');
      }
      const now = clock.now();
      const fresh: Token = { kind: 'delta', select, since: 0, until: 0, issued: now, after: '' };
      const token = read(req.query.get('$skiptoken') ?? req.query.get('$deltatoken')) ?? fresh;
      if (token.issued < now - LIFE_MS) {
        const location = { location: `https://${GRAPH_HOST}/v1.0/groups/delta?$deltatoken=` };
        const text = 'The sync state generation is not found; start over.';
        throw new GraphError(410, 'syncStateNotFound', text, location);
      }
      const begins = token.kind === 'delta';
      const since = begins ? token.until : token.since;
      // A replica may be behind what an earlier one told; the round goes on from the later moment.
      const until = begins ? Math.max(token.until, asOf) : token.until;
      const changed = state.groups
        .changes(since, until)
        .filter(([id, group]) => id > token.after && (since > 0 || group))
        .sort(([a], [b]) => (a < b ? -1 : 1));
      const told = changed.slice(0, profile.entraDeltaPage);
      const last = told.at(-1)?.[0];
      const more = last !== undefined && changed.length > told.length;
      const next = { select: token.select, since, until, issued: now, after: more ? last : '' };
      return json(200, {
        '@odata.context': `${METADATA}groups`,
        ...(more
          ? { '@odata.nextLink': link('$skiptoken', { ...next, kind: 'skip' }) }
          : { '@odata.deltaLink': link('$deltatoken', { ...next, kind: 'delta' }) }),
        value: told.map(([id, group]): Row => {
          if (!group) return { id, '@removed': { reason: 'changed' } };
          // What was never set is left out.
          const row = Object.entries({ id, ...shownGroup(group, token.select) });
          return Object.fromEntries(row.filter(([, value]) => value !== null));
        }),
      });
    },
  );
}

const link = (name: string, token: Token) =>
  `https://${GRAPH_HOST}/v1.0/groups/delta?${name}=${Buffer.from(JSON.stringify(token)).toString('base64url')}`;

function read(text: string | null): Token | undefined {
  if (text === null) return undefined;
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Token;
  } catch {
    throw badQuery('Badly formed token.');
  }
}
