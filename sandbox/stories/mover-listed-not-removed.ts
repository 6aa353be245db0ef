import { z } from 'zod';
import { editInOkta, findingsOf, isFound, isSettled } from './kit/findings';
import { isMember, standsAt } from './kit/promises';
import { granted, nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const DEVELOPER = {
  app: 'GitHub',
  role: 'Developer',
  duration: '30 days',
  reason: 'Hot fix of the release',
};
const GROUPS = ['github-users', 'github-developers'];

const listed = z.object({
  people: z.array(
    z.looseObject({
      person: z.looseObject({ department: z.string().optional() }).optional(),
      grants: z.array(z.looseObject({ issueKey: z.string(), role: z.string() })),
    }),
  ),
});

export const moverListedNotRemoved: Story = {
  name: 'mover-listed-not-removed',
  promise:
    'Another department or manager puts what somebody has on an administrator’s list, removes nothing, and comes back only when something else changes.',
  async run(play) {
    const { tale } = play;
    const ticket = await granted(play, { wish: DEVELOPER, approver: 'owner' });
    await play.pass('2h');
    await isSettled(play, 'mover');
    const before = await play.mark();
    await editInOkta(
      play,
      'requester',
      { department: 'Sales' },
      'moves the requester from Design to Sales',
    );
    await play.pass('1h');
    const found = await isFound(play, 'mover', /another department/);
    const { people } = listed.parse(await play.demandAdmin('people.movers', {}));
    tale.check(
      'the list shows the new department and the access that stands',
      people.length === 1 &&
        people[0]?.person?.department === 'Sales' &&
        people[0].grants.map(({ issueKey, role }) => `${issueKey} ${role}`).join() ===
          `${ticket.key} github.developer`,
      people,
    );
    tale.check(
      'no name of anybody is kept with it',
      !/Okoye|Rosalind|@/.test(JSON.stringify(found)),
      found,
    );
    const key = found?.key ?? '';
    const unsaid = await play.admin('findings.dismiss', { key, reason: '' });
    tale.check('it is not dismissed without a reason', !unsaid.ok, unsaid);
    tale.step('admin', 'dismisses it: still on call for design until March');
    await play.demandAdmin('findings.dismiss', {
      key,
      reason: 'Still on call for design until March',
    });
    await play.pass('3h');
    await isSettled(play, 'mover');

    const named = (await play.person('named')).directories.find((d) => d.directory === 'okta');
    await editInOkta(
      play,
      'requester',
      { managerId: named?.login ?? '' },
      'gives the requester another manager',
    );
    await play.pass('22h');
    await isFound(play, 'mover', /another manager/);
    const settled = await findingsOf(play, 'mover', 'resolved');
    tale.check('the same finding was opened anew', settled.length === 0, settled);
    await nothingChanged(play, before);
    await isMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    const { comments } = await ticket.look();
    tale.check(
      'the issue says nothing of it to anybody',
      comments.every(
        (c) => !/Sales|department|manager/i.test(c.text.replace(/manager in Okta/g, '')),
      ),
      comments.at(-1)?.text,
    );
  },
};
