import { addSecret, isRefused, later, lineSays, nothingFailed, selfTest } from './kit/connections';
import { demand } from './kit/http';
import {
  appSaid,
  isMember,
  isNoMember,
  nothingInternalShown,
  provesItself,
  standsAt,
} from './kit/promises';
import { asked, granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['salesforce-users'];
const HOUR_MS = 3_600_000;
const WISH = {
  app: 'Salesforce',
  role: 'Cover',
  duration: '5 hours',
  reason: 'Cover for the Nordics team',
};

export const connectEntraExpiredSecret: Story = {
  name: 'connect-entra-expired-secret',
  promise:
    'A client secret that runs out is called just that, to those who can act; nothing new is given meanwhile, and with the next one what is over ends and what waited goes on.',
  async run(play) {
    const { tale } = play;
    const { entra } = await play.control.consoles();
    const connect = (clientSecret: string, credentialEndsAt?: string) =>
      play.admin('connections.save', {
        id: 'entra',
        kind: 'entra',
        name: 'Company Entra',
        tenant: entra['tenantId'],
        credential: { kind: 'entra-secret', clientId: entra['clientId'], clientSecret },
        ...(credentialEndsAt !== undefined && { credentialEndsAt }),
      });
    tale.step("Entra's administrator", 'makes a client secret for three hours');
    const ends = await later(play, 3 * HOUR_MS);
    const short = await addSecret(play, entra['objectId'], ends);
    tale.step('admin', 'enters it, and offers a role in Salesforce for five hours');
    const saved = await connect(short.clientSecret, ends);
    tale.check('it is taken', saved.ok, saved);
    await play.demandAdmin('roles.save', {
      app: 'salesforce',
      key: 'cover',
      name: 'Cover',
      risk: 'routine',
      connection: 'entra',
      groups: [await play.entra.groupId('salesforce-users')],
      durations: [18_000],
      permanent: false,
      approver: { kind: 'person', accountId: await play.jira.accountId('named') },
    });
    const before = await selfTest(play, 'entra');
    nothingFailed(play, before);
    lineSays(play, before, 'credential-age', { state: 'warning', sentence: /ends in 1 days?/ });

    const running = await granted(play, { wish: WISH, approver: 'named' });
    const until = (await running.look()).property?.['until'];
    const waiting = await asked(play, { who: 'friend', wish: WISH });
    await play.pass('4h30m');

    tale.step('clock', 'the secret ran out, and so did the last access token that it got');
    const mark = await play.mark();
    await waiting.approve('named');
    await play.settle(waiting);
    await play.pass('1m', waiting);
    await isNoMember(play, play.entra, GROUPS, 'friend');
    const { comments } = await waiting.look();
    const internal = comments.filter((c) => c.byApp && !c.public).at(-1)?.text ?? '';
    tale.check(
      'the service team reads what is wrong and what to do',
      /client secret .* has expired/.test(internal) && /presses Resume/.test(internal),
      internal,
    );
    const told = comments.filter((c) => c.byApp && c.public).at(-1)?.text ?? '';
    tale.check(
      'the requester reads that nothing was given, and nothing of secrets',
      /Nothing was left behind|could not be/.test(told) && !/secret|AADSTS/i.test(told),
      told,
    );
    const expired = await selfTest(play, 'entra');
    lineSays(play, expired, 'token', {
      state: 'failed',
      sentence: /client secret .* has expired/,
      said: /AADSTS7000222/,
      mend: /Make a new client secret/,
    });
    const token = expired.find(({ id }) => id === 'token');
    tale.check("the line names Entra's request", (token?.requestId ?? '') !== '', token);
    tale.step('admin', 'enters a secret that is none');
    isRefused(
      play,
      await connect('aaa8Q~this-is-no-secret-of-anybody'),
      'credential-works',
      /is wrong.*stays in use/,
    );

    await play.pass('35m', running);
    await standsAt(play, running, { status: 'Access granted', state: 'stuck' });
    await isMember(play, play.entra, GROUPS, 'requester');
    const stuck = (await running.look()).comments.filter((c) => c.byApp && !c.public).at(-1);
    tale.check(
      'the end that is delayed says why to the service team',
      /client secret .* has expired/.test(stuck?.text ?? ''),
      stuck?.text,
    );
    const calls = (await play.since(mark)).calls.filter(
      (c) => c.invocation && c.server === 'entra',
    );
    tale.check(
      'no call reached the directory itself, and every token request was told the same',
      calls.length > 0 && calls.every((c) => c.path.endsWith('/token') && c.status === 401),
      calls.map((c) => `${c.method} ${c.path} ${c.status}`),
    );

    tale.step("Entra's administrator", 'makes a new client secret');
    const next = await addSecret(play, entra['objectId']);
    const back = await play.mark();
    const entered = await connect(next.clientSecret);
    tale.check('the new one is taken', entered.ok, entered);
    tale.step("Entra's administrator", 'removes the one that ran out');
    const remove = `/v1.0/applications/${entra['objectId']}/removePassword`;
    demand(await play.entra.call('POST', remove, { keyId: short.keyId }), 204, 'removing a secret');
    nothingFailed(play, await selfTest(play, 'entra'));
    // The first look after the removal may be answered by a copy that lags.
    await play.pass('12m', running);
    await isNoMember(play, play.entra, GROUPS, 'requester');
    await standsAt(play, running, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    const removals = (await play.changes(back)).filter(({ status }) => status === 204);
    tale.check(
      'one call took it away, after its end',
      removals.length === 1 &&
        removals[0]?.method === 'DELETE' &&
        Date.parse(removals[0]?.at ?? '') >= Date.parse(String(until)),
      removals.map((c) => `${c.at} ${c.method} ${c.path}`),
    );

    tale.step('admin', 'presses Resume');
    const resumed = await play.admin('requests.resume', { issueId: waiting.id });
    tale.check('Resume is accepted', resumed.ok, resumed);
    await play.settle(waiting);
    await play.pass('1m', waiting);
    await isMember(play, play.entra, GROUPS, 'friend');
    await standsAt(play, waiting, {
      status: 'Access granted',
      resolution: 'Done',
      state: 'active',
    });
    tale.check('nobody had to approve it again', (await play.ledger(waiting))?.request.round === 1);
    await appSaid(play, running, 'public', [
      /^Waiting for approval$/,
      /^Access granted: /,
      /^The end of Cover in Salesforce is delayed$/,
      /^Access ended: /,
    ]);
    await nothingInternalShown(play, running, 'requester');
    await nothingInternalShown(play, waiting, 'friend');
    await provesItself(play, running, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
      'grant.ending',
      'grant.stuck',
      'grant.revoked',
    ]);
  },
};
