import { editInOkta, says } from './kit/findings';
import { answersFive, isMember, isNoMember, standsAt } from './kit/promises';
import { nothingChanged } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-viewers'];

export const autoApproveRuleBrokenFallsToHuman: Story = {
  name: 'auto-approve-rule-broken-falls-to-human',
  promise:
    'A published rule decides only while all of it can be read and holds; else people are asked, and nothing is given before they answer.',
  async run(play) {
    const { tale } = play;
    const owner = await play.jira.accountId('owner');
    const viewer = async (condition: object) => ({
      app: 'figma',
      key: 'viewer',
      name: 'Viewer',
      description: 'Open design files.',
      risk: 'routine',
      connection: 'okta',
      groups: [await play.okta.groupId('figma-viewers')],
      durations: [28_800],
      permanent: false,
      rules: {
        auto: {
          rule: 'low risk',
          when: [condition, { kind: 'at-most', seconds: 28_800 }],
          signedOffBy: owner,
          signedOffAt: '',
        },
      },
    });
    const wish = {
      app: 'Figma',
      role: 'Viewer',
      duration: '8 hours',
      reason: 'Review the new icons',
    };
    tale.step('admin', 'publishes a rule on a group of a connection that is then removed');
    const { okta } = await play.control.consoles();
    await play.demandAdmin('connections.save', {
      id: 'elsewhere',
      kind: 'okta',
      name: 'Okta a second time',
      tenant: new URL(String(okta['orgUrl'])).host,
      credential: {
        kind: 'okta-key',
        clientId: okta['clientId'],
        privateKeyPem: okta['privateKeyPem'],
        keyId: okta['kid'],
      },
    });
    const group = await play.okta.groupId('figma-editors');
    await play.demandAdmin(
      'roles.save',
      await viewer({ kind: 'directory-group', connection: 'elsewhere', group }),
    );
    await play.demandAdmin('connections.remove', { id: 'elsewhere' });
    await play.settle();
    const before = await play.mark();
    const broken = await play.file('requester', wish);
    const seen = await standsAt(play, broken, { status: 'Waiting for approval', state: 'waiting' });
    answersFive(play, seen, [/Who may decide: .*manager in Okta/]);
    await says(play, broken, /rule that would decide on this role could not be checked/);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await nothingChanged(play, before);
    await broken.approve('manager');
    await play.settle(broken);
    await standsAt(play, broken, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
    await play.pass('9h', broken);
    await isNoMember(play, play.okta, GROUPS, 'requester');

    tale.step('admin', 'publishes a rule for another department');
    await play.demandAdmin(
      'roles.save',
      await viewer({ kind: 'department', is: ['Interplanetary Trade'] }),
    );
    await play.settle();
    const other = await play.file('requester', wish);
    await standsAt(play, other, { status: 'Waiting for approval', state: 'waiting' });
    await isNoMember(play, play.okta, GROUPS, 'requester');

    await editInOkta(play, 'requester', { department: 'Design' }, 'notes the department: Design');
    tale.step('admin', 'publishes a rule for that department');
    await play.demandAdmin('roles.save', await viewer({ kind: 'department', is: ['Design'] }));
    await play.settle();
    const given = await play.file('requester', wish);
    await standsAt(play, given, { status: 'Access granted', resolution: 'Done', state: 'active' });
    tale.check('nobody was asked', (await given.approvals()).length === 0);
    await isMember(play, play.okta, GROUPS, 'requester');
  },
};
