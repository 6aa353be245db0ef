import { isMember, nothingInternalShown, standsAt } from './kit/promises';
import type { Story } from './kit/story';

export const appWithoutRole: Story = {
  name: 'app-without-role',
  promise: 'Who names an app and no role is asked back once, with the roles to choose from.',
  async run(play) {
    const { tale } = play;
    const wish = { app: 'Figma', reason: 'Prototype for the spring launch' };
    const ticket = await play.file('requester', wish);
    const seen = await standsAt(play, ticket, { status: 'New', resolution: null, state: 'asked' });
    const said = seen.comments.filter((c) => c.public && c.byApp);
    tale.check(
      'it asks which role and offers the roles of the app',
      said.length === 1 &&
        /Which role/.test(said[0]?.text ?? '') &&
        /For how long/.test(said[0]?.text ?? '') &&
        said[0]?.lines.includes('Viewer') === true &&
        said[0]?.lines.includes('Editor') === true,
      said.map((c) => c.text),
    );
    await nothingInternalShown(play, ticket, 'requester');

    // Only the answer of whoever asked counts.
    await ticket.say('agent', 'Editor, 6 hours');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'New', state: 'asked' });

    await ticket.say('requester', 'Editor, 6 hours');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await ticket.approve('manager');
    await play.settle(ticket);
    await isMember(play, play.okta, ['figma-editors'], 'requester');
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });

    // An answer that settles nothing is not asked again: IT helps.
    const lost = await play.file('friend', wish);
    await lost.say('friend', 'The one that Rosalind has');
    await play.settle(lost);
    await standsAt(play, lost, { status: 'Needs attention', state: 'attention' });
    const asks = (await lost.look()).comments.filter((c) => c.public && /missing/.test(c.headline));
    tale.check('it was asked once', asks.length === 1, asks.length);
    await nothingInternalShown(play, lost, 'friend');
  },
};
