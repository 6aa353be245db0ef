/** Requests that the app files for people: once, and with what they are for in the ledger first. */
import { describe, expect, test } from 'vitest';
import { fileForPerson, type Order } from '../../src/requests/file';
import { intake } from '../../src/requests/intake';
import { requests } from '../../src/requests/store';
import { DAY, HOUR, MINUTE } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import type { Failure } from '../../src/shared/result';
import { aBinding } from '../builders/catalog';
import { SmallSite } from '../builders/small-site';
import { Killed } from '../fakes/intercept';

const order = (over: Partial<Order> = {}): Order => ({
  why: 'again',
  key: 'a-fact',
  by: 'requester',
  onBehalfOf: 'requester',
  binding: aBinding(),
  requestTypeId: '11',
  what: 'Editor in Figma (IT-1)',
  wish: { app: 'figma', role: 'figma.editor', duration: HOUR, reason: 'Spring launch' },
  ...over,
});

async function aSite() {
  const site = new SmallSite();
  await site.seed();
  return site;
}
const REFUSED: Failure = { class: 'permanent', code: 'invalid', detail: 'A field is required.' };

describe('a request that the app files', () => {
  test('is read as any other, and the ledger knows before what it was filed for', async () => {
    const site = await aSite();
    const first = site.jira.add();
    const filed = await fileForPerson(site.deps(), order({ relatesTo: first.id }));
    if (!filed.ok) throw new Error(filed.error.sentence);
    const { issueId } = filed.value;
    expect(await site.request(issueId)).toMatchObject({
      state: 'received',
      requester: 'requester',
      filed: { why: 'again', by: 'requester' },
    });
    expect(site.jira.links).toEqual([[issueId, first.id]]);
    await site.run(1);
    expect(await site.request(issueId)).toMatchObject({
      state: 'waiting',
      filed: { why: 'again', by: 'requester' },
      pin: { subject: { roleId: 'figma.editor', duration: HOUR }, beneficiary: 'requester' },
    });
    expect(site.events(issueId)).toEqual(['request.filed', 'request.pinned']);
    expect(site.chainFault(issueId)).toBeUndefined();
  });

  test('is filed once by a double click', async () => {
    const site = await aSite();
    const both = await Promise.all([
      fileForPerson(site.deps(), order()),
      fileForPerson(site.deps(), order()),
    ]);
    expect(both.filter((one) => one.ok)).toHaveLength(1);
    expect(site.jira.issues.size).toBe(1);
    const [only] = site.jira.issues.keys();
    expect(await fileForPerson(site.deps(), order())).toMatchObject({
      ok: true,
      value: { issueId: only, already: true },
    });
    expect(site.jira.issues.size).toBe(1);
  });

  test('is filed anew when the one before is over', async () => {
    const site = await aSite();
    const first = await fileForPerson(site.deps(), order());
    if (!first.ok) throw new Error('not filed');
    await site.run(1);
    const issue = site.jira.issues.get(first.value.issueId);
    if (issue) issue.statusId = '6';
    await intake(site.deps(), { issueId: first.value.issueId, attempt: 0 });
    expect((await site.request(first.value.issueId)).state).toBe('declined');
    const second = await fileForPerson(site.deps(), order());
    expect(second).toMatchObject({ ok: true, value: { already: false } });
    expect(site.jira.issues.size).toBe(2);
  });

  test('whose answer was lost is found again and not filed twice', async () => {
    const site = await aSite();
    const real = site.jira.fileRequest.bind(site.jira);
    site.jira.fileRequest = async (request) => {
      await real(request);
      return { ok: false, error: { class: 'retryable', code: 'timeout', detail: 'No answer.' } };
    };
    expect(await fileForPerson(site.deps(), order())).toMatchObject({
      error: { check: 'filing-finished' },
    });
    site.jira.fileRequest = real;
    expect(await fileForPerson(site.deps(), order())).toMatchObject({
      error: { check: 'filing-free' },
    });
    site.clock.advance(2 * MINUTE);
    expect(await fileForPerson(site.deps(), order())).toMatchObject({ ok: true });
    expect(site.jira.issues.size).toBe(1);
    await site.run(1);
    const [issueId] = site.jira.issues.keys();
    expect(await site.request(issueId as string)).toMatchObject({ state: 'waiting' });
  });

  /** The search must reach as far back as the run that died, and see through what Jira does to a summary. */
  test('whose answer was lost days ago, with a long name, is found again', async () => {
    const site = await aSite();
    const what = `Editor\u200b in ${'Figma '.repeat(60)}(IT-1)`;
    const real = site.jira.fileRequest.bind(site.jira);
    site.jira.fileRequest = async (request) => {
      await real({ ...request, summary: request.summary.replace('\u200b', '').slice(0, 255) });
      return { ok: false, error: { class: 'retryable', code: 'timeout', detail: 'No answer.' } };
    };
    await fileForPerson(site.deps(), order({ what }));
    site.jira.fileRequest = real;
    const asked: string[] = [];
    const summaries = site.jira.summaries.bind(site.jira);
    site.jira.summaries = async (jql, limit) => {
      asked.push(jql);
      return summaries(jql, limit);
    };
    site.clock.advance(3 * DAY);
    site.jira.trouble = (call) => (call === 'summaries' ? 'lost' : undefined);
    await fileForPerson(site.deps(), order({ what }));
    site.jira.trouble = () => undefined;
    site.clock.advance(3 * MINUTE);
    expect(await fileForPerson(site.deps(), order({ what }))).toMatchObject({ ok: true });
    expect(site.jira.issues.size).toBe(1);
    expect(asked.at(-1)).toContain(`created >= "-${3 * 24 * 60 + 3 + 5}m"`);
  });

  /**
   * What it is filed for is known before anybody can read it: otherwise a renewal is judged as an
   * ordinary request, without its cap, and asking again files a second one.
   */
  test.each(['and the person asks again', 'and nobody asks again'])(
    'is read as what it is although its run died, %s',
    async (then) => {
      const site = await aSite();
      const dead = {
        before: (call: string) => {
          if (call === 'store.transact' && site.jira.issues.size > 0) throw new Killed('dead');
        },
        after: () => undefined,
      };
      const renewal = order({ why: 'renewal', renewalOf: 'g-1-1' });
      await expect(fileForPerson(site.deps(dead), renewal)).rejects.toThrow('dead');
      const issueId = [...site.jira.issues.keys()][0] as string;
      await site.queues.push('intake', [{ body: { kind: 'intake', issueId, attempt: 0 } }]);
      await site.run(MINUTE);
      expect(await load(site.store, requests, issueId), 'while it may live').toBeUndefined();
      if (then === 'and the person asks again') {
        site.clock.advance(MINUTE);
        expect(await fileForPerson(site.deps(), renewal)).toMatchObject({ ok: true });
      }
      await site.run(10 * MINUTE);
      expect(await site.request(issueId)).toMatchObject({
        state: 'waiting',
        filed: { why: 'renewal', by: 'requester', renewalOf: 'g-1-1' },
      });
      expect(await fileForPerson(site.deps(), renewal)).toMatchObject({
        ok: true,
        value: { issueId, already: true },
      });
      expect(site.jira.issues.size).toBe(1);
      expect(site.chainFault(issueId)).toBeUndefined();
    },
  );

  test('that Jira refuses leaves nothing behind, and can be tried again at once', async () => {
    const site = await aSite();
    site.jira.trouble = (call) => (call === 'fileRequest' ? REFUSED : undefined);
    expect(await fileForPerson(site.deps(), order())).toMatchObject({
      error: { check: 'filing-possible' },
    });
    site.jira.trouble = () => undefined;
    expect(await fileForPerson(site.deps(), order())).toMatchObject({ ok: true });
  });

  test('keeps what intake had read of it when that was quicker', async () => {
    const site = await aSite();
    const real = site.jira.setPanel.bind(site.jira);
    site.jira.setPanel = async (id, value) => {
      await intake(site.deps(), { issueId: id, attempt: 9 });
      return real(id, value);
    };
    const filed = await fileForPerson(site.deps(), order());
    if (!filed.ok) throw new Error(filed.error.sentence);
    await site.run(1);
    expect(await site.request(filed.value.issueId)).toMatchObject({
      state: 'waiting',
      filed: { why: 'again' },
    });
    expect(site.chainFault(filed.value.issueId)).toBeUndefined();
  });
});
