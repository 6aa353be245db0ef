/** Settings of the site and its bindings: which Jira requests are access requests. */
import type * as z from 'zod/mini';
import type { bindingInput, siteInput } from '../contracts/admin';
import type { Answer } from '../contracts/answer';
import { startJob } from '../jobs/job';
import type { Deps } from '../requests/deps';
import { canonical } from '../shared/canonical';
import { done, no, save } from './changes';
import type { Binding, SiteSettings } from './model/settings';
import { loadSettings, putSettings } from './settings';
import { wayKept } from './way-back';

/** Found by schema: ids differ per site and names are translated. */
export const REQUEST_TYPE = 'com.atlassian.servicedesk:vp-origin';
const USERS = 'com.atlassian.jira.plugin.system.customfieldtypes:multiuserpicker';

export async function readSite(deps: Deps): Promise<Answer<SiteSettings>> {
  return done(await deps.settings());
}

export async function saveSite(
  deps: Deps,
  site: z.infer<typeof siteInput>,
  by: string,
): Promise<Answer<SiteSettings>> {
  const held = await loadSettings(deps.store);
  const { managedDomains, ...rest } = site;
  const after: SiteSettings = {
    ...held.value,
    ...rest,
    ...(managedDomains && { managedDomains: [...new Set(managedDomains)].sort() }),
    version: held.value.version + 1,
  };
  const saved = await save(
    deps,
    { what: 'settings:site', by, before: held.value, after },
    [putSettings(after, held.rev)],
    after,
  );
  const guarded = (of: SiteSettings) => canonical(of.guardedGroups ?? []);
  // A role that leads to a group guarded from now on must not be given until the night.
  if (saved.ok && guarded(held.value) !== guarded(after))
    await startJob(deps, 'lint', 'site', { by });
  return saved;
}

/** Checks the names against the site before anything is stored, so that a typing error is seen at once. */
export async function saveBinding(
  deps: Deps,
  given: z.infer<typeof bindingInput>,
  by: string,
): Promise<Answer<Binding>> {
  const project = await deps.jira.project(given.project);
  if (!project.ok)
    return no(
      'project-found',
      'Jira has no such project, or the app may not see it.',
      'Check the project key and who may browse it.',
    );
  const types = await deps.jira.requestTypes(project.value.key);
  if (!types.ok)
    return no(
      'service-project',
      'This is not a service project, or the app may not see its request types.',
      'Choose a project of Jira Service Management.',
    );
  const strangers = given.requestTypeIds.filter((id) => !types.value.some((t) => t.id === id));
  if (strangers.length > 0)
    return no(
      'request-type-found',
      `The project has no request type ${strangers.join(', ')}.`,
      'Choose one of the request types of the project.',
    );
  const statuses = await deps.jira.statuses(project.value.id);
  if (!statuses.ok)
    return no(
      'statuses-read',
      'The statuses of the project could not be read.',
      'Try again in a minute.',
    );
  const unknown = Object.entries(given.statuses).filter(
    ([, id]) => id !== undefined && !statuses.value.some((s) => s.id === id),
  );
  if (unknown.length > 0) {
    return no(
      'status-found',
      `The project's workflow has no status for: ${unknown.map(([name]) => name).join(', ')}.`,
      'Choose statuses of this project.',
    );
  }
  const fields = await deps.jira.fields();
  if (!fields.ok)
    return no('fields-read', 'The fields of the site could not be read.', 'Try again in a minute.');
  const requestType = fields.value.find((f) => f.custom === REQUEST_TYPE);
  const pickers = fields.value.filter((f) => f.custom === USERS);
  const approvers = given.fields.approvers
    ? pickers.find((f) => f.id === given.fields.approvers)
    : pickers.length === 1
      ? pickers[0]
      : undefined;
  if (!requestType)
    return no(
      'request-type-field',
      'The site has no "Request Type" field.',
      'Check that Jira Service Management is active on this site.',
    );
  if (!approvers) {
    return no(
      'approvers-field',
      pickers.length > 1 && !given.fields.approvers
        ? `The site has ${pickers.length} fields that hold several people: ${pickers.map((f) => `${f.name} (${f.id})`).join(', ')}.`
        : 'The field that holds the approvers of a request was not found.',
      'Name the Approvers field of the approval step; Jira makes it with the first one.',
    );
  }
  const missing = Object.values(given.fields).filter(
    (id) => id !== undefined && !fields.value.some((f) => f.id === id),
  );
  if (missing.length > 0)
    return no(
      'field-found',
      `The site has no field ${missing.join(', ')}.`,
      'Choose fields of this site.',
    );
  const held = await loadSettings(deps.store);
  const { project: _, ...rest } = given;
  const binding: Binding = {
    ...rest,
    projectId: project.value.id,
    projectKey: project.value.key,
    fields: { ...given.fields, approvers: approvers.id },
    language: 'en',
  };
  const before = held.value.bindings.find((b) => b.id === binding.id);
  const others = held.value.bindings.filter((b) => b.id !== binding.id);
  const clash = others.find(
    (b) =>
      b.projectId === binding.projectId &&
      b.requestTypeIds.some((id) => binding.requestTypeIds.includes(id)),
  );
  if (clash)
    return no(
      'one-binding',
      `The request type is bound already, by "${clash.id}".`,
      'Change that binding instead.',
    );
  const after: SiteSettings = {
    ...held.value,
    version: held.value.version + 1,
    requestTypeField: requestType.id,
    bindings: [...others, { ...binding, ...wayKept(before, binding) }],
  };
  return save(
    deps,
    { what: `binding:${binding.id}`, by, before: held.value, after },
    [putSettings(after, held.rev)],
    binding,
  );
}
