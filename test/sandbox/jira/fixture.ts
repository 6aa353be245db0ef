/** A small site, and ways to call it as anybody. */

import type { ApprovalStep } from '../../../sandbox/jira/configuration';
import { JiraSite, type SiteEvent, tokenOf } from '../../../sandbox/jira/site';
import { CallLog } from '../../../sandbox/kit/calls';
import { SandboxClock } from '../../../sandbox/kit/clock';
import { Faults } from '../../../sandbox/kit/faults';
import { seeded } from '../../../sandbox/kit/random';
import type { Reply } from '../../../sandbox/kit/routes';
import { profileWith } from '../../../sandbox/profile';
import { createWorld } from '../../../sandbox/world/create-world';

export const HOST = 'latchkey-demo.atlassian.net';
export const APP = {
  appId: 'ari:cloud:ecosystem::app/11111111-2222-4333-8444-555555555555',
  name: 'Latchkey',
};
export const START = Date.UTC(2026, 2, 2, 9, 0, 0);
/** A person's key, the app, or nobody. */
export type Who = string | 'app' | 'anonymous';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely
export type Body = any;

export function aSite({
  cloudId = 'cloud-one',
  profile = {},
  approvalStep = {},
}: {
  cloudId?: string;
  profile?: Parameters<typeof profileWith>[0];
  approvalStep?: Partial<ApprovalStep>;
} = {}) {
  const clock = new SandboxClock(START);
  const calls = new CallLog(() => clock.iso());
  const faults = new Faults();
  const world = createWorld('empty');
  const options = { world, clock, calls, faults, random: seeded(7) };
  const site = new JiraSite({
    ...options,
    name: 'latchkey-demo',
    cloudId,
    approvalStep,
    baseUrl: `https://${HOST}`,
    profile: profileWith({ jiraSearchLagMaxMs: 0, ...profile }),
  });
  const app = site.installApp({
    ...APP,
    searchable: [
      { propertyKey: 'accessRequest', path: 'state', type: 'string', alias: 'accessState' },
      { propertyKey: 'accessRequest', path: 'expiresAt', type: 'date', alias: 'accessExpiresAt' },
    ],
  });
  const events: { event: SiteEvent & Body; appId: string | undefined }[] = [];
  site.onEvent((event, by) => events.push({ event, appId: by.appId }));

  const person = (key: string) => {
    const found = world.people.find((candidate) => candidate.key === key)?.jira;
    if (!found) throw new Error(`${key} has no Jira account.`);
    return found;
  };

  async function call(
    who: Who,
    method: string,
    target: string,
    body?: unknown,
  ): Promise<Reply & { json: Body }> {
    const credentials = Buffer.from(`${who}:${tokenOf(who)}`).toString('base64');
    const known = who === 'app' || who === 'anonymous';
    const reply = await site.routes.dispatch({
      method,
      target,
      host: HOST,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(who === 'app' && {
        trusted: { kind: 'app', appId: APP.appId, accountId: app.accountId },
      }),
      headers: known ? {} : { authorization: `Basic ${credentials}` },
    });
    return { ...reply, json: reply.json as Body };
  }

  /** Like `call`, but anything except success is a failure of the test. */
  async function ok(who: Who, method: string, target: string, body?: unknown): Promise<Body> {
    const reply = await call(who, method, target, body);
    if (reply.status >= 300) {
      throw new Error(`${method} ${target}: ${reply.status} ${JSON.stringify(reply.json)}`);
    }
    return reply.json;
  }

  const project = (key: string) => {
    const found = site.configuration.projects.find((candidate) => candidate.key === key);
    if (!found) throw new Error(`No project ${key}.`);
    return found;
  };
  const requestType = (key: string) => {
    const type = project(key).requestTypes[0];
    if (!type) throw new Error(`No request type in ${key}.`);
    return type;
  };

  async function aRequest(key = 'IT', who: Who = 'requester'): Promise<string> {
    const made = await ok(who, 'POST', '/rest/servicedeskapi/request', {
      serviceDeskId: project(key).serviceDeskId,
      requestTypeId: requestType(key).id,
      requestFieldValues: { summary: 'Figma, please', description: 'I draw things.' },
    });
    return made.issueKey;
  }

  async function move(who: Who, issue: string, status: string): Promise<Reply> {
    const { transitions } = await ok(who, 'GET', `/rest/api/3/issue/${issue}/transitions`);
    const transition = transitions.find((t: Body) => t.to.name === status);
    if (!transition) throw new Error(`${who} has no transition to ${status}.`);
    return call(who, 'POST', `/rest/api/3/issue/${issue}/transitions`, {
      transition: { id: transition.id },
    });
  }

  const setApprovers = (issue: string, keys: string[], who: Who = 'app') =>
    call(who, 'PUT', `/rest/api/3/issue/${issue}`, {
      fields: {
        [site.configuration.system.approvers.id]: keys.map((key) => ({
          accountId: person(key).accountId,
        })),
      },
    });

  async function status(issue: string): Promise<string> {
    const read = await ok('agent', 'GET', `/rest/api/3/issue/${issue}?fields=status`);
    return read.fields.status.name;
  }

  const approvals = async (issue: string, who: Who = 'agent'): Promise<Body[]> =>
    (await ok(who, 'GET', `/rest/servicedeskapi/request/${issue}/approval`)).values;

  async function answer(who: Who, issue: string, decision: 'approve' | 'decline'): Promise<Reply> {
    const pending = (await approvals(issue)).at(-1);
    return call(who, 'POST', `/rest/servicedeskapi/request/${issue}/approval/${pending.id}`, {
      decision,
    });
  }

  return {
    site,
    clock,
    calls,
    faults,
    world,
    app,
    events,
    person,
    call,
    ok,
    project,
    requestType,
    aRequest,
    move,
    setApprovers,
    status,
    approvals,
    answer,
  };
}

export const paragraph = (text: string) => ({
  type: 'doc',
  version: 1,
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
});
