import { isRefused } from './kit/connections';
import type { Play } from './kit/play';
import { isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { bindProject, IT_STATUSES, mapFigmaEditor } from './kit/set-up';
import { EDITOR, granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];
const COPY = { site: 'second' } as const;

export const siteCopyRefuses: Story = {
  name: 'site-copy-refuses',
  promise:
    "The copy of a site has the first site's connections, secrets and access on record and uses none of them: it calls no directory, says why, and begins anew with credentials of its own.",
  async run(play) {
    const { tale } = play;
    const ticket = await granted(play, { wish: { ...EDITOR, duration: '1 hour' } });
    // Issues of the copy get other numbers than those on record.
    for (let i = 0; i < 3; i++)
      await play.fileOnly('friend', { reason: 'From before' }, { site: play.secondJira });
    const mark = await play.mark();
    tale.step('the company', 'copies the site with everything that the app has stored');
    await play.control.post('install', { ...COPY, copyOf: 'main' });
    await play.control.settle();
    await bindProject(play, play.secondJira, 'IT', IT_STATUSES, COPY);

    const onCopy = (fn: string, payload: unknown) => play.admin(fn, payload, 'admin', COPY);
    tale.step('admin', 'tries the connection on the copy');
    const words = /belongs to another Jira site/;
    isRefused(
      play,
      await onCopy('connections.test', { id: 'okta' }),
      'connection-belongs-to-site',
      words,
    );
    isRefused(
      play,
      await onCopy('groups.search', { connection: 'okta', text: 'Figma' }),
      'connection-of-this-site',
      words,
    );
    const there = await play.file('friend', EDITOR, { site: play.secondJira });
    await standsAt(play, there, { status: 'Needs attention', state: 'attention' });
    const told = (await there.look()).comments.filter((c) => c.byApp && c.public).at(-1)?.text;
    tale.check(
      'the requester reads why, and who mends it',
      words.test(told ?? '') && /connects the directory anew/.test(told ?? ''),
      told,
    );
    await nothingInternalShown(play, there, 'friend');

    await play.pass('1h15m', ticket);
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await isNoMember(play, play.okta, GROUPS, 'requester');
    tale.check(
      'the copy has the same access on record as one that it cannot end, and says why',
      /"state":"stuck"/.test(await play.control.ledger('second')) &&
        words.test(await play.control.ledger('second')),
    );
    await nobodyCalled(play, mark);
    const removals = await play.changes(mark);
    tale.check(
      'it was ended once, by the site that gave it',
      removals.length === 1 && removals[0]?.method === 'DELETE',
      removals.map((c) => `${c.at} ${c.method} ${c.path}`),
    );

    const { okta, google } = await play.control.consoles();
    const oktaKey = {
      kind: 'okta-key',
      clientId: okta['clientId'],
      privateKeyPem: okta['privateKeyPem'],
      keyId: okta['kid'],
    };
    const org = {
      kind: 'okta',
      name: 'Okta of the copy',
      tenant: new URL(String(okta['orgUrl'])).host,
    };
    tale.step('admin', 'would like to go on with the connections that came along');
    const workspace = {
      id: 'google',
      kind: 'google',
      name: 'Company Google',
      tenant: google['customerId'],
    };
    isRefused(play, await onCopy('connections.save', workspace), 'credential-given', words);
    isRefused(
      play,
      await onCopy('connections.save', { ...org, id: 'okta', credential: oktaKey }),
      'connection-in-use',
      new RegExp(`another Jira site.*${ticket.key}\\b.*second connection`),
    );
    await nobodyCalled(play, mark);

    tale.step('admin', 'enters credentials: for Google anew, for Okta in a connection of its own');
    const file = JSON.stringify(google['serviceAccountJson']);
    await play.demandAdmin(
      'connections.save',
      { ...workspace, credential: { kind: 'google-key-file', file } },
      COPY,
    );
    const own = await onCopy('connections.test', { id: 'google' });
    tale.check('the one of Google is this site’s now', own.ok, own);
    await play.demandAdmin(
      'connections.save',
      { ...org, id: 'okta-here', credential: oktaKey },
      COPY,
    );
    await mapFigmaEditor(play, 'okta-here', COPY);
    const resumed = await onCopy('requests.resume', { issueId: there.id });
    tale.check('Resume is accepted', resumed.ok, resumed);
    await play.settle(there);
    await there.approve('manager');
    await play.settle(there);
    await standsAt(play, there, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'friend');
    const since = await play.mark();
    await play.pass('30m');
    await isMember(play, play.okta, GROUPS, 'friend');
    tale.check('what came along is still left alone', (await play.changes(since)).length === 0);
  },
};

/** The copy's functions ran, and called no directory. */
async function nobodyCalled(play: Play, mark: number): Promise<void> {
  const { calls, invocations } = await play.since(mark);
  const copied = new Set(invocations.filter((i) => i.site === 'second').map((i) => i.id));
  const directories = ['okta', 'entra', 'google'];
  const made = calls.filter(
    (c) => copied.has(c.invocation ?? '') && directories.includes(c.server),
  );
  play.tale.check(
    'functions of the copy ran, and not one of them called a directory',
    copied.size > 0 && made.length === 0,
    made.map((c) => `${c.fn} ${c.method} ${c.path}`),
  );
}
