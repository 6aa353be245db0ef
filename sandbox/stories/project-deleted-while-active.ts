import { demand } from './kit/http';
import { endedOnTime, isMember, isNoMember, standsAt } from './kit/promises';
import { asked, EDITOR } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];

export const projectDeletedWhileActive: Story = {
  name: 'project-deleted-while-active',
  promise:
    'When a whole project is deleted, the access that was asked for in it still ends on time.',
  async run(play) {
    const { tale } = play;
    const ticket = await asked(play, { project: 'HELP' });
    await ticket.approve('manager');
    await play.settle(ticket);
    await isMember(play, play.okta, GROUPS, 'requester');
    const until = (await ticket.look()).property?.['until'];
    tale.step('admin', 'deletes the project HELP');
    demand(await play.jira.as('admin', 'DELETE', '/rest/api/3/project/HELP'), 204, 'the deletion');
    await play.settle();
    await play.pass('5h50m');
    const end = await play.mark();
    await play.pass('15m');
    await isNoMember(play, play.okta, GROUPS, 'requester');
    endedOnTime(play, (await play.changes(end))[0], until);
    const view = await play.ledger(ticket);
    tale.check(
      'the ledger has the whole of it',
      view?.chain === 'whole' && view.evidence.at(-1)?.event === 'grant.revoked',
      view?.evidence.map(({ event }) => event),
    );
    await play.pass('30m');
    // What else is open in another project is not held up by it.
    await play.control.post('faults', { events: { do: 'drop' } });
    const other = await play.file('friend', EDITOR);
    await play.pass('16m', other);
    await standsAt(play, other, { status: 'Waiting for approval', state: 'waiting' });
    const search = '/rest/api/3/search/jql?jql=project%20%3D%20IT&fields=summary';
    const found = await play.jira.as('admin', 'GET', search);
    tale.check(
      'its record went to the audit issue of another project',
      /whose own issue is gone/.test(found.text),
      found.text.slice(0, 300),
    );
  },
};
