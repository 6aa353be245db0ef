/** The end of a connection: refused with the list as long as anything lives through it. */
import * as z from 'zod/mini';
import type { Answer } from '../contracts/answer';
import { findings, resolveFinding } from '../findings/findings';
import { grants } from '../grants/store';
import type { Deps } from '../requests/deps';
import { type Link, links } from '../requests/person';
import { find, load, remove } from '../shared/record';
import { no, save, saveAll } from './changes';
import { type ConnectDeps, forget } from './connection-credential';
import { placeOfTest } from './connection-test';
import { forgetConnection } from './forget-connection';
import type { Role } from './model/catalog';
import { spentKey } from './spent';
import { connections, roles } from './store';

/** Past so many pages the answer is "there is more": that much access is not ended in passing. */
const MOST_PAGES = 50;
const MOST_NAMED = 20;
const givenThrough = z.object({ connectionId: z.string(), issueKey: z.optional(z.string()) });

export interface LiveThrough {
  /** Of the first grants that may still stand in the directory. */
  readonly issueKeys: readonly string[];
  /** Not all could be looked at. */
  readonly more: boolean;
  readonly words: string;
}

/** Access that was given through this connection and may still stand in its directory. */
export async function liveThrough(
  deps: Pick<Deps, 'store'>,
  connectionId: string,
): Promise<LiveThrough> {
  const issueKeys = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const {
      found,
      unreadable,
      cursor: next,
    } = await find(deps.store, grants, {
      index: 'by-live',
      partition: ['yes'],
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { value } of found) {
      if (value.connectionId === connectionId) issueKeys.add(value.issueKey);
    }
    // What cannot be read counts, unless it still says that it went through another one.
    for (const { row, key } of unreadable) {
      const left = givenThrough.safeParse(row.body).data;
      if (!left || left.connectionId === connectionId) issueKeys.add(left?.issueKey ?? key);
    }
    if (next === undefined) return named(issueKeys, false);
    cursor = next;
  }
  return named(issueKeys, true);
}

function named(all: ReadonlySet<string>, more: boolean): LiveThrough {
  const issueKeys = [...all];
  const first = issueKeys.slice(0, MOST_NAMED).join(', ');
  const rest = issueKeys.length - MOST_NAMED;
  const words = `${first}${rest > 0 ? ` and ${rest} more` : ''}${more ? ', perhaps more' : ''}`;
  return { issueKeys, more, words };
}

export async function removeConnection(
  deps: ConnectDeps,
  id: string,
  by: string,
): Promise<Answer<{ readonly removed: string }>> {
  const held = await load(deps.store, connections, `connection:${id}`);
  if (!held) return no('connection-found', 'There is no such connection.', 'Reload the page.');
  const live = await liveThrough(deps, id);
  if (live.issueKeys.length > 0 || live.more) {
    return no(
      'connection-in-use',
      `Access that was given through this connection is still running: ${live.words}.`,
      'End that access first; until then the connection is needed to take it back.',
    );
  }
  const mapped = (await rolesThrough(deps, id)).map((role) => role.id);
  if (mapped.length > 0) {
    return no(
      'connection-mapped',
      `Roles of the catalog lead through this connection: ${mapped.slice(0, MOST_NAMED).join(', ')}.`,
      'Withdraw them, or map them to another connection.',
    );
  }
  if (!(await withoutLinks(deps, id, by))) {
    return no(
      'connection-links',
      'The connection has more linked accounts than can be removed in one go.',
      'Remove it again: what was removed stays removed.',
    );
  }
  await resolveFindings(deps, id, by);
  // The record last: should this stop half way, what is left fails closed and can be removed again.
  await forget(deps.secrets, id, held.value.kind);
  await deps.store.removePlain(placeOfTest(id));
  const removed = await save(
    deps,
    { what: `connection:${id}`, by, before: held.value, after: null },
    [
      remove(connections, held.value, held.rev),
      { op: 'remove', entity: 'config', key: spentKey(id), ifRev: 'any' },
    ],
    { removed: id },
  );
  // What readings left can be tens of thousands of records.
  if (removed.ok) await forgetConnection(deps, id);
  return removed;
}

/** Two writes each and one for the chain: Forge takes 25. */
const LINKS_AT_ONCE = 12;
const MOST_LINKS = 600;

/** `false`: there are more. A link names a person of a directory that is no longer connected. */
async function withoutLinks(deps: ConnectDeps, id: string, by: string): Promise<boolean> {
  let cursor: string | undefined;
  const mine: Link[] = [];
  for (let page = 0; page < MOST_PAGES && mine.length < MOST_LINKS; page++) {
    const read = await find(deps.store, links, {
      index: 'by-status',
      partition: ['linked'],
      // In the order of keys ";" follows ":".
      range: { from: `${id}:`, to: `${id};` },
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    mine.push(...read.found.map(({ value }) => value).filter((l) => l.connectionId === id));
    cursor = read.cursor;
    if (cursor === undefined) break;
  }
  for (let at = 0; at < mine.length; at += LINKS_AT_ONCE) {
    const some = mine.slice(at, at + LINKS_AT_ONCE);
    const changes = some.map((link) => ({
      what: `link:${link.accountId}`,
      by,
      before: link,
      after: null,
    }));
    const writes = some.map((link) => remove(links, link, 'any'));
    if (!(await saveAll(deps, changes, writes)) && !(await saveAll(deps, changes, writes))) {
      return false;
    }
  }
  return cursor === undefined;
}

/** Nobody can mend any more what was found in it. */
async function resolveFindings(deps: ConnectDeps, id: string, by: string): Promise<void> {
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = await find(deps.store, findings, {
      index: 'by-status',
      partition: ['open'],
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { value } of read.found) {
      if (value.connectionId !== id) continue;
      await resolveFinding(deps, value.key, 'The connection was removed.', by);
    }
    if (read.cursor === undefined) return;
    cursor = read.cursor;
  }
}

async function rolesThrough(deps: Pick<Deps, 'store'>, connectionId: string): Promise<Role[]> {
  const over: Role[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { found, cursor: next } = await find(deps.store, roles, {
      index: 'by-kind',
      partition: ['role', 'live'],
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    over.push(...found.map(({ value }) => value).filter((r) => r.connectionId === connectionId));
    if (next === undefined) break;
    cursor = next;
  }
  return over;
}
