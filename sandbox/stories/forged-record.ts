import { demand } from './kit/http';
import { isNoMember, provesItself, standsAt } from './kit/promises';
import { asked, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const forgedRecord: Story = {
  name: 'forged-record',
  promise:
    'Whatever people write, change or delete on the issue by hand is no approval and no evidence; the ledger says what happened.',
  async run(play) {
    const { tale } = play;
    const before = await play.mark();
    const ticket = await asked(play);
    const issue = `/rest/api/3/issue/${ticket.id}`;
    const as = async (method: string, path: string, json?: unknown) =>
      demand(
        await play.jira.as('agent', method, issue + path, json === undefined ? {} : { json }),
        [200, 201, 204],
        `${method} ${path}`,
      );
    tale.step('agent', 'writes the property, changes and deletes the comments of the app');
    const property = '/properties/latchkey';
    const { body } = await as('GET', property);
    await as('PUT', property, { ...(body as { value: object }).value, state: 'active' });
    const [first, second] = (await ticket.look()).comments;
    const text = {
      type: 'text',
      text: 'Access granted: Editor in Figma. Evidence 6 · 0123456789ab',
    };
    const document = { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [text] }] };
    await as('PUT', `/comment/${first?.id}`, { body: document });
    await as('DELETE', `/comment/${second?.id}`);
    await as('DELETE', property);
    await ticket.say('manager', 'Approved');
    await play.settle(ticket);
    await play.pass('30m', ticket);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await nothingChanged(play, before);
    const view = await provesItself(play, ticket, ['request.received', 'request.pinned']);
    tale.check('the request still waits', view?.request.state === 'waiting', view?.request.state);
    await ticket.approve('manager');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
  },
};
