/** `/rest/api/3/issue/{issue}/transitions`. */
import { z } from 'zod';
import { empty, json } from '../../kit/routes';
import type { Door, SiteCall } from '../door';
import { refuseFields, SiteError } from '../errors';
import { notSettable, readProperties } from '../field-input';
import { setProperty } from '../issues';
import { availableTransitions, demandTransition, runTransition } from '../transitions';
import { transitionJson } from './transition-json';

export function transitionRoutes(door: Door): void {
  door.platform('GET', '/rest/api/3/issue/:issue/transitions', (call) => {
    const issue = call.issue();
    const wanted = call.req.query.get('transitionId');
    const transitions = availableTransitions(call.site, call.caller, issue)
      .filter((transition) => wanted === null || transition.id === wanted)
      .map((transition) => transitionJson(call.site, issue, transition));
    call.cost(1);
    return json(200, { expand: 'transitions', transitions });
  });
  door.platform('POST', '/rest/api/3/issue/:issue/transitions', transit);
}

const bodySchema = z.looseObject({
  transition: z.looseObject({ id: z.union([z.string(), z.number()]).optional() }).optional(),
  fields: z.record(z.string(), z.unknown()).default({}),
  update: z.record(z.string(), z.unknown()).default({}),
  properties: z.array(z.looseObject({ key: z.string(), value: z.unknown() })).default([]),
});

function transit(call: SiteCall) {
  const { site, caller } = call;
  const issue = call.issue();
  const body = call.body(bodySchema);
  call.write(issue);
  const id = body.transition?.id;
  if (id === undefined) throw new SiteError(400, 'Missing transition identifier');
  const transition = demandTransition(site, caller, issue, String(id));
  const unscreened = [...Object.keys(body.fields), ...Object.keys(body.update)];
  if (unscreened.length > 0) {
    throw refuseFields(Object.fromEntries(unscreened.map((field) => [field, notSettable(field)])));
  }
  const properties = readProperties(body.properties);
  runTransition(site, issue, transition, call.actor());
  for (const [key, value] of Object.entries(properties)) setProperty(site, issue, key, value);
  return empty();
}
