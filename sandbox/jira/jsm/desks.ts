/** `/rest/servicedeskapi`: the desk, its request types and their fields. */
import { json } from '../../kit/routes';
import type { Project, RequestType } from '../configuration';
import { FIELD_SCHEMAS } from '../configuration';
import { deskById, liveDesks } from '../context';
import { deskDate } from '../dates';
import { deskApi, page, requestTypeJson, serviceDeskJson } from '../desk-shapes';
import type { Door, SiteCall } from '../door';
import { SiteError } from '../errors';
import { isProjectAdmin, worksHere } from '../permissions';
import { fieldSchema } from '../shapes';

const BASE = '/rest/servicedeskapi';

export function deskRoutes(door: Door): void {
  door.desk('GET', `${BASE}/info`, info, { open: true });
  door.desk('GET', `${BASE}/servicedesk`, (call) =>
    paged(
      call,
      '/servicedesk',
      liveDesks(call.site).map((p) => serviceDeskJson(call.site, p)),
    ),
  );
  door.desk('GET', `${BASE}/servicedesk/:desk`, (call) =>
    json(200, serviceDeskJson(call.site, deskById(call.site, call.param('desk')))),
  );
  door.desk('GET', `${BASE}/servicedesk/:desk/requesttype`, (call) => {
    const project = deskById(call.site, call.param('desk'));
    const path = `/servicedesk/${project.serviceDeskId}/requesttype`;
    return paged(call, path, requestTypes(call, [project]));
  });
  door.desk('GET', `${BASE}/requesttype`, (call) => {
    const wanted = call.req.query.getAll('serviceDeskId');
    const projects = liveDesks(call.site).filter(
      (p) => wanted.length === 0 || wanted.includes(p.serviceDeskId),
    );
    return paged(call, '/requesttype', requestTypes(call, projects));
  });
  door.desk('GET', `${BASE}/servicedesk/:desk/requesttype/:type/field`, fields);
}

const paged = (call: SiteCall, path: string, values: unknown[]) => {
  const reply = page(call.site, call.req.query, { path, values });
  call.cost(reply.size);
  return json(200, reply);
};

function requestTypes(call: SiteCall, projects: readonly Project[]) {
  const query = (call.req.query.get('searchQuery') ?? '').toLowerCase();
  return projects.flatMap((project) =>
    project.requestTypes
      .filter((type) => `${type.name} ${type.description}`.toLowerCase().includes(query))
      .map((type) => requestTypeJson(call.site, project, type)),
  );
}

function info({ site }: SiteCall) {
  return json(200, {
    version: '5.20.0-SNAPSHOT',
    platformVersion: '1001.0.0-SNAPSHOT',
    buildDate: deskDate(Date.UTC(2026, 10, 2)),
    buildChangeSet: 'sandbox',
    isLicensedForUse: true,
    _links: { self: `${deskApi(site)}/info` },
  });
}

export function requestTypeById(project: Project, id: string): RequestType {
  const type = project.requestTypes.find((candidate) => candidate.id === id);
  if (!type) throw new SiteError(404, 'The request type does not exist.');
  return type;
}

function fields(call: SiteCall) {
  const { site, caller } = call;
  const project = deskById(site, call.param('desk'));
  const type = requestTypeById(project, call.param('type'));
  const shown = type.fields.map(({ id, label, required }) => {
    const custom = site.configuration.fields.find((field) => field.id === id);
    return {
      fieldId: id,
      name: label,
      description: '',
      required,
      visible: true,
      defaultValues: [],
      presetValues: [],
      validValues: [],
      jiraSchema: custom ? fieldSchema(custom) : { type: 'string', system: id },
    };
  });
  const { approvers } = site.configuration.system;
  const hidden =
    approvers.projects.includes(project.key) &&
    isProjectAdmin(caller) &&
    (call.req.query.get('expand') ?? '').includes('hiddenFields')
      ? [
          {
            fieldId: approvers.id,
            name: approvers.name,
            description: approvers.description,
            required: false,
            visible: false,
            defaultValues: [],
            presetValues: [...type.defaultApprovers],
            validValues: [],
            jiraSchema: { ...fieldSchema(approvers), type: FIELD_SCHEMAS.users.type },
          },
        ]
      : [];
  return json(200, {
    requestTypeFields: [...shown, ...hidden],
    canRaiseOnBehalfOf: worksHere(caller),
    canAddRequestParticipants: worksHere(caller),
  });
}
