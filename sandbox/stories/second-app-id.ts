import { isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import { bindProject, connectOkta, IT_STATUSES, offerFigmaEditor } from './kit/set-up';
import { granted } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];
const OTHER = '0b4e6a52-7d0c-4d53-8a07-5f8b7c1d2e3f';

export const secondAppId: Story = {
  name: 'second-app-id',
  promise: 'Under another app id, as every company deploys its own, nothing breaks.',
  async run(play) {
    const { tale } = play;
    tale.step('admin', 'uninstalls the app and installs the same code under another app id');
    await play.control.post('uninstall', { site: 'main' });
    await play.control.post('install', { site: 'main', appId: OTHER });
    await play.control.settle();
    await connectOkta(play, {});
    await offerFigmaEditor(play, {});
    await bindProject(play, play.jira, 'IT', IT_STATUSES);
    const ticket = await granted(play, {
      wish: { reason: 'Prototype for the spring launch' },
      panel: { app: 'figma', role: 'figma.editor', duration: 3600 },
    });
    const { properties } = await ticket.look();
    tale.check(
      "the panel's wish came under the other app's own id",
      properties[OTHER] !== undefined,
      Object.keys(properties),
    );
    await isMember(play, play.okta, GROUPS, 'requester');
    await play.pass('1h5m', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await nothingInternalShown(play, ticket, 'requester');
  },
};
