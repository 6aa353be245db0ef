import { z } from 'zod';
import { isNoMember, standsAt } from './kit/promises';
import type { Story } from './kit/story';

const madeSchema = z.looseObject({ id: z.string() });
const HOUR = 3_600_000;

export const onBehalfOfNewHireWithStartDate: Story = {
  name: 'on-behalf-of-new-hire-with-start-date',
  promise:
    'A manager asks ahead for somebody who starts later; it is approved before and given on the day, once the account is active, and its time counts from then.',
  async run(play) {
    const { tale } = play;
    tale.step("Okta's administrator", 'prepares the account of somebody who is not here yet');
    const newcomer = await play.person('newcomer');
    const owner = await play.person('owner');
    const made = await play.okta.call('POST', '/api/v1/users?activate=false', {
      profile: {
        firstName: 'Nikhil',
        lastName: 'Varma',
        email: newcomer.email,
        login: newcomer.email,
        department: 'Design',
        managerId: owner.directories.find((d) => d.directory === 'okta')?.login,
      },
    });
    const { id } = madeSchema.parse(made.body);
    await play.pass('1m');
    const group = await play.okta.groupId('figma-editors');
    const isIn = async () =>
      (await play.okta.call('GET', `/api/v1/groups/${group}/users?limit=200`)).text.includes(id);

    const start = new Date(Date.parse(tale.now) + 60 * HOUR).toISOString();
    const ticket = await play.file(
      'manager',
      {},
      {
        panel: {
          app: 'figma',
          role: 'figma.editor',
          duration: 21_600,
          reason: 'First week in the team',
          beneficiary: await play.jira.accountId('newcomer'),
          start,
        },
      },
    );
    await standsAt(play, ticket, { status: 'Waiting for approval', state: 'waiting' });
    await ticket.approve('owner');
    await play.settle(ticket);
    const waits = await standsAt(play, ticket, { status: 'Approved' });
    tale.check(
      'the request says when it begins',
      waits.comments.some((c) => c.public && c.byApp && c.text.includes(start.slice(0, 10))),
      waits.comments.map((c) => c.text),
    );
    await play.pass('58h', ticket);
    tale.check('nothing is given before the day', !(await isIn()));
    const active = await play.okta.call('POST', `/api/v1/users/${id}/lifecycle/activate`);
    tale.check('the account becomes active', active.status === 200, active.text);
    await play.pass('2h10m', ticket);
    const given = await standsAt(play, ticket, { status: 'Access granted', state: 'active' });
    tale.check('on the day it is given', await isIn());
    const until = Date.parse(String(given.property?.['until']));
    const late = (until - 6 * HOUR - Date.parse(start)) / 60_000;
    tale.check(
      'its six hours count from then, and not from the approval two days before',
      late >= 0 && late <= 10,
      `${late} min after the start`,
    );
    await isNoMember(play, play.okta, ['figma-editors'], 'manager');
    await play.pass('6h10m', ticket);
    tale.check('and it ends by itself', !(await isIn()));
    await standsAt(play, ticket, { status: 'Access ended', state: 'ended' });
  },
};
