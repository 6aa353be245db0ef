/** Calls that the services refuse, or answer in a way that their descriptions leave out. */
import type { Routes } from '../../../sandbox/kit/routes';
import type { Sandbox } from '../../../sandbox/sandbox';
import { oktaToken } from '../../sandbox/directories/sign-in';
import { as, send } from './journey';

const FIELDS = '/rest/api/3/field';
/** More than the site lets through in a second. */
const BURST = 150;

export async function refusals(sandbox: Sandbox): Promise<void> {
  await refusedByJira(sandbox);
  await refusedByOkta(sandbox);
  await oddAnswersOfEntra(sandbox);
}

async function refusedByJira(sandbox: Sandbox): Promise<void> {
  for (let n = 0; n < BURST; n++) {
    await as(sandbox, 'agent', `GET ${FIELDS}`).catch(() => {});
  }
  await as(sandbox, 'requester', 'GET /rest/api/3/issue/IT-999').catch(() => {});
}

async function refusedByOkta(sandbox: Sandbox): Promise<void> {
  const { okta } = sandbox.directories;
  const facts = okta.consoleFacts();
  const { host } = sandbox.world.okta;
  const group = sandbox.world.groups.find(({ directory }) => directory === 'okta')?.id;
  const ask = (line: string, authorization: string) =>
    send(okta.routes, host, line, { authorization });
  await ask('GET /api/v1/groups', 'SSWS nobody');
  await ask(
    `GET /api/v1/users?search=${encodeURIComponent('status is fine')}`,
    `SSWS ${facts.ssws}`,
  );
  const token = await oktaToken(sandbox, facts.weak);
  await ask(`PUT /api/v1/groups/${group}/users/00u1`, `Bearer ${token.body.access_token}`);
}

async function oddAnswersOfEntra(sandbox: Sandbox): Promise<void> {
  const { entra } = sandbox.directories;
  const authorization = `Bearer ${entra.consoleFacts().adminToken}`;
  const ask = async (routes: Routes, target: string) => {
    const reply = await send(routes, 'graph.microsoft.com', `GET ${target}`, { authorization });
    return (reply.json ?? {}) as Record<string, unknown>;
  };
  const person = sandbox.world.people
    .find(({ key }) => key === 'requester')
    ?.accounts.find(({ directory }) => directory === 'entra')?.id;
  await ask(entra.routes, `/v1.0/users/${person}/manager?$select=id,displayName`);
  await ask(entra.routes, '/v1.0/groups/00000000-0000-4000-8000-000000000000');
  const page = await ask(entra.routes, '/v1.0/users?$top=2');
  const next = new URL(String(page['@odata.nextLink']));
  await ask(entra.routes, next.pathname + next.search);
}
