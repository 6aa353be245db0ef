/** How the site is set up: fields, statuses, projects and request types. */
import { route } from '@forge/api';
import * as z from 'zod/mini';
import { type Failure, ok, type Result } from '../shared/result';
import type { JiraClient } from './client';
import { readAll, servicePage } from './pages';

const fieldSchema = z.object({
  id: z.string(),
  name: z.string(),
  schema: z.nullish(z.object({ custom: z.nullish(z.string()) })),
  description: z.nullish(z.string()),
});

export async function readFields(client: JiraClient) {
  const read = await client.ask({
    path: route`/rest/api/3/field`,
    answer: z.array(fieldSchema),
  });
  if (!read.ok) return read;
  return ok(
    read.value.map(({ id, name, schema, description }) => ({
      id,
      name,
      custom: schema?.custom ?? undefined,
      ...(description && { description }),
    })),
  );
}

const workTypeSchema = z.object({
  statuses: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      statusCategory: z.nullish(z.object({ key: z.string() })),
    }),
  ),
});

/** Statuses of all work types of the project, each once. */
export async function readStatuses(client: JiraClient, projectId: string) {
  const read = await client.ask({
    path: route`/rest/api/3/project/${projectId}/statuses`,
    answer: z.array(workTypeSchema),
  });
  if (!read.ok) return read;
  const statuses = read.value.flatMap((type) => type.statuses);
  return ok(
    [...new Map(statuses.map((status) => [status.id, status])).values()].map((status) => ({
      id: status.id,
      name: status.name,
      ...(status.statusCategory && { category: status.statusCategory.key }),
    })),
  );
}

export function readProject(client: JiraClient, idOrKey: string) {
  return client.ask({
    path: route`/rest/api/3/project/${idOrKey}`,
    answer: z.object({ id: z.string(), key: z.string(), name: z.string() }),
  });
}

const deskSchema = z.object({ id: z.string(), projectKey: z.string() });
const requestTypeSchema = z.object({ id: z.string(), name: z.string(), serviceDeskId: z.string() });

/** Empty when the project is no service project, or has no request types. */
export async function readRequestTypes(
  client: JiraClient,
  projectKey: string,
): Promise<Result<readonly z.infer<typeof requestTypeSchema>[], Failure>> {
  const desks = await readAll(
    client,
    (start) => route`/rest/servicedeskapi/servicedesk?start=${start}&limit=${100}`,
    servicePage(deskSchema),
  );
  if (!desks.ok) return desks;
  const desk = desks.value.find((candidate) => candidate.projectKey === projectKey);
  if (!desk) return ok([]);
  return readAll(
    client,
    (start) =>
      route`/rest/servicedeskapi/servicedesk/${desk.id}/requesttype?start=${start}&limit=${100}`,
    servicePage(requestTypeSchema),
  );
}
