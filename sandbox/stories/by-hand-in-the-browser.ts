import { addressIn, Browser } from './kit/browser';
import { isMember, isNoMember, nothingInternalShown, standsAt } from './kit/promises';
import type { Story } from './kit/story';
import { Ticket } from './kit/ticket';

const GROUPS = ['figma-editors'];

export const byHandInTheBrowser: Story = {
  name: 'by-hand-in-the-browser',
  promise:
    'A person files the request in the browser, the manager approves it there, and everybody sees what they may see.',
  async run(play) {
    const { tale } = play;
    const requester = new Browser('requester', play.jira, tale);
    await requester.signIn();
    const portals = await requester.open('/servicedesk/customer/portals');
    const { deskId, typeId, fields } = await play.jira.desk('requester', 'IT');
    const create = addressIn(portals, 'href', new RegExp(`/portal/${deskId}/create/${typeId}$`));
    tale.check('the portal offers the request', create !== undefined);
    const form = await requester.open(create ?? '/');
    tale.check(
      'its form asks for app, role and duration',
      ['App', 'Role', 'Duration'].every((name) => form.includes(`name="${fields[name]}"`)),
    );
    const file = async (app: string) => {
      const filled = {
        summary: 'Access please',
        [fields['App'] ?? '']: app,
        [fields['Role'] ?? '']: 'Editor',
        [fields['Duration'] ?? '']: '6 hours',
        description: 'Prototype for the spring launch',
      };
      const path = await requester.press(create ?? '/', filled, `sends the form for ${app}`);
      await play.control.settle();
      const key = path.split('/').at(-1) ?? '';
      const read = await play.jira.as('admin', 'GET', `/rest/api/3/issue/${key}?fields=summary`);
      const { id } = read.body as { id: string };
      return { path, ticket: new Ticket({ id, key }, play.jira, tale) };
    };
    const { path, ticket } = await file('Figma');
    await ticket.tell();
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    const mine = await requester.open('/servicedesk/customer/user/requests');
    tale.check('it stands among the own requests', mine.includes(ticket.key));
    const own = await requester.open(path);
    tale.check('the requester is not offered to approve', !/\/approval\//.test(own));
    await requester.press(`${path}/comment`, { body: 'It is for Monday.' }, 'adds a comment');
    await play.control.settle();

    const manager = new Browser('manager', play.jira, tale);
    await manager.signIn();
    const waiting = await manager.open('/servicedesk/customer/user/requests');
    tale.check('the manager finds it', waiting.includes(ticket.key));
    const page = await manager.open(path);
    tale.check(
      'the manager reads what is asked for',
      /What: Editor in Figma/.test(page) && /Until when: 6 hours/.test(page),
    );
    const approval = addressIn(page, 'action', /\/approval\/\d+$/);
    await manager.press(approval ?? '/', { decision: 'approve' }, 'presses Approve');
    await play.settle(ticket);
    await isMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });

    const agent = new Browser('agent', play.jira, tale);
    await agent.signIn();
    tale.check('the agent sees the project', (await agent.open('/jira/projects')).includes('IT'));
    const queue = await agent.open('/jira/servicedesk/projects/IT/queues');
    tale.check('and the request in its queue', queue.includes(`/browse/${ticket.key}`));
    const issue = `/browse/${ticket.key}`;
    await agent.press(`${issue}/comment`, { body: 'Looks right.', internal: 'on' }, 'notes it');
    const inside = await agent.open(issue);
    tale.check(
      'the agent sees the internal comments',
      /Granted in connection/.test(inside) && /Looks right\./.test(inside),
    );
    const outside = await requester.open(path);
    tale.check(
      'the requester sees that access was granted, and nothing internal',
      /Access granted: Editor in Figma/.test(outside) &&
        !/Granted in connection|Looks right\.|00g[0-9A-Za-z]{15}/.test(outside),
    );
    await nothingInternalShown(play, ticket, 'requester');

    const wrong = await file('Sketchpad');
    await wrong.ticket.tell();
    await standsAt(play, wrong.ticket, { status: 'Needs attention', state: 'attention' });
    const offered = await requester.open(wrong.path);
    const id = /name="id" value="(\d+)"><button>Withdraw</.exec(offered)?.[1] ?? '';
    await requester.press(`${wrong.path}/transition`, { id }, 'presses Withdraw');
    await play.settle(wrong.ticket);
    await standsAt(play, wrong.ticket, {
      status: 'Withdrawn',
      resolution: 'Withdrawn',
      state: 'withdrawn',
    });

    const refused = await file('Sketchpad');
    const view = await agent.open(`/browse/${refused.ticket.key}`);
    const refuse = /name="id" value="(\d+)"><button>Refuse</.exec(view)?.[1] ?? '';
    await agent.press(`/browse/${refused.ticket.key}/transition`, { id: refuse }, 'presses Refuse');
    await play.settle(refused.ticket);
    await standsAt(play, refused.ticket, {
      status: 'Declined',
      resolution: 'Declined',
      state: 'declined',
    });
    await isNoMember(play, play.okta, GROUPS, 'friend');
  },
};
