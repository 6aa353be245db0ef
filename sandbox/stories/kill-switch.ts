import { z } from 'zod';
import { allowed, onOperations, readIssue, refusedBy } from './kit/emergency';
import { isMember, isNoMember, standsAt } from './kit/promises';
import { asked, EDITOR, granted } from './kit/steps';
import type { Story } from './kit/story';

const REASON = 'The account was taken over last night';
const DEVELOPER = {
  app: 'GitHub',
  role: 'Developer',
  duration: '24 hours',
  reason: 'Hot fix of the checkout page',
};
const STATUS = {
  app: 'Statuspage',
  role: 'Editor',
  duration: '7 days',
  reason: 'Texts for running incidents',
};

const previewSchema = z.object({
  preview: z.string(),
  accesses: z.number(),
  requests: z.number(),
  stays: z.array(z.string()),
});

const followSchema = z.looseObject({ state: z.string(), parent: z.string() });

export const killSwitch: Story = {
  name: 'kill-switch',
  promise:
    'One switch ends everything a person has, stops everything they asked for and keeps new access away until it is lifted; one issue says what became of each group.',
  async run(play) {
    const { tale } = play;
    const design = await granted(play);
    const code = await granted(play, { wish: DEVELOPER, approver: 'owner' });
    const waiting = await asked(play, { wish: STATUS });
    const colleague = await granted(play, { who: 'friend' });
    const accountId = await play.jira.accountId('requester');
    const target = { kind: 'person', accountId };
    const mine = await onOperations(play, 'requester', 'kill.preview', { target });
    tale.check('nobody looks at this without a right', !mine.ok, mine);

    const seen = await onOperations(play, 'admin', 'kill.preview', { target });
    const preview = previewSchema.parse(seen.ok ? seen.value : {});
    tale.check(
      'the preview counts two accesses and one open request, and says what stays',
      preview.accesses === 2 &&
        preview.requests === 1 &&
        preview.stays.some((s) => /Sessions/.test(s)),
      preview,
    );
    await isMember(play, play.okta, ['figma-editors', 'github-developers'], 'requester');
    const old = { target, reason: REASON, preview: '0'.repeat(64) };
    refusedBy(
      play,
      'a preview of another day',
      await onOperations(play, 'admin', 'kill.run', old),
      'preview-current',
    );

    const before = await play.mark();
    const run = { target, reason: REASON, preview: preview.preview };
    const started = await onOperations(play, 'admin', 'kill.run', run);
    allowed(play, 'the administrator runs it', started);
    await play.pass('5m', design);
    await code.tell();
    await waiting.tell();
    await isNoMember(
      play,
      play.okta,
      ['figma-editors', 'github-users', 'github-developers'],
      'requester',
    );
    const changes = await play.changes(before);
    tale.check(
      'memberships were removed, and nobody was added',
      changes.length > 0 && changes.every(({ method }) => method === 'DELETE'),
      changes.map(({ method, path }) => `${method} ${path}`),
    );
    for (const ticket of [design, code])
      await standsAt(play, ticket, { status: 'Access ended', state: 'ended' });
    await standsAt(play, waiting, { status: 'Declined' });
    await standsAt(play, colleague, { status: 'Access granted', state: 'active' });
    await isMember(play, play.okta, ['figma-editors'], 'friend');

    const follow = await onOperations(play, 'admin', 'kill.read', { target });
    const { parent, state } = followSchema.parse(follow.ok ? follow.value : {});
    tale.check('it is at its end', state === 'done', state);
    const account = await readIssue(play, parent);
    const text = JSON.stringify(account.fields.description);
    tale.check(
      'one issue tells of each group',
      /2 of 2 accesses are gone/.test(text) && /Figma Editors: 1 removed/.test(text),
      text,
    );

    const stopped = await play.file('requester', EDITOR);
    await standsAt(play, stopped, { status: 'Needs attention' });
    await isNoMember(play, play.okta, ['figma-editors'], 'requester');
    const lift = { target, reason: 'The account is theirs again' };
    allowed(
      play,
      'it is lifted, with a reason',
      await onOperations(play, 'admin', 'kill.lift', lift),
    );
    await asked(play, { wish: EDITOR });
  },
};
