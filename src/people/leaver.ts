/** Somebody left the directory or was disabled there: their access ends now, each on its own issue. */

import { endGrant } from '../grants/revoke';
import { salvage } from '../grants/salvage';
import { grants } from '../grants/store';
import type { Deps } from '../requests/deps';
import { attention } from '../requests/intake';
import { requests } from '../requests/store';
import { find, load, UnreadableRecord } from '../shared/record';
import type { Refusal } from '../shared/result';
import type { Standing } from './model/watch';

type Because = Exclude<Standing, 'stays'>;

const TRIES = 4;

/** Answers how many ends it began. The removals themselves are the revoke queue's. */
export async function endAccess(
  deps: Deps,
  grantIds: readonly string[],
  because: Because,
): Promise<number> {
  let ended = 0;
  for (const id of grantIds) if (await endOne(deps, id, because)) ended++;
  return ended;
}

async function endOne(deps: Deps, grantId: string, because: Because): Promise<boolean> {
  try {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const held = await load(deps.store, grants, grantId);
      const { state } = held?.value ?? {};
      if (state !== 'active' && state !== 'provisioning') return false;
      const next = await endGrant(deps, grantId, { because, handOver: true }, held);
      if (next.kind === 'done') return true;
    }
    return false;
  } catch (cause) {
    if (!(cause instanceof UnreadableRecord) || cause.entity !== 'grant') throw cause;
    await salvage(deps, cause, { objectId: grantId, what: 'revoke' });
    return true;
  }
}

const STOPPED: Refusal = {
  check: 'person-active',
  sentence:
    'The account in the directory of the person who shall receive the access was disabled, so this request has stopped.',
  nextStep:
    'Once the account is active again, IT can press Resume; otherwise the request can be closed.',
};

/** Requests that wait for approvers; whatever else is open is stopped by the look before a grant. */
export async function stopRequests(deps: Deps, personKey: string): Promise<number> {
  const { found } = await find(deps.store, requests, {
    index: 'by-beneficiary',
    partition: [personKey],
    sort: 'descending',
    limit: 50,
  });
  const { bindings } = await deps.settings();
  let stopped = 0;
  for (const { value } of found.filter((held) => held.value.state === 'waiting')) {
    const held = await load(deps.store, requests, value.issueId);
    const binding = bindings.find((b) => b.id === value.bindingId);
    if (held?.value.state !== 'waiting' || !binding) continue;
    const issue = await deps.jira.issue(value.issueId, { changes: true, transitions: true });
    if (!issue.ok) continue;
    await attention(deps, { held, issue: issue.value, binding, resumed: false }, [], STOPPED);
    stopped++;
  }
  return stopped;
}
