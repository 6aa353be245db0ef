/** `/rest/api/3/issue/{issue}/properties`: readable and writable by everybody who may edit. */
import type { Reply } from '../../kit/message';
import { empty, json } from '../../kit/routes';
import type { Door, SiteCall } from '../door';
import { SiteError } from '../errors';
import { checkProperty } from '../field-input';
import { deleteProperty, setProperty } from '../issues';

export function propertyRoutes(door: Door): void {
  const path = '/rest/api/3/issue/:issue/properties';
  door.platform('GET', path, (call) => {
    const issue = call.issue();
    return json(200, {
      keys: Object.keys(issue.properties).map((key) => ({
        self: `${call.site.baseUrl}/rest/api/3/issue/${issue.id}/properties/${encodeURIComponent(key)}`,
        key,
      })),
    });
  });
  door.platform('GET', `${path}/:key`, (call) => {
    const { key, value } = held(call);
    call.cost(1);
    return json(200, { key, value });
  });
  door.platform('PUT', `${path}/:key`, put);
  door.platform('DELETE', `${path}/:key`, (call) => {
    const issue = call.issue();
    const { key } = held(call);
    call.write(issue);
    deleteProperty(call.site, issue, key);
    return empty();
  });
}

function put(call: SiteCall): Reply {
  const issue = call.issue();
  const key = call.param('key');
  const value = call.req.json();
  checkProperty(key, value);
  call.write(issue);
  return { status: setProperty(call.site, issue, key, value) === 'created' ? 201 : 200 };
}

function held(call: SiteCall): { key: string; value: unknown } {
  const key = call.param('key');
  const { properties } = call.issue();
  if (!(key in properties)) {
    throw new SiteError(404, `The property with key '${key}' does not exist.`);
  }
  return { key, value: properties[key] };
}
