/** Whatever happens in whatever order: nobody decides for themself, and what is refused never reaches a directory. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SeenApproval } from '../../src/approvals/model/gate';
import { gate } from '../../src/approvals/model/gate';
import { stops } from '../../src/grants/stop-record';
import { MINUTE } from '../../src/shared/instant';
import { put } from '../../src/shared/record';
import { gateFacts } from '../builders/approvals';
import { anApp, aRole, STATUS } from '../builders/catalog';
import { Desk, SECOND, stagesOf } from '../builders/desks';
import { at } from '../builders/instants';
import { anApprover, aPin } from '../builders/requests';
import { PERSON } from '../builders/small-site';

const people = ['requester', 'beneficiary', 'manager', 'owner', 'security'];
const someone = fc.constantFrom(...people);
const stage = (n: number) =>
  fc.record({
    id: fc.constant(`stage-${n}`),
    needs: fc.integer({ min: 1, max: 2 }),
    approvers: fc
      .uniqueArray(someone, { minLength: 1, maxLength: 4 })
      .map((accounts) =>
        accounts.map((accountId) => anApprover({ accountId, personId: `of-${accountId}` })),
      ),
  });
const approvals = fc
  .array(
    fc.uniqueArray(
      fc.record({
        accountId: someone,
        decision: fc.constantFrom('approved' as const, 'pending' as const),
      }),
      { selector: ({ accountId }) => accountId, maxLength: 5 },
    ),
    { maxLength: 4 },
  )
  .map((all) =>
    all.map(
      (answers, n): SeenApproval => ({
        id: String(900 + n),
        created: at(10 + n),
        completed: at(20 + n),
        answers,
      }),
    ),
  );

describe('whatever people answer', () => {
  test('consent holds no decision of a party, none of somebody who was not asked, and enough of each stage', {
    tags: ['self-approval', 'one-person-two-stages'],
  }, () => {
    fc.assert(
      fc.property(
        fc.tuple(stage(0), stage(1)),
        approvals,
        fc.uniqueArray(someone, { maxLength: 2 }),
        fc.integer({ min: 1, max: 3 }),
        (stages, seen, parties, steps) => {
          const pin = aPin({ stages, parties, partyPersons: parties.map((id) => `of-${id}`) });
          const judged = gate(gateFacts({ pin, stage: 0, steps, approvals: seen }));
          if (!judged.ok || !('decisions' in judged.value)) return;
          const { decisions, kind } = judged.value;
          expect(new Set(decisions.map((d) => d.by)).size).toBe(decisions.length);
          for (const d of decisions) {
            expect(parties).not.toContain(d.by);
            const asked = stages.find((s) => s.id === d.stage)?.approvers.map((a) => a.accountId);
            expect(asked).toContain(d.by);
          }
          const used = decisions.map((d) => [d.approvalId, d.stage] as const);
          expect(new Map(used).size).toBe(new Set(used.map(([id, of]) => `${id} ${of}`)).size);
          if (kind !== 'consent') return;
          for (const { id, needs } of stages)
            expect(decisions.filter((d) => d.stage === id).length).toBeGreaterThanOrEqual(needs);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

type Act = (desk: Desk, issueId: string) => Promise<void>;
const issueOf = (desk: Desk, id: string) => {
  const issue = desk.site.jira.issues.get(id);
  if (!issue) throw new Error('no issue');
  return issue;
};
const answers =
  (by: string, to: string): Act =>
  async (desk, id) =>
    desk.answeredUnseen(issueOf(desk, id), [by], to);
const ACTS: Readonly<Record<string, Act>> = {
  'is read': async (desk, id) => desk.read(issueOf(desk, id)),
  'is judged': async (desk, id) => desk.looked(issueOf(desk, id)),
  'is approved by the approver': answers('approver', STATUS.approved),
  'is approved by the owner': answers('owner', STATUS.approved),
  'is approved by the requester': answers('requester', STATUS.approved),
  'passes the first step': answers('approver', SECOND),
  'is moved to approved': async (desk, id) => desk.moved(issueOf(desk, id), STATUS.approved),
  'is moved to attention': async (desk, id) => desk.moved(issueOf(desk, id), STATUS.attention),
  'is edited': async (desk, id) => {
    issueOf(desk, id).summary += '.';
  },
  'is answered by card': async (desk, id) =>
    desk.card(issueOf(desk, id), 'approver').catch(() => undefined),
  'is left alone': async (desk) => {
    await desk.site.run(10 * MINUTE);
  },
};

describe('whatever the order of events', () => {
  const refusals: [string, () => Promise<Desk>][] = [
    [
      'who holds what is kept apart from it',
      async () => {
        const roles = ['figma.editor', 'figma.payer'];
        const sod = [{ id: 'pay', name: 'Pay', roles, mode: 'block' as const }];
        const desk = await Desk.open({ policy: { sod }, binding: { steps: [{ status: SECOND }] } });
        const groups = [{ id: 'g-other', name: 'Other' }];
        await desk.site.saveRole(aRole({ id: 'figma.payer', name: 'Payer', groups }));
        desk.site.directory.put({ group: 'g-other', person: PERSON }, true);
        return desk;
      },
    ],
    [
      'who is not offered it',
      async () =>
        Desk.open({
          rules: { visibleTo: [{ kind: 'department', is: ['Finance'] }] },
          binding: { steps: [{ status: SECOND }] },
        }),
    ],
    [
      'whom nobody but themself may decide on',
      async () =>
        Desk.open({ rules: { stages: stagesOf('requester') }, binding: { approval: 'app' } }),
    ],
    [
      'for whom new access is stopped',
      async () => {
        const desk = await Desk.open();
        const stop = {
          v: 1 as const,
          kind: 'app' as const,
          about: anApp().id,
          state: 'on' as const,
          by: 'operator',
          at: at(0),
          reason: 'Incident',
          run: 'run-1',
        };
        await desk.site.store.transact([put(stops, stop, 0)]);
        return desk;
      },
    ],
  ];
  test.each(refusals)(
    'nothing is given to somebody %s',
    {
      tags: ['status-without-consent', 'events-out-of-order', 'self-approval'],
    },
    async (_, open) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom(...Object.keys(ACTS)), { minLength: 1, maxLength: 8 }),
          async (acts) => {
            const desk = await open();
            // The owner of the app would take the place of an approver who is a party.
            desk.site.jira.person('owner', { active: false });
            const { id } = await desk.raised();
            for (const act of acts) await ACTS[act]?.(desk, id);
            await desk.looked(issueOf(desk, id));
            expect(desk.site.directory.changes()).toEqual([]);
            expect(desk.site.chainFault(id)).toBeUndefined();
          },
        ),
        { numRuns: 15 },
      );
    },
  );
});
