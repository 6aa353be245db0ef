import { lineSays, nothingFailed, personIn, selfTest } from './kit/connections';
import { demand } from './kit/http';
import type { Story } from './kit/story';

const SCOPE = 'okta.groups.manage';

export const connectOktaWrongScope: Story = {
  name: 'connect-okta-wrong-scope',
  promise:
    "A scope that was never granted is named as Okta names it, with Okta's own answer and where to grant it; once it is granted the same test passes, with a membership that is made and leaves no trace.",
  async run(play) {
    const { tale } = play;
    const { okta } = await play.control.consoles();
    const client = okta['weak'] as Record<string, string>;
    tale.step("Okta's administrator", 'makes an empty group for the test');
    const group = await play.okta.createGroup('Latchkey self test');
    const person = await personIn(play, 'requester', 'okta');
    tale.step('admin', 'connects Okta with an application that may only read');
    await play.demandAdmin('connections.save', {
      id: 'okta-second',
      kind: 'okta',
      name: 'Okta once more',
      tenant: new URL(String(okta['orgUrl'])).host,
      credential: {
        kind: 'okta-key',
        clientId: client['clientId'],
        privateKeyPem: client['privateKeyPem'],
        keyId: client['kid'],
      },
      test: { group, person },
    });
    const isEmpty = async () => {
      const left = (await play.control.memberships('okta')).filter((m) => m.groupId === group);
      tale.check('the test group is empty', left.length === 0, left);
    };
    const lacking = await selfTest(play, 'okta-second');
    lineSays(play, lacking, 'clock', { state: 'passed' });
    lineSays(play, lacking, 'scope-okta.users.read', { state: 'passed' });
    lineSays(play, lacking, 'scope-okta.groups.read', { state: 'passed' });
    lineSays(play, lacking, `scope-${SCOPE}`, {
      state: 'failed',
      name: /okta\.groups\.manage/,
      sentence: /members are added and removed/,
      mend: /grant okta\.groups\.manage under Okta API Scopes/,
    });
    lineSays(play, lacking, 'read-people', { state: 'passed' });
    lineSays(play, lacking, 'read-groups', { state: 'passed' });
    const change = lineSays(play, lacking, 'change-test-group', {
      state: 'failed',
      sentence: /lacks the scope okta\.groups\.manage/,
      said: /insufficient_scope.*okta\.groups\.manage/,
      mend: /okta\.groups\.manage/,
    });
    tale.check("it names Okta's own request", /^[\w-]{20,}$/.test(change?.requestId ?? ''), change);
    await isEmpty();

    tale.step("Okta's administrator", `grants ${SCOPE} to the application`);
    const grants = `/api/v1/apps/${client['clientId']}/grants`;
    const asked = { scopeId: SCOPE, issuer: okta['orgUrl'] };
    demand(await play.okta.call('POST', grants, asked), [200, 201], 'granting a scope in Okta');
    const mark = await play.mark();
    const mended = await selfTest(play, 'okta-second');
    nothingFailed(play, mended);
    lineSays(play, mended, `scope-${SCOPE}`, { state: 'passed' });
    lineSays(play, mended, 'change-test-group', { state: 'passed', sentence: /removed again/ });
    // A token from before the scope was granted is tried first, and changes nothing.
    const changes = (await play.changes(mark)).filter(({ status }) => status !== 403);
    tale.check(
      'one person was added to the test group and taken out of it',
      changes.map(({ method, status }) => `${method} ${status}`).join() === 'PUT 204,DELETE 204' &&
        changes.every(({ path }) => path.includes(group)),
      changes.map((c) => `${c.method} ${c.path} ${c.status}`),
    );
    await isEmpty();
    const others = ['read-apps', 'activity', 'sessions'].map(
      (name) => mended.find(({ id }) => id.includes(name))?.state,
    );
    tale.check(
      'what is left out fails nothing',
      others.every((state) => state !== 'failed'),
      mended.map(({ id, state }) => `${id} ${state}`),
    );
  },
};
