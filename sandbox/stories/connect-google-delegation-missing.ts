import { lineSays, nothingFailed, personIn, selfTest } from './kit/connections';
import { standsAt } from './kit/promises';
import type { Story } from './kit/story';

const MEMBERS = 'https://www.googleapis.com/auth/admin.directory.group.member';
const IDS = ['admin.directory.user.readonly', 'admin.directory.group.readonly'];

export const connectGoogleDelegationMissing: Story = {
  name: 'connect-google-delegation-missing',
  promise:
    'A scope that was left out of the delegation is named with where to add it; once it is added the same test passes, with a membership that is made and leaves no trace.',
  async run(play) {
    const { tale } = play;
    const { google } = await play.control.consoles();
    const account = google['weak'] as Record<string, string>;
    tale.step("Google's administrator", 'makes an empty group for the test');
    const group = await play.google.createGroup('Latchkey self test');
    const person = await personIn(play, 'requester', 'google');
    tale.step('admin', 'connects Google by domain-wide delegation, with the key file');
    await play.demandAdmin('connections.save', {
      id: 'workspace',
      kind: 'google',
      name: 'Workspace by delegation',
      tenant: google['customerId'],
      credential: {
        kind: 'google-key-file',
        file: JSON.stringify(account),
        subject: google['delegatedAdmin'],
      },
      test: { group, person },
    });
    // A group that was just made does not show everywhere yet.
    await play.pass('1m');
    const before = await play.mark();
    const lacking = await selfTest(play, 'workspace');
    lineSays(play, lacking, 'token', {
      state: 'failed',
      said: /unauthorized_client/,
      mend: /Domain-wide delegation/,
    });
    lineSays(play, lacking, 'clock', { state: 'passed' });
    for (const id of IDS) lineSays(play, lacking, `scope-${id}`, { state: 'passed' });
    lineSays(play, lacking, 'scope-admin.directory.group.member', {
      state: 'failed',
      name: /admin\.directory\.group\.member/,
      sentence: /members are added and removed/,
      mend: new RegExp(`Domain-wide delegation.*${MEMBERS.replaceAll('.', '\\.')}`),
      said: /unauthorized_client/,
    });
    const asked = await play.changes(before);
    tale.check('nothing was changed in Google', asked.length === 0, asked);

    tale.step("Google's administrator", 'authorizes the scope that was named');
    const scopes = [...IDS.map((id) => `https://www.googleapis.com/auth/${id}`), MEMBERS];
    await play.control.post('delegation', { clientId: account['client_id'], scopes });
    const mark = await play.mark();
    const mended = await selfTest(play, 'workspace');
    nothingFailed(play, mended);
    lineSays(play, mended, 'token', { state: 'passed' });
    lineSays(play, mended, 'scope-admin.directory.group.member', { state: 'passed' });
    lineSays(play, mended, 'change-test-group', { state: 'passed', sentence: /removed again/ });
    const changes = await play.changes(mark);
    tale.check(
      'one person was added to the test group and taken out of it',
      changes.map(({ method }) => method).join() === 'POST,DELETE' &&
        changes.every(({ path, status = 0 }) => path.includes(group) && status < 300),
      changes.map((c) => `${c.method} ${c.path} ${c.status}`),
    );
    const left = (await play.control.memberships('google')).filter((m) => m.groupId === group);
    tale.check('nobody is left in it', left.length === 0, left);
    const optional = mended.filter(({ state }) => state === 'warning' || state === 'not-tested');
    tale.check(
      'what is left out says what it would give, and fails nothing',
      optional.length > 0 && optional.every(({ sentence }) => sentence.length > 20),
      optional,
    );

    tale.step('admin', 'maps a role to it');
    await play.demandAdmin('apps.save', {
      id: 'looker',
      name: 'Looker',
      owner: await play.jira.accountId('owner'),
    });
    await play.demandAdmin('roles.save', {
      app: 'looker',
      key: 'viewer',
      name: 'Viewer',
      risk: 'routine',
      connection: 'workspace',
      groups: [await play.google.groupId('bigquery-users')],
      durations: [3600],
      permanent: false,
      approver: { kind: 'owner' },
    });
    const ticket = await play.file('requester', {
      app: 'Looker',
      role: 'Viewer',
      duration: '1 hour',
      reason: 'Board figures',
    });
    await ticket.approve('owner');
    await play.settle(ticket);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    tale.check(
      'and access is given through it',
      await play.google.holds('bigquery-users', 'requester'),
    );
  },
};
