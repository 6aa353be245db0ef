import { z } from 'zod';
import { useUpMost } from './kit/okta-client';
import { endedOnTime, isMember, isNoMember, standsAt } from './kit/promises';
import { asked, EDITOR, granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];
const syncSchema = z.looseObject({
  job: z.looseObject({
    state: z.string(),
    progress: z.looseObject({ what: z.string(), done: z.number() }),
  }),
});

export const quotaExhaustedRevocationsFirst: Story = {
  name: 'quota-exhausted-revocations-first',
  promise:
    "When little is left of Okta's limit, large readings and new access stand back and what is over still ends on time; as soon as there is more again, all of it is done.",
  async run(play) {
    const { tale } = play;
    // Small, so that using it up takes a moment only.
    await play.control.post('profile', {
      oktaUsersPerMinute: 200,
      oktaUserPerMinute: 200,
      oktaGroupsPerMinute: 200,
      oktaGroupPerMinute: 200,
    });
    const ending = await granted(play, { wish: { ...EDITOR, duration: '1 hour' } });
    const until = (await ending.look()).property?.['until'];
    await play.control.advanceOnly('50m');
    const waiting = await asked(play, { who: 'friend' });
    await play.control.advanceOnly('5m');
    const left = Date.parse(String(until)) - Date.parse((await play.control.state()).now);
    await play.control.advanceOnly(`${Math.round(left / 1000) - 12}s`);

    const used = await useUpMost(play.control, play.addresses.okta, 0.15);
    tale.step('another program', `leaves 15 % of the app's share of the minute (${used} calls)`);
    const mark = await play.mark();
    tale.step('admin', 'starts a reading of everything in Okta');
    await play.demandAdmin('sync.start', { connection: 'okta', whole: true });
    await waiting.approve('manager');
    await play.control.advanceOnly('45s');
    const ours = async () =>
      (await play.since(mark)).calls.filter((c) => c.invocation && c.server === 'okta');
    const changes = await play.changes(mark);
    tale.check(
      'within the minute one change was made: the end of what was over',
      changes.length === 1 && changes[0]?.method === 'DELETE' && changes[0]?.status === 204,
      changes.map((c) => `${c.at} ${c.method} ${c.status}`),
    );
    endedOnTime(play, changes[0], until, 35);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await isNoMember(play, play.okta, GROUPS, 'friend');
    const sync = async () =>
      syncSchema.parse(await play.demandAdmin('sync.read', { connection: 'okta' })).job;
    const reading = await sync();
    tale.check('the reading waits', reading.state === 'running', reading);
    const reads = (await ours()).filter((c) => /\/api\/v1\/(groups|apps)\?/.test(c.path));
    tale.check('it asked Okta no more than once or twice', reads.length <= 2, reads.length);

    await play.pass('3m', waiting);
    await standsAt(play, ending, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await standsAt(play, waiting, { status: 'Access granted', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'friend');
    await play.pass('5m');
    const caughtUp = await sync();
    tale.check('the reading came to its end', caughtUp.state === 'done', caughtUp);
    const adds = (await play.changes(mark)).filter(({ method }) => method === 'PUT');
    tale.check('the new access was given by one call', adds.length === 1, adds.length);
    const refused = (await ours()).filter(({ status }) => status === 429);
    tale.check('Okta never had to refuse the app', refused.length === 0, refused.length);
    const spans = new Map<string, number[]>();
    for (const { invocation, at } of (await play.since(mark)).calls) {
      if (invocation === undefined) continue;
      spans.set(invocation, [...(spans.get(invocation) ?? []), Date.parse(at)]);
    }
    const longest = Math.max(...[...spans.values()].map((t) => Math.max(...t) - Math.min(...t)));
    tale.check('no function slept over it', longest < 20_000, `${longest} ms`);
  },
};
