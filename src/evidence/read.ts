/** Reading back what the ledger holds of requests, with the proof that the chain is whole. */
import type { Answer } from '../contracts/answer';
import { grants } from '../grants/store';
import type { Deps } from '../requests/deps';
import type { AccessRequest } from '../requests/model/request';
import { requests } from '../requests/store';
import { find, load } from '../shared/record';
import { emptyHead, fault } from './model/chain';
import { evidenceType, headType } from './record';

export async function listRequests(
  deps: Deps,
  state: AccessRequest['state'],
  cursor: string | undefined,
): Promise<Answer<unknown>> {
  const page = await find(deps.store, requests, {
    index: 'by-state',
    partition: [state],
    sort: 'descending',
    limit: 50,
    ...(cursor !== undefined && { cursor }),
  });
  return {
    ok: true,
    value: {
      requests: page.found.map((held) => held.value),
      ...(page.cursor !== undefined && { cursor: page.cursor }),
    },
  };
}

const LONGEST_CHAIN = 1000;

export async function readRequest(deps: Deps, issueId: string): Promise<Answer<unknown>> {
  const held = await load(deps.store, requests, issueId);
  if (!held) {
    return {
      ok: false,
      problem: {
        check: 'request-known',
        sentence: 'The app knows no access request for this issue.',
        nextStep: 'Check that its request type is bound.',
      },
    };
  }
  const grant =
    held.value.grantId === undefined
      ? undefined
      : await load(deps.store, grants, held.value.grantId);
  const head = (await load(deps.store, headType, issueId))?.value ?? emptyHead(issueId);
  const records = [];
  for (let cursor: string | undefined; ; ) {
    const page = await find(deps.store, evidenceType, {
      index: 'by-chain',
      partition: [issueId],
      sort: 'ascending',
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    });
    records.push(...page.found.map((one) => one.value));
    if (page.cursor === undefined || records.length >= LONGEST_CHAIN) break;
    cursor = page.cursor;
  }
  const broken = fault(records, head);
  return {
    ok: true,
    value: {
      request: held.value,
      grant: grant?.value ?? null,
      evidence: records,
      chain: broken ?? 'whole',
    },
  };
}
