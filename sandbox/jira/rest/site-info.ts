/** What the site tells about itself, its fields and the caller's permissions. */
import { z } from 'zod';
import { json } from '../../kit/routes';
import type { CustomField } from '../configuration';
import { findProject } from '../context';
import { jiraDate } from '../dates';
import type { Door, SiteCall } from '../door';
import { SiteError } from '../errors';
import { isApp, isJiraAdmin, permissionsOf } from '../permissions';
import { fieldSchema, projectJson } from '../shapes';

export function siteInfoRoutes(door: Door): void {
  door.platform('GET', '/rest/api/3/serverInfo', serverInfo, { open: true });
  door.platform('GET', '/rest/api/3/field', fields, { open: true });
  door.platform('GET', '/rest/api/3/field/search', fieldSearch);
  door.platform('GET', '/rest/api/3/mypermissions', myPermissions, { open: true });
  door.platform('POST', '/rest/api/3/permissions/check', checkPermissions);
}

function serverInfo({ site }: SiteCall) {
  return json(200, {
    baseUrl: site.baseUrl,
    displayUrl: site.baseUrl,
    displayUrlServicedeskHelpCenter: site.baseUrl,
    version: '1001.0.0-SNAPSHOT',
    versionNumbers: [1001, 0, 0],
    deploymentType: 'Cloud',
    buildNumber: 100_200,
    buildDate: '2026-11-02T00:00:00.000+0000',
    serverTime: jiraDate(site.clock.now()),
    scmInfo: 'sandbox',
    serverTitle: site.name,
    serverTimeZone: 'Etc/UTC',
  });
}

const SYSTEM_FIELDS: [id: string, name: string, type: string][] = [
  ['summary', 'Summary', 'string'],
  ['description', 'Description', 'string'],
  ['status', 'Status', 'status'],
  ['reporter', 'Reporter', 'user'],
  ['creator', 'Creator', 'user'],
  ['assignee', 'Assignee', 'user'],
  ['created', 'Created', 'datetime'],
  ['updated', 'Updated', 'datetime'],
  ['resolution', 'Resolution', 'resolution'],
  ['duedate', 'Due date', 'date'],
];

/** Has no description and no `stableId`; those are in the search alone. */
function fields(call: SiteCall) {
  const { site } = call;
  return json(200, [
    ...SYSTEM_FIELDS.map(([id, name, type]) => ({
      id,
      key: id,
      name,
      custom: false,
      orderable: true,
      navigable: true,
      searchable: true,
      clauseNames: [id],
      schema: { type, system: id },
    })),
    ...site.configuration.fields.map((field) => ({
      id: field.id,
      key: field.id,
      name: field.name,
      custom: true,
      orderable: true,
      navigable: true,
      searchable: true,
      clauseNames: [`cf[${field.id.replace('customfield_', '')}]`, field.name],
      schema: fieldSchema(field),
      ...scopeOf(call, field),
    })),
  ]);
}

function scopeOf({ site }: SiteCall, field: CustomField) {
  const project = field.scopedTo === undefined ? undefined : findProject(site, field.scopedTo);
  if (!project) return {};
  const { avatarUrls: _unused, ...details } = projectJson(site, project);
  const { id, key, name, self, simplified, projectTypeKey } = details;
  return {
    scope: { type: 'PROJECT', project: { id, key, name, self, simplified, projectTypeKey } },
  };
}

function fieldSearch({ site, req }: SiteCall) {
  const startAt = Number(req.query.get('startAt') ?? 0);
  const maxResults = Math.min(50, Number(req.query.get('maxResults') ?? 50));
  const query = (req.query.get('query') ?? '').toLowerCase();
  const ids = req.query.getAll('id');
  const system = SYSTEM_FIELDS.map(([id, name, type]) => ({
    id,
    key: id,
    name,
    schema: { type, system: id },
    description: '',
  }));
  const custom = site.configuration.fields
    // The list is for company-managed projects.
    .filter((field) => field.scopedTo === undefined)
    .map((field) => ({
      id: field.id,
      key: field.id,
      name: field.name,
      schema: fieldSchema(field),
      description: field.description,
      isLocked: field.stableId !== undefined,
      ...(field.stableId !== undefined && { stableId: field.stableId }),
      searcherKey: `${fieldSchema(field).custom}searcher`,
    }));
  const all = [...(req.query.getAll('type').includes('custom') ? [] : system), ...custom].filter(
    (field) =>
      (ids.length === 0 || ids.includes(field.id)) &&
      (field.name.toLowerCase().includes(query) || field.description.toLowerCase().includes(query)),
  );
  return json(200, {
    self: `${site.baseUrl}/rest/api/3/field/search?startAt=${startAt}&maxResults=${maxResults}`,
    maxResults,
    startAt,
    total: all.length,
    isLast: startAt + maxResults >= all.length,
    values: all.slice(startAt, startAt + maxResults),
  });
}

const PERMISSIONS: Record<string, 'GLOBAL' | 'PROJECT'> = {
  ADMINISTER: 'GLOBAL',
  ADMINISTER_PROJECTS: 'PROJECT',
  BROWSE_PROJECTS: 'PROJECT',
  CREATE_ISSUES: 'PROJECT',
  EDIT_ISSUES: 'PROJECT',
  DELETE_ISSUES: 'PROJECT',
  TRANSITION_ISSUES: 'PROJECT',
  ADD_COMMENTS: 'PROJECT',
  SERVICEDESK_AGENT: 'PROJECT',
};

function myPermissions({ req, caller }: SiteCall) {
  const asked = (req.query.get('permissions') ?? '').split(',').filter((key) => key !== '');
  if (asked.length === 0) {
    throw new SiteError(400, "The 'permissions' query parameter is required.");
  }
  const unknown = asked.filter((key) => !(key in PERMISSIONS));
  if (unknown.length > 0) {
    throw new SiteError(400, `Unrecognized permission keys: ${unknown.join(', ')}`);
  }
  const granted = permissionsOf(caller);
  return json(200, {
    permissions: Object.fromEntries(
      asked.map((key, i) => [
        key,
        {
          id: String(i),
          key,
          name: key,
          type: PERMISSIONS[key],
          description: '',
          havePermission: granted.has(key),
        },
      ]),
    ),
  });
}

const checkSchema = z.looseObject({
  accountId: z.string().optional(),
  globalPermissions: z.array(z.string()).default([]),
  projectPermissions: z
    .array(
      z.looseObject({
        permissions: z.array(z.string()),
        projects: z.array(z.number()).default([]),
        issues: z.array(z.number()).default([]),
      }),
    )
    .default([]),
});

function checkPermissions(call: SiteCall) {
  const { site, caller } = call;
  const asked = call.body(checkSchema);
  const accountId = asked.accountId ?? call.actor().accountId;
  const other = accountId !== call.actor().accountId;
  // Only Connect apps are documented as exempt; a Forge app is refused too, unless it is granted
  // administration by its scopes, which the host checks.
  if (other && !isJiraAdmin(caller) && !isApp(caller)) {
    throw new SiteError(403, 'Only Jira administrators can perform this operation.');
  }
  const account = site.people.find(accountId);
  const granted = permissionsOf({ principal: { kind: 'user', accountId }, account });
  return json(200, {
    globalPermissions: asked.globalPermissions.filter((key) => granted.has(key)),
    projectPermissions: asked.projectPermissions.flatMap(({ permissions, projects, issues }) =>
      permissions
        .filter((key) => granted.has(key))
        .map((permission) => ({
          permission,
          issues: issues.filter((id) => site.state.issues[String(id)]),
          projects: projects.filter((id) => findProject(site, String(id))),
        })),
    ),
  });
}
