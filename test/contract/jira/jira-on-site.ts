/** A simulated site with the app on it, reached through Forge's own packages. */

import { JiraSite, type Principal } from '../../../sandbox/jira/site';
import { CallLog } from '../../../sandbox/kit/calls';
import { SandboxClock } from '../../../sandbox/kit/clock';
import { Faults } from '../../../sandbox/kit/faults';
import type { Reply } from '../../../sandbox/kit/message';
import { seeded } from '../../../sandbox/kit/random';
import { profileWith } from '../../../sandbox/profile';
import { createWorld } from '../../../sandbox/world/create-world';
import { openJira } from '../../../src/jira/open-jira';
import { type ForgeCall, serveForge } from '../../fakes/forge-globals';

const APP_ID = 'ari:cloud:ecosystem::app/11111111-2222-3333-4444-555555555555';
export const PANEL_KEY = '11111111-2222-3333-4444-555555555555';

const world = createWorld('default', 1);

export function jiraOnSite() {
  const clock = new SandboxClock(Date.parse('2026-03-02T09:00:00.000Z'));
  const faults = new Faults();
  const calls = new CallLog(() => clock.iso());
  const site = new JiraSite({
    name: 'demo',
    cloudId: 'site-1',
    baseUrl: 'https://demo.atlassian.invalid',
    world,
    clock,
    calls,
    faults,
    random: seeded(1),
    profile: profileWith({}),
  });
  const app = site.installApp({ appId: APP_ID, name: 'Latchkey' });
  let caller: string | undefined;
  const stop = serveForge((call) => send(principalOf(call), call));

  function principalOf({ meta }: ForgeCall): Principal {
    if (meta.provider === 'app') return { kind: 'app', appId: APP_ID, accountId: app.accountId };
    const accountId = meta.accountId ?? caller;
    if (accountId === undefined) throw new Error('nobody is signed in');
    return { kind: 'user', accountId, viaApp: APP_ID };
  }

  async function send(
    trusted: Principal,
    call: Pick<ForgeCall, 'method' | 'path' | 'body'>,
  ): Promise<Reply> {
    const reply = await site.routes.dispatch({
      method: call.method,
      target: call.path,
      host: 'demo.atlassian.invalid',
      headers: { 'content-type': 'application/json' },
      trusted,
      ...(call.body !== undefined && { body: call.body }),
    });
    if (reply.status === 0) throw new TypeError('fetch failed');
    return reply;
  }

  const account = (key: string): string => {
    const id = world.people.find((person) => person.key === key)?.jira?.accountId;
    if (id === undefined) throw new Error(`${key} has no account in Jira`);
    return id;
  };

  return {
    site,
    clock,
    faults,
    world,
    account,
    app,
    stop() {
      stop();
      clock.close();
    },
    signIn(key: string) {
      caller = account(key);
    },
    /** A call of a person, without the app. */
    async as<T>(key: string, method: string, path: string, body?: unknown): Promise<T> {
      const reply = await send(
        { kind: 'user', accountId: account(key) },
        { method, path, body: body === undefined ? undefined : JSON.stringify(body) },
      );
      if (reply.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(reply)}`);
      return reply.json as T;
    },
    jira: openJira({
      panelKey: PANEL_KEY,
      ownPropertyKey: 'latchkey',
      requestTypeField: async () => site.configuration.system.requestType.id,
    }),
  };
}
