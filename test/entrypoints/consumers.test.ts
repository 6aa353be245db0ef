import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { putSettings } from '../../src/catalog/settings';
import { onDeliver, onGrant, onIntake, onJob, onRevoke } from '../../src/entrypoints/consumers';
import { onIssue } from '../../src/entrypoints/triggers';
import { forgeStore } from '../../src/forge/store';
import { grants } from '../../src/grants/store';
import { untilTickets } from '../../src/grants/until-record';
import { put } from '../../src/shared/record';
import { STATUS, someSettings } from '../builders/catalog';
import { aGrant } from '../builders/grants';
import { ForgePlatform, handlerContext } from '../fakes/forge-platform';

let forge: ForgePlatform;
let said: string[];
beforeEach(() => {
  forge = new ForgePlatform();
  said = [];
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((line: unknown) => void said.push(String(line)));
});
afterEach(() => {
  forge.stop();
  vi.restoreAllMocks();
});

const queues = {
  intake: onIntake,
  grant: onGrant,
  revoke: onRevoke,
  deliver: onDeliver,
  job: onJob,
};
const event = (queueName: string, body: unknown) => ({ queueName, body });

describe.each(Object.entries(queues))('the %s queue', (name, consume) => {
  test.each([
    [undefined],
    [null],
    ['text'],
    [{}],
    [{ kind: 'grant-everything' }],
    [{ kind: 'consent' }],
    [{ kind: 'consent', issueId: 7 }],
    [{ kind: 'consent', issueId: '501', approvedBy: 'approver' }],
    [{ kind: 'intake', issueId: '501', attempt: -1 }],
    [{ kind: 'due', due: [{ kind: 'grant', objectId: 'g', what: 'activate' }] }],
    [{ kind: 'due', due: new Array(51).fill({ kind: 'grant', objectId: 'g', what: 'end' }) }],
    [{ kind: 'slice', slice: 0.5, shard: 0 }],
    [JSON.parse('{"kind":"consent","issueId":"501","__proto__":{"ok":true}}')],
  ])(
    'drops %j and says so, once and for all',
    { tags: ['forged-job', 'hostile-import'] },
    async (body) => {
      expect(await consume(event(name, body), handlerContext())).toBeUndefined();
      expect(said.join('\n')).toContain('message.unreadable');
      expect(forge.jira).toEqual([]);
      expect(forge.pushed).toEqual([]);
    },
  );

  test('asks for another delivery when the store fails', {
    tags: ['store-write-fails'],
  }, async () => {
    forge.storeStatus = 503;
    const body = { kind: 'due', due: [{ kind: 'grant', objectId: 'g-1-1', what: 'end' }] };
    const answer = await consume(event(name, body), handlerContext());
    expect(answer).toMatchObject({ retryOptions: { retryAfter: 30 } });
  });
});

test('one record that cannot be read does not stop the others of its message', {
  tags: ['poison-record'],
}, async () => {
  const good = aGrant('active', { endsAt: '2020-01-01T00:00:00.000Z' });
  const sound = put(grants, good, 0);
  const poison = put(grants, { ...good, id: 'g-poison' }, 0);
  if (sound.op !== 'put' || poison.op !== 'put') throw new Error('unreachable');
  await forgeStore.transact([
    sound,
    { ...poison, row: { ...poison.row, body: { v: 99, from: 'the future' } } },
  ]);
  const due = [
    { kind: 'grant', objectId: 'g-poison', what: 'verify' },
    { kind: 'grant', objectId: good.id, what: 'end' },
  ];
  await onRevoke(event('revoke', { kind: 'due', due }), handlerContext());
  expect(said.join('\n')).toContain('due.failed');
  const row = await forgeStore.get('grant', good.id);
  expect(row?.body).toMatchObject({ state: 'revoked' });
});

describe('an issue event', () => {
  beforeEach(async () => {
    await forgeStore.transact([putSettings(someSettings(), 0)]);
  });
  const issueEvent = (over: object = {}) => ({
    eventType: 'avi:jira:updated:issue',
    issue: { id: '501', fields: { project: { id: '10000' }, status: { id: STATUS.waiting } } },
    ...over,
  });
  const bodies = () => forge.pushed.flatMap((p) => p.payload.map((e) => [p.queueName, e.body]));

  test('is passed on by id only, whatever else it says', {
    tags: ['event-older-than-issue', 'actor-spoofed'],
  }, async () => {
    await onIssue(issueEvent({ approvedBy: 'approver', atlassianId: 'admin' }));
    expect(bodies()).toEqual([['intake', { kind: 'intake', issueId: '501', attempt: 0 }]]);
    expect(forge.jira).toEqual([]);
  });

  test('of an approved status asks for consent to be checked, and grants nothing', {
    tags: ['status-without-consent'],
  }, async () => {
    const fields = { project: { id: '10000' }, status: { id: STATUS.approved } };
    await onIssue(issueEvent({ issue: { id: '501', fields } }));
    expect(bodies()).toEqual([['grant', { kind: 'consent', issueId: '501' }]]);
  });

  test('of a project that is not bound is forgotten', async () => {
    await onIssue(issueEvent({ issue: { id: '501', fields: { project: { id: '99' } } } }));
    expect(bodies()).toEqual([]);
  });

  describe('of a project whose tickets count', () => {
    const ticket = (field: string, over: object = {}, eventType = 'avi:jira:updated:issue') => ({
      eventType,
      issue: {
        id: '900',
        fields: { project: { id: '20000' }, status: { id: '3' }, ...over },
      },
      changelog: { items: [{ field }] },
    });
    const waits = (issueId: string) =>
      put(untilTickets, { v: 1, issueId, key: 'INC-1', grants: ['g-1-1'] }, 0);
    const status = (key: string) => ({ status: { id: '3', statusCategory: { key } } });
    beforeEach(async () => {
      await forgeStore.transact([putSettings(someSettings({ ticketProjects: ['20000'] }), 1)]);
    });

    test.each([
      ['a status that changed', ticket('status'), true],
      ['a status that is done', ticket('status', status('done')), true],
      ['a status that is not', ticket('status', status('indeterminate')), false],
      ['a resolution that changed', ticket('resolution'), true],
      ['a summary that changed', ticket('summary'), false],
      ['a new ticket', ticket('status', {}, 'avi:jira:created:issue'), false],
      ['a status in another project', ticket('status', { project: { id: '30000' } }), false],
    ])('%s', async (_, given, wanted) => {
      await forgeStore.transact([waits('900')]);
      await onIssue(given);
      expect(bodies()).toEqual(wanted ? [['revoke', { kind: 'ticket', issueId: '900' }]] : []);
    });

    test('that was deleted is passed on as such', async () => {
      await forgeStore.transact([waits('900')]);
      await onIssue(ticket('', status('new'), 'avi:jira:deleted:issue'));
      expect(bodies()).toEqual([['revoke', { kind: 'ticket', issueId: '900', deleted: true }]]);
    });

    /** A bulk edit of thousands must not fill the queue of revocations. */
    test('that nobody waits for starts nothing', async () => {
      await onIssue(ticket('status', status('done')));
      await onIssue(ticket('', {}, 'avi:jira:deleted:issue'));
      expect(bodies()).toEqual([]);
    });

    test('that is bound as well goes both ways', async () => {
      await forgeStore.transact([putSettings(someSettings({ ticketProjects: ['10000'] }), 2)]);
      await forgeStore.transact([waits('501')]);
      await onIssue(issueEvent({ changelog: { items: [{ field: 'status' }] } }));
      expect(bodies().map(([queue]) => queue)).toEqual(['revoke', 'intake']);
    });
  });

  test.each([[undefined], [null], ['x'], [{}], [{ eventType: 'a', issue: { id: 7 } }]])(
    'that cannot be read (%j) is said and dropped',
    async (odd) => {
      expect(await onIssue(odd)).toBeUndefined();
      expect(said.join('\n')).toContain('event.unreadable');
      expect(bodies()).toEqual([]);
    },
  );
});
