import { describe, expect, test } from 'vitest';
import { putSettings } from '../../src/catalog/settings';
import { reconcile } from '../../src/requests/reconcile';
import { requests } from '../../src/requests/store';
import { HOUR, MINUTE } from '../../src/shared/instant';
import { put } from '../../src/shared/record';
import { aBinding, STATUS, someSettings } from '../builders/catalog';
import { Desk } from '../builders/desks';
import { aRequest } from '../builders/requests';
import { SmallSite } from '../builders/small-site';
import type { MemoryIssue } from '../fakes/memory-jira';

const panel = { app: 'figma', role: 'figma.editor', duration: HOUR };

async function seeded(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  return site;
}
/** Issues that the ledger knows, newer than what came before. */
async function known(site: SmallSite, count: number, state: 'ended' | 'received') {
  for (let i = 0; i < count; i++) {
    const { id: issueId, key: issueKey } = site.jira.add({ statusId: STATUS.approved });
    await site.store.transact([put(requests, aRequest({ issueId, issueKey, state }), 0)]);
  }
}
const readAgain = (site: SmallSite) =>
  site.queues.take('intake').map(({ body }) => body['issueId'] as string);

describe('a request whose event was lost', () => {
  test('is looked for wherever news can be lost: in each step, and where the card decides', {
    tags: ['event-lost'],
  }, async () => {
    const site = await seeded();
    const bindings = [
      aBinding({ steps: [{ status: '21' }] }),
      aBinding({ id: 'own', statuses: { ...STATUS, waiting: '22' }, approval: 'app' }),
    ];
    await site.store.transact([putSettings(someSettings({ bindings }), 1)]);
    let query = '';
    site.jira.trouble = (call, about) => {
      if (call === 'search') query = about;
      return undefined;
    };
    await reconcile(site.deps());
    expect(query).toContain(`status in (${STATUS.intake}, ${STATUS.approved}, 21, 22)`);
  });

  // An empty run costs no reading of issues: where the card decides, the ledger has the answers.
  test('is read where the card decides only once somebody has answered it', {
    tags: ['event-lost'],
  }, async () => {
    const desk = await Desk.open({ binding: { approval: 'app' } });
    const [waits, lost] = [await desk.raised(), await desk.raised()];
    await desk.card(lost, 'approver');
    await reconcile(desk.site.deps());
    expect(readAgain(desk.site)).toEqual([lost.id]);
    expect((await desk.request(waits)).state).toBe('waiting');
  });

  test('is found behind any number that is over', { tags: ['event-lost'] }, async () => {
    const site = await seeded();
    const lost: MemoryIssue = site.jira.add({ panel });
    await known(site, 180, 'ended');
    await reconcile(site.deps());
    expect(readAgain(site)).toEqual([lost.id]);
  });

  test('has its turn though many others wait as well', { tags: ['event-lost'] }, async () => {
    const site = await seeded();
    const lost: MemoryIssue = site.jira.add({ panel });
    await known(site, 120, 'received');
    const read = new Set<string>();
    for (let run = 0; run < 3; run++) {
      await reconcile(site.deps());
      for (const issueId of readAgain(site)) read.add(issueId);
      site.clock.advance(10 * MINUTE);
    }
    expect(read).toContain(lost.id);
    expect(read.size).toBe(121);
  });

  test('is looked for a month back', { tags: ['event-lost'] }, async () => {
    const site = await seeded();
    const asked: string[] = [];
    site.jira.trouble = (call, about) => {
      if (call === 'search') asked.push(about);
      return undefined;
    };
    await reconcile(site.deps());
    expect(asked).toEqual([
      'project in (10000) AND status in (1, 3) AND updated >= "-30d" ORDER BY updated DESC',
    ]);
  });

  test('is found beside one that this version cannot read', {
    tags: ['event-lost', 'record-unreadable', 'poison-record'],
  }, async () => {
    const site = await seeded();
    const lost: MemoryIssue = site.jira.add({ panel });
    await known(site, 1, 'received');
    const [row] = site.store.all('request');
    if (!row) throw new Error('no request');
    await site.store.transact([
      {
        op: 'put',
        entity: 'request',
        key: row.key,
        ifRev: 'any',
        row: { ...row.row, body: { v: 2 } },
      },
    ]);
    await reconcile(site.deps());
    expect(readAgain(site)).toEqual([lost.id]);
  });

  test('is found though another binding’s project or status is gone', {
    tags: ['event-lost', 'field-missing'],
  }, async () => {
    const site = await seeded();
    const bindings = [
      aBinding(),
      aBinding({ id: 'gone', projectId: '20000', projectKey: 'GONE', statuses: STATUS }),
    ];
    await site.store.transact([putSettings(someSettings({ bindings, version: 2 }), 1)]);
    const lost: MemoryIssue = site.jira.add({ panel });
    site.jira.trouble = (call, about) =>
      call === 'search' && about.includes('20000')
        ? { class: 'permanent', code: 'invalid', detail: 'No such project.' }
        : undefined;
    await reconcile(site.deps());
    expect(readAgain(site)).toEqual([lost.id]);
    const said = site.log.lines.filter((l) => l.event === 'reconcile.search-failed');
    expect(said.map((l) => l.facts['bindings'])).toEqual(['it gone', 'gone']);
  });
});
