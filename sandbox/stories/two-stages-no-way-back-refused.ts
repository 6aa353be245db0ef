import { isRefused } from './kit/connections';
import { bindProject, IT_STATUSES } from './kit/set-up';
import { editorInTwoStages, waysKnown } from './kit/stages';
import { asked, EDITOR } from './kit/steps';
import type { Story } from './kit/story';

export const twoStagesNoWayBackRefused: Story = {
  name: 'two-stages-no-way-back-refused',
  promise:
    'Two stages cannot be published where the workflow asks once and has no way back; the refusal names the transition to add, and the role stays as it was.',
  async run(play) {
    const { tale } = play;
    await waysKnown(play, ['IT', 'HELP']);
    await bindProject(play, play.jira, 'ONCE', IT_STATUSES);
    tale.step('admin', 'wants manager and owner to decide on Figma Editor');
    const answer = await play.admin('roles.save', await editorInTwoStages(play));
    const said = answer.ok ? '' : JSON.stringify(answer.problem);
    tale.check('it is refused', !answer.ok, answer);
    tale.check(
      'the desk without a way back is named, and no other',
      /ONCE/.test(said) && !/of IT|of HELP/.test(said),
      said,
    );
    tale.check(
      'the transition to add is named',
      /transition from the approved status/.test(said),
      said,
    );

    const ticket = await asked(play, { wish: EDITOR });
    const deciders = await ticket.deciders();
    const manager = await play.jira.accountId('manager');
    tale.check('the manager decides alone as before', deciders.join() === manager, deciders);
    tale.step('admin', 'shows the app an issue that does not stand at the approved status');
    const shown = { binding: 'it', issueId: ticket.id };
    const early = await play.admin('bindings.check', shown);
    isRefused(play, early, 'issue-approved', /stands at "Waiting for approval"/);
    await ticket.approve('manager');
    tale.step('admin', 'shows it again, just approved');
    const seen = await play.admin('bindings.check', shown);
    const answered = JSON.stringify(seen.ok ? seen.value : seen.problem);
    tale.check('the workflow of IT has a way back', answered === '{"wayBack":true}', answered);
  },
};
