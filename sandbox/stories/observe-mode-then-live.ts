import { isMember, isNoMember, standsAt } from './kit/promises';
import { figmaEditor } from './kit/roles';
import { asked, granted, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const observeModeThenLive: Story = {
  name: 'observe-mode-then-live',
  promise:
    'In observe mode a request runs through approval and every check, no directory is changed, and the issue says what would have been done; switched to live, the next one is given.',
  async run(play) {
    const { tale } = play;
    tale.step('admin', 'switches the role to observe mode');
    await play.demandAdmin('roles.save', { ...(await figmaEditor(play)), observe: true });
    await play.settle();
    const before = await play.mark();
    const ticket = await asked(play);
    await ticket.approve('manager');
    await play.settle(ticket);
    const seen = await standsAt(play, ticket, { status: 'Withdrawn', state: 'observed' });
    const said = seen.comments.filter((comment) => comment.byApp);
    tale.check(
      'the public comment says that nothing was changed',
      said.some((c) => c.public && /Observe mode, nothing was changed/.test(c.headline)),
      said.map((c) => c.headline),
    );
    tale.check(
      'the service team reads which group it would have been',
      said.some((c) => !c.public && /Figma Editors.*add/.test(c.text)),
      said.filter((c) => !c.public).map((c) => c.text),
    );
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await nothingChanged(play, before);
    await play.pass('7h', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    tale.step('admin', 'switches the role to live');
    await play.demandAdmin('roles.save', await figmaEditor(play));
    await play.settle();
    await granted(play);
    await isMember(play, play.okta, GROUPS, 'requester');
  },
};
