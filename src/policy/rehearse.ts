/**
 * Rehearsal: the draft on the last requests, old and new side by side. Reads only.
 *
 * 1. the newest requests of every state are listed, the newest pins of them taken;
 * 2. role, app and the site's policy of that day are read, each once;
 * 3. `model/rehearsal.ts` judges each twice and sums it up;
 * 4. the result is kept with the job: totals in words, hard stops, and what differs, line by line.
 */
import * as z from 'zod/mini';
import { type App, type Role, roleSchema } from '../catalog/model/catalog';
import { apps, roles } from '../catalog/store';
import { overrideSchema, type SitePolicy, tierSchema } from '../contracts/policy';
import type { Job, Step } from '../jobs/job';
import type { Deps } from '../requests/deps';
import { type AccessRequest, requestStates } from '../requests/model/request';
import { requests } from '../requests/store';
import type { Instant } from '../shared/instant';
import { decode, find } from '../shared/record';
import { draftOrPolicy } from './draft-record';
import { policyFor, type RolePolicy } from './model/effective';
import { askOf, factsOf } from './model/judged';
import { hardStops, inWords, type Past, type Replayed, replay, totals } from './model/rehearsal';
import { startingPolicy } from './model/tiers';
import { SITE_POLICY, sitePolicyFrom } from './site-policy';

export const rehearsalMark = z.strictObject({
  last: z.int(),
  /** One role as it would be; absent: only the draft of the site's policy. */
  role: z.optional(
    z.strictObject({
      id: z.string(),
      risk: z.optional(tierSchema),
      rules: z.optional(overrideSchema),
    }),
  ),
});
export type RehearsalMark = z.infer<typeof rehearsalMark>;

/** A job's record has room for so many; the totals are of all. */
const MOST_LINES = 200;

export async function rehearse(deps: Deps, job: Job): Promise<Step> {
  const { last, role } = rehearsalMark.parse(job.mark);
  const newest = await newestRequests(deps, last);
  const read = await around(deps, newest);
  const draft = await draftOrPolicy(deps.store);
  const past = newest.map((request) => pastOf(request, read, { draft, role }));
  const lines = past.map(replay);
  const pairs = new Map<string, { was: RolePolicy; is: RolePolicy }>();
  // The newest first: what the role was asked for by last.
  for (const { roleId, was, is } of past)
    if (is && !pairs.has(roleId)) pairs.set(roleId, { was: was.policy, is: is.policy });
  const sum = totals(lines);
  const words = inWords(sum);
  return {
    kind: 'done',
    progress: { done: lines.length, of: lines.length, what: words },
    result: {
      totals: sum,
      words,
      hardStops: hardStops(pairs).slice(0, 50),
      lines: lines.filter(differs).slice(0, MOST_LINES),
    },
  };
}

const differs = (one: Replayed): boolean => one.was !== one.is || one.wasWords !== one.isWords;

async function newestRequests(deps: Pick<Deps, 'store'>, last: number): Promise<AccessRequest[]> {
  const all: AccessRequest[] = [];
  for (const state of requestStates) {
    let open = last;
    let cursor: string | undefined;
    do {
      const page = await find(deps.store, requests, {
        index: 'by-state',
        partition: [state],
        sort: 'descending',
        limit: Math.min(open, 100),
        ...(cursor !== undefined && { cursor }),
      });
      all.push(...page.found.map(({ value }) => value));
      open -= page.found.length;
      cursor = page.cursor;
    } while (cursor !== undefined && open > 0);
  }
  const at = ({ pin }: AccessRequest) => pin?.at ?? '';
  return all
    .filter(({ pin }) => pin !== undefined)
    .sort((a, b) => (at(a) < at(b) ? 1 : -1))
    .slice(0, last);
}

interface Around {
  readonly roles: ReadonlyMap<string, Role>;
  readonly apps: ReadonlyMap<string, App>;
  /** By version. */
  readonly sites: ReadonlyMap<number, SitePolicy>;
}

async function around(deps: Pick<Deps, 'store'>, all: readonly AccessRequest[]): Promise<Around> {
  const roleIds = [...new Set(all.flatMap(({ pin }) => (pin ? [pin.subject.roleId] : [])))];
  const appIds = [...new Set(roleIds.map((id) => id.split('.')[0] as string))];
  const versions = [...new Set(all.flatMap(({ pin }) => (pin?.policy ? [pin.policy.site] : [])))];
  const key = (name: string) => ({ entity: 'config' as const, key: name });
  const rows = await deps.store.getMany([
    ...roleIds.map((id) => key(`role:${id}`)),
    ...appIds.map((id) => key(`app:${id}`)),
    ...versions.map((version) => key(`${SITE_POLICY}#${version}`)),
  ]);
  const row = (n: number) => rows[n];
  return {
    roles: new Map(
      roleIds.flatMap((id, n) => {
        const found = row(n);
        return found ? [[id, decode(roles, `role:${id}`, found).value] as const] : [];
      }),
    ),
    apps: new Map(
      appIds.flatMap((id, n) => {
        const found = row(roleIds.length + n);
        return found ? [[id, decode(apps, `app:${id}`, found).value] as const] : [];
      }),
    ),
    sites: new Map(
      versions.map((version, n) => {
        const found = row(roleIds.length + appIds.length + n);
        return [version, found ? sitePolicyFrom(found) : startingPolicy] as const;
      }),
    ),
  };
}

function pastOf(
  request: AccessRequest,
  read: Around,
  { draft, role: changed }: { draft: SitePolicy; role: RehearsalMark['role'] },
): Past {
  const pin = request.pin as NonNullable<AccessRequest['pin']>;
  const { roleId } = pin.subject;
  const role = read.roles.get(roleId);
  const app = read.apps.get(roleId.split('.')[0] as string);
  const then = pin.policy;
  const was = then
    ? { policy: { ...then.rules, tier: then.tier }, sod: read.sites.get(then.site)?.sod ?? [] }
    : { policy: policyFor(startingPolicy, {}, { risk: pin.risk ?? 'routine' }), sod: [] };
  return {
    issueKey: request.issueKey,
    at: pin.at as Instant,
    roleId,
    known: then && pin.judged && { ask: askOf(roleId, pin.judged), facts: factsOf(pin.judged) },
    was,
    is:
      role && app && role.status !== 'removed'
        ? {
            policy: policyFor(draft, app, changed?.id === roleId ? asChanged(role, changed) : role),
            sod: draft.sod,
          }
        : undefined,
  };
}

/** What the rules say takes the place of what the role says in short. */
function asChanged(role: Role, { risk, rules }: NonNullable<RehearsalMark['role']>): Role {
  const { approver, durations, permanent, ...rest } = role;
  const decides = rules?.stages !== undefined || rules?.auto !== undefined;
  return roleSchema.parse({
    ...rest,
    ...(approver && !decides && { approver }),
    ...(durations && rules?.durations === undefined && { durations }),
    ...(permanent !== undefined && rules?.permanent === undefined && { permanent }),
    ...(risk && { risk }),
    rules: { ...role.rules, ...rules },
  });
}
