import https from 'node:https';
import { Filter, FilterConditions, kvs, MetadataField, Sort, WhereConditions } from '@forge/kvs';

/** Runs one store operation through the unmodified SDK and tells how it ended. */
export async function probes(payload: Record<string, unknown>): Promise<unknown> {
  const name = String(payload['name']);
  const run = operations[name];
  if (!run) throw new Error(`no such probe: ${name}`);
  try {
    return { ok: (await run(payload)) ?? null };
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    return { error: code ?? message };
  }
}

type Note = { state?: string; dueAt?: number; owner?: string; extra?: unknown };
const notes = kvs.entity<Note>('note');

const operations: Record<string, (p: Record<string, unknown>) => Promise<unknown>> = {
  set: (p) => kvs.set(String(p['key']), p['value'] as string, p['options'] as never),
  get: (p) => kvs.get(String(p['key'])),
  getWithMetadata: (p) =>
    kvs.get(String(p['key']), {
      metadataFields: [MetadataField.CREATED_AT, MetadataField.EXPIRE_TIME],
    }),
  delete: (p) => kvs.delete(String(p['key'])),
  setSecret: (p) => kvs.setSecret(String(p['key']), p['value'] as string),
  getSecret: (p) => kvs.getSecret(String(p['key'])),
  query: (p) =>
    kvs
      .query()
      .where('key', WhereConditions.beginsWith(String(p['prefix'])))
      .limit(Number(p['limit'] ?? 10))
      .getMany(),
  setNote: (p) => notes.set(String(p['key']), p['value'] as Note),
  getNote: (p) => notes.get(String(p['key'])),
  deleteNote: (p) => notes.delete(String(p['key'])),
  setUndeclared: () => kvs.entity<Note>('ghost').set('k', { state: 'x' }),
  dueNotes: (p) =>
    notes
      .query()
      .index('by-state', { partition: [String(p['state'])] })
      .where(WhereConditions.lessThanEqualTo(Number(p['until'])))
      .sort(Sort.ASC)
      .limit(Number(p['limit'] ?? 10))
      .getMany(),
  wrongPartition: () =>
    notes
      .query()
      .index('by-state', { partition: [] as never })
      .getMany(),
  swap: (p) =>
    kvs
      .transact()
      .set(String(p['key']), p['value'] as Note, {
        entityName: 'note',
        conditions: new Filter<Note>().and('state', FilterConditions.equalTo(String(p['was']))),
      })
      .execute(),
  manySets: (p) => {
    const transaction = kvs.transact();
    for (let i = 0; i < Number(p['count']); i++) transaction.set(`many:${i}`, i);
    return transaction.execute();
  },
  batchGet: (p) => kvs.batchGet((p['keys'] as string[]).map((key) => ({ key }))),
  https: (p) =>
    new Promise((resolve, reject) => {
      https
        .get(String(p['url']), (answer) => {
          let text = '';
          answer.on('data', (chunk) => {
            text += chunk;
          });
          answer.on('end', () => resolve({ status: answer.statusCode, text }));
        })
        .on('error', reject);
    }),
};
