/** Reading back what the ledger holds of requests, with the proof that the chain is whole. */
import type { Answer } from '../contracts/answer';
import { grants } from '../grants/store';
import type { Deps } from '../requests/deps';
import type { AccessRequest } from '../requests/model/request';
import { requests } from '../requests/store';
import { decode, find, load, UnreadableRecord } from '../shared/record';
import { type Evidence, emptyHead, evidenceId, fault, type Head } from './model/chain';
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
  const { records, broken } = await readChains(deps, issueId);
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

/** Beside a chain whose end could not be read stands a fresh one (`grants/remains.ts`). */
async function readChains(
  deps: Pick<Deps, 'store'>,
  issueId: string,
): Promise<{ records: Evidence[]; broken?: string | undefined }> {
  const row = await deps.store.get('chain', issueId);
  const head = row ? headType.schema.safeParse(row.body).data : emptyHead(issueId);
  if (head) {
    const records = await readChain(deps, head);
    return { records, broken: fault(records, head) };
  }
  const fresh = await deps.store.get('chain', `${issueId}#2`);
  const next = headType.schema.safeParse(fresh?.body).data;
  const broken = 'the end of the chain cannot be read';
  return { records: next ? await readChain(deps, next) : [], broken };
}

/** By key, because a query may not yet show the newest records, and that would look like a gap. */
async function readChain(deps: Pick<Deps, 'store'>, head: Head): Promise<Evidence[]> {
  const length = Math.min(head.seq, LONGEST_CHAIN);
  const keys = Array.from({ length }, (_, i) => evidenceId(head.chain, i + 1));
  const rows = await deps.store.getMany(keys.map((key) => ({ entity: 'evidence', key })));
  return rows.flatMap((row, i) => {
    try {
      return row ? [decode(evidenceType, keys[i] as string, row).value] : [];
    } catch (cause) {
      if (cause instanceof UnreadableRecord) return [];
      throw cause;
    }
  });
}
