/** What an administrator of the app sets up by hand, through the app's own admin functions. */
import { z } from 'zod';
import { demand, StoryStopped } from './http';
import type { Jira } from './jira';
import type { AppAccess, Play } from './play';
import { figmaEditor } from './roles';

const statusesSchema = z.array(
  z.object({ statuses: z.array(z.object({ id: z.string(), name: z.string() })) }),
);
const allFieldsSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    scope: z.object({ project: z.object({ key: z.string() }) }).optional(),
  }),
);

/** Statuses of the binding by the names that people see in the project. */
export type StatusNames = Readonly<Record<string, string>>;

export const IT_STATUSES: StatusNames = {
  intake: 'New',
  waiting: 'Waiting for approval',
  approved: 'Approved',
  granted: 'Access granted',
  ended: 'Access ended',
  declined: 'Declined',
  attention: 'Needs attention',
  withdrawn: 'Withdrawn',
};

export async function bindProject(
  play: Play,
  site: Jira,
  project: string,
  names: StatusNames,
  where: AppAccess = {},
  more: (statusId: (name: string) => string) => object = () => ({}),
): Promise<void> {
  const read = async (path: string) => demand(await site.as('admin', 'GET', path), 200, path).body;
  const statuses = statusesSchema
    .parse(await read(`/rest/api/3/project/${project}/statuses`))
    .flatMap((type) => type.statuses);
  const all = allFieldsSchema.parse(await read('/rest/api/3/field'));
  const { typeId } = await site.desk('admin', project);
  const field = (name: string) => {
    const named = all.filter((one) => one.name === name);
    const own = named.find((one) => one.scope?.project.key === project);
    return (own ?? named.find((one) => !one.scope))?.id;
  };
  const statusId = (name: string) => {
    const status = statuses.find((one) => one.name === name);
    if (!status) throw new StoryStopped(`${project} has no status ${name}`);
    return status.id;
  };
  play.tale.step('admin', `binds project ${project} to the app`);
  await play.demandAdmin(
    'bindings.save',
    {
      id: project.toLowerCase(),
      project,
      requestTypeIds: [typeId],
      statuses: Object.fromEntries(
        Object.entries(names).map(([key, name]) => [key, statusId(name)]),
      ),
      fields: {
        approvers: field('Approvers'),
        app: field('App'),
        role: field('Role'),
        duration: field('Duration'),
        beneficiary: field('Beneficiary'),
      },
      ...more(statusId),
    },
    where,
  );
}

/** Names the company's e-mail domain and connects Okta with what its console shows. */
export async function connectOkta(play: Play, where: AppAccess): Promise<void> {
  const { okta } = await play.control.consoles();
  const domain = (await play.person('requester')).email.split('@')[1];
  const site = { timeZone: 'UTC', paused: false, managedDomains: [domain] };
  await play.demandAdmin('site.save', site, where);
  play.tale.step('admin', `connects Okta${where.site ? ` on ${where.site}` : ''}`);
  await play.demandAdmin(
    'connections.save',
    {
      id: 'okta',
      kind: 'okta',
      name: 'Company Okta',
      tenant: new URL(String(okta['orgUrl'])).host,
      credential: {
        kind: 'okta-key',
        clientId: okta['clientId'],
        privateKeyPem: okta['privateKeyPem'],
        keyId: okta['kid'],
      },
    },
    where,
  );
}

/** The catalog's one entry: Figma with its editors, approved by the manager. */
export async function offerFigmaEditor(play: Play, where: AppAccess): Promise<void> {
  play.tale.step('admin', 'offers Figma with the role Editor');
  const owner = await play.jira.accountId('owner');
  await play.demandAdmin('apps.save', { id: 'figma', name: 'Figma', owner }, where);
  await mapFigmaEditor(play, 'okta', where);
}

/** The role alone, through one of several connections. */
export async function mapFigmaEditor(
  play: Play,
  connection: string,
  where: AppAccess,
): Promise<void> {
  await play.demandAdmin('roles.save', await figmaEditor(play, connection), where);
}
