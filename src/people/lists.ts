/**
 * What an administrator settles about people: who somebody is, and who moved. Names, titles and
 * departments are read for the screen and kept nowhere.
 */
import { done } from '../catalog/changes';
import { failed, openConnection } from '../catalog/open-connection';
import type { Answer } from '../contracts/answer';
import type { DirectoryPerson } from '../directories/directory';
import { pageOf } from '../findings/findings';
import type { Finding, FindingKind } from '../findings/model/finding';
import { isLive } from '../grants/model/grant';
import type { Account } from '../jira/port';
import type { Deps } from '../requests/deps';
import { readableGrants } from './access';

/** So many that reading them stays well under the time of one call. */
const PAGE = 20;

interface ShownPerson {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly title?: string;
  readonly department?: string;
}
interface Mismatch extends Finding {
  readonly account?: {
    readonly name: string;
    readonly type: Account['type'];
    readonly active: boolean;
  };
  /** Who it may be, as far as the directory answered. */
  readonly candidates: readonly ShownPerson[];
}
interface MovedPerson extends Finding {
  readonly person?: ShownPerson;
  /** What they still have. */
  readonly grants: readonly {
    readonly id: string;
    readonly issueKey: string;
    readonly role: string;
    readonly endsAt: string | null;
  }[];
}
interface Listed<T> {
  readonly people: readonly T[];
  readonly cursor?: string;
}

export async function listMismatches(
  deps: Deps,
  cursor: string | undefined,
): Promise<Answer<Listed<Mismatch>>> {
  const page = await openOnes(deps, 'person-mismatch', cursor);
  const ids = page.open.flatMap((one) => (one.accountId === undefined ? [] : [one.accountId]));
  const accounts = ids.length === 0 ? undefined : await deps.jira.accounts(ids);
  const wanted = page.open.map((one) => ({
    connectionId: one.connectionId,
    ids: candidatesOf(one),
  }));
  const people = await readPeople(deps, wanted);
  return done({
    people: page.open.map((one) => {
      const account = accounts?.ok
        ? accounts.value.find((a) => a.accountId === one.accountId)
        : undefined;
      const { displayName: name, type, active } = account ?? {};
      return {
        ...one,
        ...(name !== undefined &&
          type &&
          active !== undefined && { account: { name, type, active } }),
        candidates: candidatesOf(one).flatMap(
          (id) => people.get(`${one.connectionId}:${id}`) ?? [],
        ),
      };
    }),
    ...page.next,
  });
}

export async function listMovers(
  deps: Deps,
  cursor: string | undefined,
): Promise<Answer<Listed<MovedPerson>>> {
  const page = await openOnes(deps, 'mover', cursor);
  const people = await readPeople(
    deps,
    page.open.map(({ connectionId, personId }) => ({
      connectionId,
      ids: personId ? [personId] : [],
    })),
  );
  const listed: MovedPerson[] = [];
  for (const one of page.open) {
    const person = people.get(`${one.connectionId}:${one.personId}`);
    const held = await readableGrants(deps, one.grantIds ?? []);
    listed.push({
      ...one,
      ...(person && { person }),
      grants: held
        .filter(({ state }) => isLive(state))
        .map(({ id, issueKey, roleId, endsAt }) => ({ id, issueKey, role: roleId, endsAt })),
    });
  }
  return done({ people: listed, ...page.next });
}

/** Whose exact address this is, active or not: for choosing whom to link. */
export async function searchPerson(
  deps: Deps,
  connectionId: string,
  email: string,
): Promise<Answer<readonly ShownPerson[]>> {
  const opened = await openConnection(deps, connectionId);
  if (!opened.ok) return opened;
  const people = await opened.value.directory.findPeople(email);
  return people.ok ? done(people.value.map(shown)) : failed(people.error);
}

/** Settled ones are read past: a page of them must not hide an open one behind it. */
async function openOnes(deps: Deps, kind: FindingKind, cursor: string | undefined) {
  const ask = { index: 'by-kind' as const, partition: kind, full: PAGE };
  const page = await pageOf(deps, ask, cursor, (one) => one.status === 'open');
  return {
    open: page.findings,
    next: page.cursor === undefined ? {} : { cursor: page.cursor },
  };
}

function candidatesOf({ personId, facts }: Finding): string[] {
  const told = facts?.['personIds'];
  const ids = Array.isArray(told) ? told.filter((id) => typeof id === 'string') : [];
  return personId === undefined ? ids : [personId, ...ids];
}

/** By `connection:id`. A directory that does not answer leaves its people out; the rest is shown. */
async function readPeople(
  deps: Deps,
  wanted: readonly {
    readonly connectionId?: string | undefined;
    readonly ids: readonly string[];
  }[],
): Promise<ReadonlyMap<string, ShownPerson>> {
  const read = new Map<string, ShownPerson>();
  for (const connectionId of new Set(wanted.map((one) => one.connectionId))) {
    const mine = wanted.filter((one) => one.connectionId === connectionId);
    const ids = [...new Set(mine.flatMap((one) => one.ids))].slice(0, 50);
    if (connectionId === undefined || ids.length === 0) continue;
    const opened = await openConnection(deps, connectionId);
    const people = opened.ok ? await opened.value.directory.peopleById(ids) : undefined;
    if (!people?.ok) continue;
    for (const person of people.value) read.set(`${connectionId}:${person.id}`, shown(person));
  }
  return read;
}

const shown = (person: DirectoryPerson): ShownPerson => ({
  id: person.id,
  name: person.displayName,
  status: person.status,
  ...(person.title !== undefined && { title: person.title }),
  ...(person.department !== undefined && { department: person.department }),
});
