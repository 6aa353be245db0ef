import { z } from 'zod';
import { isRefused, lineSays, nothingFailed, selfTest } from './kit/connections';
import type { SeenCall } from './kit/control';
import { registerKeys } from './kit/okta-client';
import type { Play } from './kit/play';
import { appSaid, isMember, isNoMember, provesItself, standsAt } from './kit/promises';
import { asked } from './kit/steps';
import type { Story } from './kit/story';

const GROUPS = ['figma-editors'];
const madeSchema = z.looseObject({ keyId: z.string(), publicJwk: z.looseObject({}) });

export const credentialRotatedMidFlight: Story = {
  name: 'credential-rotated-mid-flight',
  promise:
    'A key is replaced while access is being given: nothing fails, the change is made once, and a new key that does not work leaves the old one in use.',
  async run(play) {
    const { tale } = play;
    const { okta } = await play.control.consoles();
    const save = (keyId: string) =>
      play.admin('connections.save', {
        id: 'okta',
        kind: 'okta',
        name: 'Company Okta',
        tenant: new URL(String(okta['orgUrl'])).host,
        credential: { kind: 'made-key', clientId: okta['clientId'], keyId },
      });
    const makeKey = async () => {
      tale.step('admin', 'has the app make a key pair');
      const key = await play.demandAdmin('connections.key', { id: 'okta', kind: 'okta' });
      return madeSchema.parse(key);
    };
    const ticket = await asked(play);
    tale.step('Okta', 'takes no changes of members for a while');
    const fault = { server: 'okta', method: 'PUT', path: '/groups/.*/users/', status: 503 };
    await play.control.post('faults', { add: { name: 'busy', ...fault } });
    const mark = await play.mark();
    await ticket.approve('manager');
    await play.settle(ticket);
    const flying = async () => {
      const state = (await play.ledger(ticket))?.grant?.state;
      tale.check('the grant is on its way', state === 'provisioning', state);
    };
    await flying();

    const made = await makeKey();
    tale.check(
      'only its public half is shown',
      typeof made.publicJwk['n'] === 'string' && !('d' in made.publicJwk),
      Object.keys(made.publicJwk),
    );
    tale.step('admin', 'enters it before Okta knows it');
    isRefused(play, await save(made.keyId), 'credential-works', /old credential stays in use/);
    lineSays(play, await selfTest(play, 'okta'), 'token', { state: 'passed' });

    tale.step("Okta's administrator", 'registers the new key beside the old one');
    await registerKeys(play, [okta['publicJwk'], made.publicJwk]);
    tale.step('admin', 'enters it again');
    const entered = await play.mark();
    const saved = await save(made.keyId);
    tale.check('now it is taken', saved.ok, saved);
    tale.step("Okta's administrator", 'removes the old key');
    await registerKeys(play, [made.publicJwk]);
    await flying();
    tale.step('Okta', 'takes changes again');
    await play.control.post('faults', { clear: true });
    await play.pass('5m', ticket);
    await signsWith(play, entered, made.keyId);
    await standsAt(play, ticket, { status: 'Access granted', resolution: 'Done', state: 'active' });
    await isMember(play, play.okta, GROUPS, 'requester');
    const adds = (await play.changes(mark)).filter(({ status }) => status === 204);
    tale.check('one call made the change', adds.length === 1, adds.length);
    nothingFailed(play, await selfTest(play, 'okta'));
    await appSaid(play, ticket, 'public', [/^Waiting for approval$/, /^Access granted: /]);

    tale.step('admin', 'is careless with the next one: its public half never reaches Okta');
    const lost = await makeKey();
    isRefused(play, await save(lost.keyId), 'credential-works', /old credential stays in use/);
    const later = await play.mark();
    await play.pass('6h5m', ticket);
    await signsWith(play, later, made.keyId);
    await isNoMember(play, play.okta, GROUPS, 'requester');
    await standsAt(play, ticket, { status: 'Access ended', resolution: 'Done', state: 'ended' });
    await provesItself(play, ticket, [
      'request.received',
      'request.pinned',
      'decision.recorded',
      'gate.passed',
      'grant.provisioning',
      'grant.active',
      'grant.ending',
      'grant.revoked',
    ]);
  },
};

/** Every token request of the app since then was signed with this key, and no signature was refused. */
async function signsWith(play: Play, since: number, keyId: string): Promise<void> {
  const signed = (await play.since(since)).calls.filter(
    (c) => c.invocation && c.server === 'okta' && c.path.endsWith('/token'),
  );
  play.tale.check(
    'the app signs with the new key only, and Okta takes every signature',
    signed.length > 0 && signed.every((c) => c.status !== 401 && keyOf(c) === keyId),
    signed.map((c) => `${c.status} ${keyOf(c)}`),
  );
}

/** Which key the app signed a token request with. */
function keyOf({ requestBody }: SeenCall): string {
  const assertion = new URLSearchParams(requestBody).get('client_assertion') ?? '';
  const header = Buffer.from(assertion.split('.')[0] ?? '', 'base64url').toString();
  return /"kid":"([^"]+)"/.exec(header)?.[1] ?? header;
}
