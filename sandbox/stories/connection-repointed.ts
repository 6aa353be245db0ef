import { isRefused, personIn } from './kit/connections';
import { isMember, isNoMember, standsAt } from './kit/promises';
import { asked, askedAgain, granted } from './kit/steps';
import type { Story } from './kit/story';

const REASON = { domain: 'global', reason: 'forbidden', message: 'Not Authorized' };
const GROUPS = ['bigquery-users', 'bigquery-analysts'];
const WISH = { app: 'BigQuery', role: 'Analyst', duration: '8 hours', reason: 'Quarterly numbers' };

export const connectionRepointed: Story = {
  name: 'connection-repointed',
  promise:
    'A connection cannot be led elsewhere while access lives through it; afterwards it can, without the old secret, and nothing that was decided for the old tenant is ever done in the new one.',
  async run(play) {
    const { tale } = play;
    const { google } = await play.control.consoles();
    // Another name of the same Workspace: whatever the app did there would really work.
    const OTHER = 'my_customer';
    const save = (tenant: unknown, credential?: unknown) =>
      play.admin('connections.save', {
        id: 'google',
        kind: 'google',
        name: 'Company Google',
        tenant,
        ...(credential !== undefined && { credential }),
      });
    const keyFile = {
      kind: 'google-key-file',
      file: JSON.stringify(google['serviceAccountJson']),
    };
    const live = await granted(play, { wish: WISH, approver: 'owner' });
    const waiting = await asked(play, { who: 'friend', wish: WISH });
    const blocked = await asked(play, { who: 'named', wish: WISH });
    tale.step('Google', 'refuses one more member');
    const reason = { code: 403, message: 'Not Authorized', errors: [REASON] };
    const refusal = { server: 'google', method: 'POST', path: '/members$', status: 403 };
    await play.control.post('faults', { add: { ...refusal, body: { error: reason } } });
    await blocked.approve('owner');
    await play.settle(blocked);
    await play.control.post('faults', { clear: true });
    await play.pass('5m', blocked);
    await standsAt(play, blocked, { status: 'Needs attention', state: 'blocked' });

    tale.step('admin', 'leads the connection to another tenant while access lives through it');
    const early = await save(OTHER, keyFile);
    isRefused(play, early, 'connection-in-use', new RegExp(`${live.key}\\b`));
    tale.check(
      'the request that only waits is not in the list',
      !early.ok && !early.problem.sentence.includes(waiting.key),
      early,
    );
    await isMember(play, play.google, GROUPS, 'requester');
    tale.step('admin', 'tries to remove it as well');
    const removed = await play.admin('connections.remove', { id: 'google' });
    isRefused(play, removed, 'connection-in-use', new RegExp(`${live.key}\\b`));

    tale.step("Google's quota", 'keeps the removal from being made when the access ends');
    await play.pass('7h55m');
    const fault = { server: 'google', method: 'DELETE', path: '/members/', status: 503 };
    await play.control.post('faults', { add: { name: 'backend', ...fault } });
    await play.pass('20m', live);
    await standsAt(play, live, { status: 'Access granted', state: 'stuck' });
    isRefused(play, await save(OTHER, keyFile), 'connection-in-use', new RegExp(`${live.key}\\b`));
    await play.control.post('faults', { clear: true });
    await play.pass('13m', live);
    await standsAt(play, live, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await isNoMember(play, play.google, GROUPS, 'requester');

    tale.step('admin', 'does it now, without a credential');
    isRefused(play, await save(OTHER), 'credential-given', /stored credential is not used/);
    tale.step('admin', 'does it with one');
    const moved = await save(OTHER, keyFile);
    tale.check('it is taken', moved.ok, moved);
    tale.step('admin', 'would like to go back by the old secret');
    isRefused(play, await save(google['customerId']), 'credential-given', /tenant changed/);

    const mark = await play.mark();
    tale.step('owner', 'approves the request that was pinned for the old tenant');
    await waiting.approve('owner');
    await play.settle(waiting);
    await askedAgain(play, waiting, /not what was approved/, 'owner');
    tale.step('admin', 'presses Resume on the one that could not be given in the old tenant');
    const resumed = await play.admin('requests.resume', { issueId: blocked.id });
    tale.check('Resume is accepted', resumed.ok, resumed);
    await play.settle(blocked);
    await play.pass('1d', live);
    await isNoMember(play, play.google, GROUPS, 'named');
    await standsAt(play, blocked, { status: 'Waiting for approval', state: 'waiting' });
    const { calls } = await play.since(mark);
    const before = await personIn(play, 'requester', 'google');
    const acting = calls.filter(
      (c) =>
        c.invocation !== undefined &&
        c.server === 'google' &&
        c.method !== 'GET' &&
        !c.path.endsWith('/token'),
    );
    tale.check(
      'nothing was changed in the new tenant',
      acting.length === 0,
      acting.map((c) => `${c.method} ${c.path}`),
    );
    const carrying = calls.filter(
      (c) => c.invocation && c.server === 'google' && c.path.includes(before),
    );
    tale.check(
      'no call there named the person of the old grant',
      carrying.length === 0,
      carrying.map((c) => `${c.method} ${c.path}`),
    );
    await isNoMember(play, play.google, GROUPS, 'friend');

    tale.step('owner', 'decides again, on what it would change now');
    await waiting.approve('owner');
    await play.settle(waiting);
    await standsAt(play, waiting, { status: 'Access granted', state: 'active' });
    await isMember(play, play.google, GROUPS, 'friend');
  },
};
