/**
 * An account was closed: its links go, and what people wrote under it as answers. Its id stays where
 * evidence stands on it (`docs/personal-data.md`). An account that only changed has its links looked
 * at again.
 */
import { openConnection } from '../catalog/open-connection';
import { connections } from '../catalog/store';
import { record } from '../evidence/record';
import { circumstances, type Deps } from '../requests/deps';
import { isOver } from '../requests/model/request';
import { type Link, links } from '../requests/person';
import { requests } from '../requests/store';
import { hashOf } from '../shared/canonical';
import { find, type Held, load, put, remove } from '../shared/record';
import { noteMismatch, settleMismatch } from './mismatch';

export async function eraseAccount(deps: Deps, accountId: string): Promise<void> {
  for (const link of await linksOf(deps, accountId)) {
    const step = {
      event: 'config.changed' as const,
      actor: { type: 'app' as const },
      facts: {
        what: `link:${accountId}`,
        before: hashOf(link.value),
        after: hashOf(null),
        value: null,
        because: 'account-closed',
      },
    };
    const writes = [remove(links, link.value, link.rev)];
    // Somebody changed it at this moment: the next week finds the account closed again.
    await record(deps.store, 'config', [step], writes, circumstances(deps));
    const { connectionId } = link.value;
    await settleMismatch(deps, { connectionId, accountId }, 'The account was closed.');
  }
  await forgetAnswers(deps, accountId);
}

/** Answers are kept to read a request again; one that is over is never read again. */
async function forgetAnswers(deps: Deps, accountId: string): Promise<void> {
  const { found } = await find(deps.store, requests, {
    index: 'by-requester',
    partition: [accountId],
    sort: 'descending',
    limit: 100,
  });
  for (const { value } of found) {
    const held = await load(deps.store, requests, value.issueId);
    if (!held || !isOver(held.value) || Object.keys(held.value.answers).length === 0) continue;
    await deps.store.transact([put(requests, { ...held.value, answers: {} }, held.rev)]);
  }
}

export async function lookAtLinks(deps: Deps, accountId: string): Promise<void> {
  for (const { value } of await linksInUse(deps, accountId)) {
    const { connectionId, personId } = value;
    const opened = await openConnection(deps, connectionId);
    const person = opened.ok ? await opened.value.directory.person(personId) : undefined;
    if (!person?.ok || person.value?.active) continue;
    await noteMismatch(
      deps,
      { connectionId, accountId },
      {
        check: 'person-active',
        sentence:
          'An account that is linked to a person has changed, and the directory has no active person of that id any more.',
        nextStep: 'Link the account to another person, or remove the link.',
        facts: { personIds: [personId] },
      },
    );
  }
}

const PAGE = 100;
const MOST_PAGES = 300;

/** By the account itself: also one whose connection was removed. */
async function linksOf(deps: Deps, accountId: string) {
  const mine: Held<Link>[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { found, cursor: next } = await find(deps.store, links, {
      index: 'by-status',
      partition: ['linked'],
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { value } of found) {
      if (value.accountId !== accountId) continue;
      const held = await load(deps.store, links, links.key(value));
      if (held) mine.push(held);
    }
    if (next === undefined) break;
    cursor = next;
  }
  return mine;
}

/** A few readings; those of connections that there are. */
async function linksInUse(deps: Deps, accountId: string) {
  const found: Held<Link>[] = [];
  for (const status of ['live', 'off']) {
    const page = await find(deps.store, connections, {
      index: 'by-kind',
      partition: ['connection', status],
      limit: 100,
    });
    for (const { value } of page.found) {
      const link = await load(deps.store, links, `${accountId}:${value.id}`);
      if (link) found.push(link);
    }
  }
  return found;
}
