/**
 * Every night: is everybody who decides still there? Noticed before a request meets them.
 *
 * 1. who is named is collected: owners of apps, people in the rules of tiers, apps and roles, the IT
 *    queue, whoever signed off a rule, and the covers of all of these;
 * 2. with those whom open requests wait for, they are looked up in Jira; the latter in the directory too;
 * 3. an open request whose approver has left is moved to the cover or the fallback at once
 *    (`approvals/replace-gone.ts`); what names somebody who has left is a finding with where to mend it;
 * 4. groups that decide and hold nobody are findings as well.
 * What could not be read changes nothing: the next night looks again.
 */
import { replaceGone } from '../approvals/replace-gone';
import { stageOf } from '../approvals/tasks';
import { openConnection } from '../catalog/open-connection';
import { openFinding, pageOf, resolveFinding } from '../findings/findings';
import type { FindingKind } from '../findings/model/finding';
import type { JobStep } from '../jobs/job';
import { coversOf } from '../policy/cover-chain';
import type { Deps } from '../requests/deps';
import { requests } from '../requests/store';
import { MINUTE, secondsBetween } from '../shared/instant';
import { find } from '../shared/record';
import { type GroupNamed, whoDecides } from './named-deciders';

const LONGEST = 4 * MINUTE;
const MOST_REQUESTS = 1_000;
const AT_ONCE = 50;

export const watchDeciders: JobStep = async (deps) => {
  const begun = deps.now();
  const { accounts, groups } = await whoDecides(deps);
  for (const accountId of [...accounts.keys()])
    for (const cover of await coversOf(deps, 'by-person', accountId))
      add(accounts, cover.cover, 'a cover that is set');
  const open = await openApprovals(deps);
  const ids = [...new Set([...accounts.keys(), ...open.map((one) => one.accountId)])];
  const read = await deps.jira.accounts(ids);
  if (!read.ok)
    return { kind: 'wait', seconds: read.error.retryAfter ?? 5 * MINUTE, why: read.error.code };
  const active = new Set(read.value.filter((one) => one.active).map((one) => one.accountId));
  const gone = new Set(ids.filter((id) => !active.has(id)));
  const left = await goneFromDirectory(deps, open);
  let moved = 0;
  for (const { issueId, accountId, personKey } of open) {
    if (!gone.has(accountId) && !left.has(personKey ?? '')) continue;
    if (secondsBetween(begun, deps.now()) > LONGEST) break;
    if ((await replaceGone(deps, issueId, accountId)) === 'done') moved++;
  }
  const found = new Set<string>();
  for (const [accountId, places] of accounts)
    if (gone.has(accountId)) found.add(await tellGone(deps, accountId, places));
  for (const group of groups) {
    const key = await tellEmpty(deps, group);
    if (key !== undefined) found.add(key);
  }
  await settle(deps, 'decider-gone', found);
  await settle(deps, 'decider-group-empty', found);
  const what = `${ids.length} people who decide looked at, ${found.size} to be mended, ${moved} open approvals moved`;
  return { kind: 'done', progress: { done: ids.length, of: ids.length, what }, result: { moved } };
};

function add(places: Map<string, string[]>, accountId: string, place: string): void {
  const known = places.get(accountId) ?? [];
  if (!known.includes(place)) places.set(accountId, [...known, place]);
}

interface OpenApproval {
  readonly issueId: string;
  readonly accountId: string;
  readonly connectionId: string;
  readonly personId: string | undefined;
  readonly personKey: string | undefined;
}

/** Everybody whom a request waits for at this hour. */
async function openApprovals(deps: Deps): Promise<OpenApproval[]> {
  const open: OpenApproval[] = [];
  let cursor: string | undefined;
  let read = 0;
  do {
    const page = await find(deps.store, requests, {
      index: 'by-state',
      partition: ['waiting'],
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { value } of page.found) {
      const connectionId = value.pin?.subject.connectionId;
      if (connectionId === undefined) continue;
      for (const { accountId, personId } of stageOf(value)?.approvers ?? [])
        open.push({
          issueId: value.issueId,
          accountId,
          connectionId,
          personId,
          personKey: personId === undefined ? undefined : `${connectionId}:${personId}`,
        });
    }
    read += page.found.length;
    cursor = page.cursor;
  } while (cursor !== undefined && read < MOST_REQUESTS);
  return open;
}

/** Keys of approvers whom their directory has disabled. Who is missing among many is not proven to be gone. */
async function goneFromDirectory(
  deps: Deps,
  open: readonly OpenApproval[],
): Promise<ReadonlySet<string>> {
  const gone = new Set<string>();
  for (const connectionId of new Set(open.map((one) => one.connectionId))) {
    const opened = await openConnection(deps, connectionId);
    if (!opened.ok) continue;
    const mine = open.filter((one) => one.connectionId === connectionId);
    const ids = [...new Set(mine.flatMap((one) => one.personId ?? []))];
    for (let i = 0; i < ids.length; i += AT_ONCE) {
      const people = await opened.value.directory.peopleById(ids.slice(i, i + AT_ONCE));
      if (!people.ok) break;
      for (const { id, status } of people.value)
        if (status === 'deactivated' || status === 'suspended') gone.add(`${connectionId}:${id}`);
    }
  }
  return gone;
}

async function tellGone(deps: Deps, accountId: string, places: readonly string[]): Promise<string> {
  const key = `decider-gone:${accountId}`;
  await openFinding(deps, {
    key,
    kind: 'decider-gone',
    sentence: `Somebody who decides has no active account any more: ${places.slice(0, 10).join('; ')}.`,
    nextStep: 'Name somebody else in each of these places; until then the fallbacks are asked.',
    accountId,
    facts: { places: places.slice(0, 50) },
  });
  return key;
}

async function tellEmpty(
  deps: Deps,
  { connection, group, place }: GroupNamed,
): Promise<string | undefined> {
  const opened = await openConnection(deps, connection);
  if (!opened.ok) return undefined;
  const members = await opened.value.directory.membersOf(group);
  const gone = !members.ok && members.error.code === 'group-not-found';
  const empty =
    members.ok &&
    members.value.cursor === undefined &&
    !members.value.items.some(({ kind }) => kind === 'person');
  if (!gone && !empty) return undefined;
  const key = `decider-group-empty:${connection}:${group}`;
  await openFinding(deps, {
    key,
    kind: 'decider-group-empty',
    sentence: `A group that decides ${gone ? 'does not exist any more' : 'has nobody in it'}: ${place}.`,
    nextStep: 'Put people into the group, or choose another approver there.',
    connectionId: connection,
    groupId: group,
  });
  return key;
}

/** What was found before and is no longer so. */
async function settle(deps: Deps, kind: FindingKind, found: ReadonlySet<string>): Promise<void> {
  const ask = { index: 'by-kind' as const, partition: kind, full: 100 };
  const { findings } = await pageOf(deps, ask, undefined, (one) => one.status === 'open');
  for (const { key } of findings)
    if (!found.has(key)) await resolveFinding(deps, key, 'It is in order again.');
}
