import { allowed, jiraGroup, onOperations, onRequest, refusedBy, saveSite } from './kit/emergency';
import { isMember, isNoMember, standsAt } from './kit/promises';
import { granted } from './kit/steps';
import type { Story } from './kit/story';

export const operatorWithoutAdminRights: Story = {
  name: 'operator-without-admin-rights',
  promise:
    'Members of a Jira group operate the app without being Jira administrators: they see requests and revoke, configure nothing, and lose it with the group’s right.',
  async run(play) {
    const { tale } = play;
    const ticket = await granted(play);
    const list = (who: string) => onOperations(play, who, 'requests.list', { state: 'granted' });
    refusedBy(play, 'the list of requests, for an agent', await list('agent'), 'right-auditor');
    const claim = await onOperations(play, 'owner', 'requests.list', {
      state: 'granted',
      isAdmin: true,
      rights: ['operator'],
    });
    refusedBy(play, 'a right that somebody claims', claim, 'right-auditor');

    const operator = [await jiraGroup(play, 'agent', 'it-queue')];
    const auditor = [await jiraGroup(play, 'owner', 'security-approvers')];
    tale.step('admin', 'lets it-queue operate and security-approvers read');
    await saveSite(play, { rights: { operator, auditor } });

    allowed(play, 'the agent sees the requests now', await list('agent'));
    allowed(play, 'so does the auditor', await list('owner'));
    const settings = { timeZone: 'UTC', paused: true };
    const saving = await onOperations(play, 'agent', 'site.save', settings);
    refusedBy(play, 'changing the settings, for an operator', saving, 'right-admin');
    const person = { kind: 'person', accountId: await play.jira.accountId('requester') };
    const looking = await onOperations(play, 'owner', 'kill.preview', { target: person });
    refusedBy(play, 'stopping a person, for an auditor', looking, 'right-owner');
    const app = { kind: 'app', app: 'figma' };
    const own = await onOperations(play, 'owner', 'kill.preview', { target: app });
    allowed(play, 'who owns an app may look at stopping it', own);

    const payload = { issueId: ticket.id, reason: 'The laptop was stolen' };
    const friend = await onRequest(play, ticket, 'friend', 'grants.revoke', payload);
    refusedBy(play, 'revoking, for a colleague', friend, 'grant-yours');
    await isMember(play, play.okta, ['figma-editors'], 'requester');
    allowed(
      play,
      'the operator revokes',
      await onRequest(play, ticket, 'agent', 'grants.revoke', payload),
    );
    await play.pass('2m', ticket);
    await standsAt(play, ticket, { status: 'Access ended', state: 'ended' });
    await isNoMember(play, play.okta, ['figma-editors'], 'requester');

    tale.step('admin', 'takes the rights back');
    await saveSite(play, { rights: { operator: [], auditor: [] } });
    refusedBy(play, 'the list of requests, afterwards', await list('agent'), 'right-auditor');
  },
};
