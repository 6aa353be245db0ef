/** `/rest/api/3/project` and `/rest/api/3/workflows`. */
import { z } from 'zod';
import { empty, json } from '../../kit/routes';
import type { Project, Workflow } from '../configuration';
import { findProject, liveProjects } from '../context';
import type { Door, SiteCall } from '../door';
import { SiteError } from '../errors';
import { deleteProject } from '../issues';
import { uuidOf } from '../people';
import { demandJiraAdmin, isJiraAdmin, worksHere } from '../permissions';
import { issueTypeJson, projectJson, statusJson } from '../shapes';

export function projectRoutes(door: Door): void {
  door.platform('GET', '/rest/api/3/project/search', search);
  door.platform('GET', '/rest/api/3/project/:project', (call) => {
    const project = projectOf(call);
    call.cost(1);
    return json(200, {
      ...projectJson(call.site, project),
      expand: 'description,lead,issueTypes,url,projectKeys,permissions,insight',
      description: '',
      issueTypes: project.issueTypes.map((type) => issueTypeJson(call.site, type)),
      components: [],
      versions: [],
      roles: {},
      isPrivate: false,
    });
  });
  door.platform('GET', '/rest/api/3/project/:project/statuses', (call) =>
    json(
      200,
      projectOf(call).issueTypes.map((type) => ({
        self: `${call.site.baseUrl}/rest/api/3/issuetype/${type.id}`,
        id: type.id,
        name: type.name,
        subtask: type.subtask === true,
        statuses: type.workflow.statuses.map((status) => statusJson(call.site, status)),
      })),
    ),
  );
  door.platform('DELETE', '/rest/api/3/project/:project', (call) => {
    const project = projectOf(call);
    if (!isJiraAdmin(call.caller)) {
      throw new SiteError(404, `No project could be found with key '${project.key}'.`);
    }
    deleteProject(call.site, project);
    return empty();
  });
  door.platform('POST', '/rest/api/3/workflows', workflows);
}

function projectOf(call: SiteCall): Project {
  const idOrKey = call.param('project');
  const project = worksHere(call.caller) ? findProject(call.site, idOrKey) : undefined;
  if (!project) throw new SiteError(404, `No project could be found with key '${idOrKey}'.`);
  return project;
}

function search(call: SiteCall) {
  const { site, req, caller } = call;
  const query = (req.query.get('query') ?? '').toLowerCase();
  const typeKey = req.query.get('typeKey');
  const startAt = Number(req.query.get('startAt') ?? 0);
  const maxResults = Math.min(100, Number(req.query.get('maxResults') ?? 50));
  const found = (worksHere(caller) ? liveProjects(site) : []).filter(
    (project) =>
      (typeKey === null || typeKey.split(',').includes(project.typeKey)) &&
      `${project.key} ${project.name}`.toLowerCase().includes(query),
  );
  const values = found.slice(startAt, startAt + maxResults);
  call.cost(values.length);
  return json(200, {
    self: `${site.baseUrl}/rest/api/3/project/search?startAt=${startAt}&maxResults=${maxResults}`,
    maxResults,
    startAt,
    total: found.length,
    isLast: startAt + maxResults >= found.length,
    values: values.map((project) => projectJson(site, project)),
  });
}

const workflowsSchema = z.looseObject({
  projectAndIssueTypes: z
    .array(z.looseObject({ projectId: z.string(), issueTypeId: z.string() }))
    .default([]),
});

/** For administrators: the only place where an approval step's configuration can be read. */
function workflows(call: SiteCall) {
  demandJiraAdmin(call.caller);
  const { projectAndIssueTypes } = call.body(workflowsSchema);
  const asked = projectAndIssueTypes.flatMap(({ projectId, issueTypeId }) => {
    const project = findProject(call.site, projectId);
    const type = project?.issueTypes.find((candidate) => candidate.id === issueTypeId);
    return type ? [type.workflow] : [];
  });
  const statuses = new Map(asked.flatMap((w) => w.statuses).map((status) => [status.id, status]));
  return json(200, {
    statuses: [...statuses.values()].map((status) => ({
      id: status.id,
      name: status.name,
      description: '',
      statusReference: uuidOf(status.id),
      statusCategory: { new: 'TODO', indeterminate: 'IN_PROGRESS', done: 'DONE' }[status.category],
      scope: { type: 'GLOBAL' },
    })),
    workflows: asked.map((workflow) => workflowJson(call, workflow)),
  });
}

function workflowJson(call: SiteCall, workflow: Workflow) {
  const fields = call.site.configuration.system;
  return {
    id: workflow.id,
    name: workflow.name,
    description: '',
    isEditable: true,
    scope: { type: 'GLOBAL' },
    version: { id: uuidOf(workflow.id), versionNumber: 1 },
    statuses: workflow.statuses.map((status) => {
      const step = workflow.approvals[status.id];
      return {
        statusReference: uuidOf(status.id),
        deprecated: false,
        properties: {},
        ...(step && {
          approvalConfiguration: {
            active: 'true',
            conditionType: step.conditionType,
            conditionValue: String(step.conditionValue),
            exclude: step.exclude,
            fieldId: fields[step.field].id,
            transitionApproved: step.transitionApproved,
            transitionRejected: step.transitionRejected,
          },
        }),
      };
    }),
    transitions: workflow.transitions.map((transition) => ({
      id: transition.id,
      name: transition.name,
      description: '',
      type: transition.from === 'any' ? 'GLOBAL' : 'DIRECTED',
      toStatusReference: uuidOf(transition.to),
      links:
        transition.from === 'any'
          ? []
          : transition.from.map((from) => ({ fromStatusReference: uuidOf(from) })),
      actions: [],
      validators: [],
      triggers: [],
      properties: {},
      ...(transition.blockedByApproval && {
        conditions: {
          operation: 'ALL',
          conditionGroups: [],
          conditions: [{ ruleKey: 'system:block-in-progress-approval', parameters: {} }],
        },
      }),
    })),
  };
}
