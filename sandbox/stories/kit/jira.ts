/** A Jira site as its people use it: portal, service desk API and platform API, with basic auth. */
import { z } from 'zod';
import type { Person } from './control';
import { demand, type Sending, type Sent, StoryStopped, send } from './http';

const desksSchema = z.object({
  values: z.array(z.object({ id: z.string(), projectKey: z.string() })),
});
const typesSchema = z.object({ values: z.array(z.object({ id: z.string(), name: z.string() })) });
const waysSchema = z.object({
  transitions: z.array(z.object({ id: z.string(), to: z.object({ name: z.string() }) })),
});
const fieldsSchema = z.object({
  requestTypeFields: z.array(z.object({ fieldId: z.string(), name: z.string() })),
});

/** Where access is asked for in one project. */
export interface Desk {
  readonly deskId: string;
  readonly typeId: string;
  /** Field ids by the names people see. */
  readonly fields: Readonly<Record<string, string>>;
}

export class Jira {
  readonly url: string;
  readonly #people: () => Promise<readonly Person[]>;

  constructor(url: string, people: () => Promise<readonly Person[]>) {
    this.url = url;
    this.#people = people;
  }

  async person(key: string): Promise<Person> {
    const known = (await this.#people()).find((one) => one.key === key);
    if (!known) throw new StoryStopped(`the world has no ${key}`);
    return known;
  }

  async accountId(key: string): Promise<string> {
    const { accountId } = await this.person(key);
    if (accountId === undefined) throw new StoryStopped(`${key} has no Jira account`);
    return accountId;
  }

  async as(key: string, method: string, path: string, what: Sending = {}): Promise<Sent> {
    const { email, password } = await this.person(key);
    const basic = Buffer.from(`${email}:${password}`).toString('base64');
    const headers = { authorization: `Basic ${basic}`, ...what.headers };
    return send(method, this.url + path, { ...what, headers });
  }

  /** Moves any issue, an incident or a sub-task too, as somebody who works there does. */
  async move(key: string, issue: string, status: string): Promise<void> {
    const path = `/rest/api/3/issue/${issue}/transitions`;
    const { transitions } = waysSchema.parse(
      demand(await this.as(key, 'GET', path), 200, `ways out of ${issue}`).body,
    );
    const way = transitions.find(({ to }) => to.name === status);
    if (!way) throw new StoryStopped(`${key} cannot move ${issue} to ${status}`);
    const json = { transition: { id: way.id } };
    demand(await this.as(key, 'POST', path, { json }), 204, `${issue} to ${status}`);
  }

  /** What the request form of a project looks like to a person. */
  async desk(key: string, project: string): Promise<Desk> {
    const base = '/rest/servicedeskapi/servicedesk';
    const get = async (path: string) => demand(await this.as(key, 'GET', path), 200, path).body;
    const desk = desksSchema.parse(await get(base)).values.find((d) => d.projectKey === project);
    if (!desk) throw new StoryStopped(`there is no service desk ${project}`);
    const types = typesSchema.parse(await get(`${base}/${desk.id}/requesttype`)).values;
    const type = types.find(({ name }) => /access/i.test(name));
    if (!type) throw new StoryStopped(`${project} offers no access requests`);
    const { requestTypeFields } = fieldsSchema.parse(
      await get(`${base}/${desk.id}/requesttype/${type.id}/field`),
    );
    const fields = Object.fromEntries(requestTypeFields.map((f) => [f.name, f.fieldId]));
    return { deskId: desk.id, typeId: type.id, fields };
  }
}
