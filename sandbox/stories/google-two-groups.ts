import {
  appSaid,
  endedOnTime,
  isListed,
  isMember,
  isNoMember,
  nothingInternalShown,
  standsAt,
} from './kit/promises';
import { granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['bigquery-users', 'bigquery-analysts'];

export const googleTwoGroups: Story = {
  name: 'google-two-groups',
  promise:
    'A role of two Google groups is given whole when the owner approves, and both memberships go at its end.',
  async run(play) {
    await isNoMember(play, play.google, GROUPS, 'requester');
    const before = await play.mark();
    const ticket = await granted(play, {
      wish: {
        app: 'BigQuery',
        role: 'Analyst',
        duration: '8 hours',
        reason: 'Quarterly numbers',
      },
      approver: 'owner',
    });
    await isMember(play, play.google, GROUPS, 'requester');
    const adds = await play.changes(before);
    play.tale.check(
      'two calls added two memberships',
      adds.length === 2 && adds.every(({ method }) => method === 'POST'),
      adds.map((c) => `${c.method} ${c.path}`),
    );
    const until = (await ticket.look()).property?.['until'];
    const long = (Date.parse(String(until)) - Date.parse(adds[0]?.at ?? '')) / 1000;
    play.tale.check(
      'its end is eight hours after the first change',
      Math.abs(long - 28_800) <= 5,
      `${long} s`,
    );
    await play.pass('7h50m');
    await isListed(play, play.google, 'bigquery-analysts', 'requester', true);
    await isMember(play, play.google, GROUPS, 'requester');
    const end = await play.mark();
    await play.pass('15m', ticket);
    await isNoMember(play, play.google, GROUPS, 'requester');
    const removals = await play.changes(end);
    // Google's answers lag, so a removal that still shows may be sent again; it does no harm.
    const firsts = removals.filter((c, i) => removals.findIndex((o) => o.path === c.path) === i);
    play.tale.check(
      'both memberships were removed, and nothing else was changed',
      firsts.length === 2 && removals.every(({ method }) => method === 'DELETE'),
      removals.map((c) => `${c.at} ${c.method} ${c.status} ${c.path}`),
    );
    for (const removal of firsts) endedOnTime(play, removal, until);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await appSaid(play, ticket, 'public', [
      /^Waiting for approval$/,
      /^Access granted: Analyst in BigQuery$/,
      /^Access ended: Analyst in BigQuery$/,
    ]);
    await nothingInternalShown(play, ticket, 'requester');
  },
};
