import { z } from 'zod';
import { isMember, isNoMember } from './kit/promises';
import type { Story } from './kit/story';
import { Ticket } from './kit/ticket';

const outcomesSchema = z.object({
  roles: z.array(
    z.discriminatedUnion('ok', [
      z.looseObject({
        role: z.string(),
        ok: z.literal(true),
        issueId: z.string(),
        issueKey: z.string(),
        already: z.boolean(),
      }),
      z.looseObject({
        role: z.string(),
        ok: z.literal(false),
        problem: z.looseObject({ check: z.string() }),
      }),
    ]),
  ),
});
const LIST = [
  { role: 'figma.editor', duration: 21_600 },
  { role: 'github.developer', duration: 28_800 },
  { role: 'github.nothing', duration: 28_800 },
];

export const severalRolesOneGo: Story = {
  name: 'several-roles-one-go',
  promise:
    'Roles asked for together become one linked request each, are decided by their own approvers, and one that cannot be filed stops no other.',
  async run(play) {
    const { tale } = play;
    // A request of the same person, on which the portal shows the app.
    const first = await play.file('requester', {
      app: 'Figma',
      role: 'Viewer',
      duration: '8 hours',
      reason: 'Look at the drafts',
    });
    const ask = async () => {
      const answer = await play.app({
        as: 'requester',
        module: 'request-access',
        function: 'requests.together',
        issue: first.key,
        payload: { roles: LIST, reason: 'First week in the release team' },
      });
      tale.step('requester', 'asks for three roles in one go');
      return outcomesSchema.parse(answer.ok ? answer.value : { roles: [] }).roles;
    };
    const filed = await ask();
    const made = filed.filter((one) => one.ok);
    tale.check('two are filed', made.length === 2 && made.every((one) => !one.already), filed);
    const not = filed.find((one) => !one.ok);
    tale.check(
      'the third is named with its reason',
      not?.role === 'github.nothing' && not.problem.check === 'role-offered',
      not,
    );
    await play.settle();
    const twice = (await ask()).filter((one) => one.ok);
    tale.check(
      'asking again files nothing',
      twice.every((one) => one.already) &&
        twice.map((one) => one.issueId).join() === made.map((one) => one.issueId).join(),
      twice,
    );
    const [figma, github] = made.map(
      ({ issueId, issueKey }) => new Ticket({ id: issueId, key: issueKey }, play.jira, tale),
    ) as [Ticket, Ticket];
    const links = JSON.stringify((await github.look()).fields['issuelinks'] ?? []);
    tale.check('they are linked', links.includes(figma.key), links.slice(0, 300));
    await github.decline('owner');
    await figma.approve('manager');
    await play.settle(figma);
    await isMember(play, play.okta, ['figma-editors'], 'requester');
    await isNoMember(play, play.okta, ['github-developers'], 'requester');
    const own = (
      await play.jira.as('requester', 'GET', `/rest/servicedeskapi/request/${github.id}`)
    ).text;
    tale.check('both belong to the requester', own.includes(github.key), own.slice(0, 200));
  },
};
