/** What customers read in the portal: what happened, until when, what next, and no internals. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GateFacts, gate } from '../../src/approvals/model/gate';
import type { Telling } from '../../src/evidence/record';
import { askFor } from '../../src/grants/facts';
import { type Edge, endReasons } from '../../src/grants/model/grant';
import { blocked, ended, granted, moment, stuck } from '../../src/grants/telling';
import { decided, refused } from '../../src/requests/telling';
import type { Failure, FailureCode } from '../../src/shared/result';
import { anApproval, answer, gateFacts } from '../builders/approvals';
import { anApp, anOffer, aRole } from '../builders/catalog';
import { aGrant } from '../builders/grants';
import { at, NOW } from '../builders/instants';
import { anApprover, aPin, aSubject } from '../builders/requests';

/** Marked, so that each can be found again wherever it turns up. */
const secret = (mark: string) => fc.stringMatching(/^[a-z0-9]{6}$/).map((s) => `${mark}${s}`);
const groupId = secret('00g');
const accountId = secret('acc:');
const personId = secret('00u');
const requestId = secret('req-');
const INTERNAL = /00g[a-z0-9]{6}|acc:[a-z0-9]{6}|00u[a-z0-9]{6}|req-[a-z0-9]{6}|[0-9a-f]{64}/;

const edge: fc.Arbitrary<Edge> = fc.record({
  groupId,
  groupName: fc.constant('Figma users'),
  state: fc.constantFrom('to-do', 'adding', 'held', 'removing', 'gone', 'left'),
  why: fc.constantFrom('other-holders', 'not-ours', 'not-held'),
  found: fc.constantFrom('member', 'not-member', 'uncertain'),
  requestId,
});
const edges = fc.array(edge, { minLength: 1, maxLength: 4 });
const codes: FailureCode[] = ['forbidden', 'credential-refused', 'invalid', 'group-not-writable'];
const failure = fc.record({ code: fc.constantFrom(...codes), group: groupId, requestId }).map(
  ({ code, group, requestId }): Failure => ({
    class: 'needs-human',
    code,
    detail: `Not allowed on ${group}.`,
    requestId,
  }),
);

function readsWell(telling: Telling, check?: string): void {
  const said = telling.public;
  if (!said) return;
  const text = [said.headline, ...said.lines, ...(said.items ?? [])].join('\n');
  expect(text).not.toMatch(INTERNAL);
  if (check !== undefined) expect(text).not.toContain(check);
  for (const line of said.lines) expect(line).toMatch(/[.)?]$/);
}

describe('a public comment names no group id, account, person, request, digest or check', () => {
  test('about granted and ended access', () => {
    fc.assert(
      fc.property(
        edges,
        accountId,
        personId,
        fc.boolean(),
        fc.constantFrom(...endReasons),
        (some, by, person, verified, because) => {
          const grant = aGrant('active', { edges: some, personId: person, beneficiary: by });
          const decision = {
            stage: 'owner',
            by,
            decision: 'approved',
            at: NOW,
            seenAt: NOW,
            channel: 'jira-approval',
            approvalId: '900',
          } as const;
          readsWell(granted(grant, 'Europe/Berlin', verified, [decision]));
          readsWell(ended({ ...grant, because }));
        },
      ),
    );
  });

  test('about blocked and stuck access, whatever the directory answered', () => {
    fc.assert(
      fc.property(edges, failure, (some, failed) => {
        const ask = askFor(failed);
        for (const tell of [blocked, stuck]) {
          const told = tell(aGrant('stuck', { edges: some }), ask);
          readsWell(told, ask.check);
          const internal = told.internal?.lines.join('\n');
          expect(internal).toContain(failed.detail);
          expect(internal).toContain(failed.requestId);
        }
      }),
    );
  });

  test('about what waits for approval', () => {
    fc.assert(
      fc.property(groupId, accountId, personId, (group, account, person) => {
        const role = aRole({ groups: [{ id: group, name: 'Figma users' }] });
        const subject = aSubject({ groupIds: [group], personId: person });
        const stages = [{ id: 'owner', needs: 1, approvers: [anApprover({ accountId: account })] }];
        const pin = aPin({ subject, stages, beneficiary: account, parties: [account] });
        const offer = anOffer({ role, app: anApp({ owner: account }) });
        readsWell(decided({ offer, pin, duration: 3600, because: undefined }));
      }),
    );
  });

  test('about every refusal of the gate', () => {
    const causes: Partial<GateFacts>[] = [
      { licensed: false },
      { paused: true },
      { digestNow: 'x' },
      { sourceHashNow: 'x' },
      { reporters: ['acc:000000'] },
      { roleNow: undefined },
      { roleNow: aRole({ accessVersion: 2 }) },
      { roleNow: aRole({ durations: [] }) },
      { approvals: [] },
      { approvals: [anApproval(answer('acc:000000'))] },
      { approvals: [anApproval(answer('approver', 'declined'))] },
      { accountsNow: [] },
      { now: at(200_000) },
    ];
    for (const cause of causes) {
      const judged = gate(gateFacts(cause));
      if (judged.ok) throw new Error(`passes: ${JSON.stringify(cause)}`);
      const told = refused('Approval not accepted', judged.error);
      readsWell(told, judged.error.check);
      expect(told.internal?.headline).toContain(judged.error.check);
    }
  });
});

describe('the end of access says', () => {
  const left = (why: Edge['why']): Edge => ({
    groupId: 'a',
    groupName: 'A',
    state: 'left',
    ...(why && { why }),
  });
  const gone: Edge = { groupId: 'b', groupName: 'B', state: 'gone' };
  const lines = (all: Edge[]) =>
    ended({ ...aGrant('active', { edges: all }), because: 'expired' }).public?.lines.join(' ');

  test('that the membership was removed, and that sessions may go on', () => {
    expect(lines([gone])).toContain('removed and its absence read back');
    expect(lines([gone])).toContain('Sessions');
  });
  test('that it stays, and why', () => {
    expect(lines([left('not-ours')])).toContain('stays because it existed before');
    expect(lines([left('other-holders')])).toContain('because another access still needs it');
  });
  test('that there was nothing to remove', () => {
    expect(lines([left('not-held')])).toContain('Nothing of it stood in the directory');
    expect(lines([left('not-held')])).not.toContain('was removed');
  });
  test('both, when some of it stays', () => {
    expect(lines([gone, left('not-ours')])).toContain('was removed');
    expect(lines([gone, left('not-ours')])).toContain('stays.');
  });
});

test('an hour is written in UTC and in the zone of the site', () => {
  expect(moment(NOW, 'UTC')).toBe('2026-03-02 09:00 UTC');
  expect(moment(NOW, 'Europe/Berlin')).toMatch(/^2026-03-02 09:00 UTC \(.*10:00 Europe\/Berlin\)$/);
  expect(moment('2026-07-02T22:30:00.000Z', 'Asia/Tokyo')).toContain('3 Jul 2026');
});
