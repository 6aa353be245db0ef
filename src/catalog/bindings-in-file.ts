/**
 * Bindings of a file on this site. Ids belong to one site, so each stands beside its name: the id
 * counts where this site calls it the same, else the one thing that bears the name.
 */
import type { Jira } from '../jira/port';
import type { ProblemLine } from './model/change-set';
import type { BindingInFile, Named } from './model/configuration';
import type { Binding } from './model/settings';
import { REQUEST_TYPE } from './site';

interface Read {
  readonly bindings: Binding[];
  readonly requestTypeField?: string;
  readonly problems: ProblemLine[];
}

type Known = readonly { readonly id: string; readonly name: string }[];

export async function bindingsOf(
  jira: Pick<Jira, 'fields' | 'project' | 'requestTypes' | 'statuses'>,
  given: readonly BindingInFile[],
): Promise<Read> {
  if (given.length === 0) return { bindings: [], problems: [] };
  const fields = await jira.fields();
  if (!fields.ok)
    return {
      bindings: [],
      problems: [{ at: 'bindings', sentence: 'The fields of the site could not be read.' }],
    };
  const requestTypeField = fields.value.find((field) => field.custom === REQUEST_TYPE)?.id;
  const problems: ProblemLine[] = [];
  const bindings: Binding[] = [];
  for (const [n, one] of given.entries()) {
    const at = `bindings[${n}]`;
    const find = (known: Known, wanted: Named, path: string): string => {
      const id = meant(known, wanted);
      if (id === undefined)
        problems.push({
          at: `${at}.${path}`,
          sentence: `This site has nothing, or more than one, called "${wanted.name}" here.`,
        });
      return id ?? '';
    };
    const all = (known: Known, wanted: object, path: string) =>
      Object.fromEntries(
        Object.entries(wanted as Record<string, Named | undefined>).flatMap(([name, which]) =>
          which ? [[name, find(known, which, `${path}.${name}`)]] : [],
        ),
      );
    const project = await jira.project(one.project);
    if (!project.ok) {
      problems.push({
        at: `${at}.project`,
        sentence: `Jira has no project "${one.project}", or the app may not see it.`,
      });
      continue;
    }
    const types = await jira.requestTypes(project.value.key);
    const statuses = await jira.statuses(project.value.id);
    if (!types.ok || !statuses.ok) {
      problems.push({
        at: `${at}.project`,
        sentence: 'The request types or statuses of the project could not be read.',
      });
      continue;
    }
    const { project: _, requestTypes, statuses: asked, fields: named, steps, ...rest } = one;
    bindings.push({
      ...rest,
      projectId: project.value.id,
      projectKey: project.value.key,
      requestTypeIds: requestTypes.map((t, i) => find(types.value, t, `requestTypes[${i}]`)),
      statuses: all(statuses.value, asked, 'statuses') as Binding['statuses'],
      fields: all(fields.value, named, 'fields') as Binding['fields'],
      ...(steps && {
        steps: steps.map(({ status, approvers }, i) => ({
          status: find(statuses.value, status, `steps[${i}].status`),
          ...(approvers && {
            approvers: find(fields.value, approvers, `steps[${i}].approvers`),
          }),
        })),
      }),
    });
  }
  problems.push(...doubles(bindings));
  return { bindings, problems, ...(requestTypeField !== undefined && { requestTypeField }) };
}

/** One request type belongs to one binding. */
function doubles(bindings: readonly Binding[]): ProblemLine[] {
  const seen = new Set<string>();
  return bindings.flatMap(({ id, projectId, requestTypeIds }, n) => {
    const own = [id, ...requestTypeIds.filter((t) => t !== '').map((t) => `${projectId}/${t}`)];
    const twice = own.some((key) => seen.has(key));
    for (const key of own) seen.add(key);
    const sentence = 'The id or a request type of this binding is in another binding of the file.';
    return twice ? [{ at: `bindings[${n}]`, sentence }] : [];
  });
}

function meant(known: Known, { id, name }: Named): string | undefined {
  if (known.some((one) => one.id === id && one.name === name)) return id;
  const called = known.filter((one) => one.name === name);
  return called.length === 1 ? called[0]?.id : undefined;
}

/** The other way: what stands, with the names that this site has for it. */
export async function bindingsToFile(
  jira: Pick<Jira, 'fields' | 'requestTypes' | 'statuses'>,
  bindings: readonly Binding[],
): Promise<{ bindings: BindingInFile[]; unread: string[] }> {
  const fields = bindings.length > 0 ? await jira.fields() : undefined;
  const done: BindingInFile[] = [];
  const unread: string[] = [];
  for (const {
    projectId,
    projectKey,
    requestTypeIds,
    statuses,
    fields: ids,
    steps,
    // What was seen of the workflow, not what somebody set.
    wayBack: _,
    ...rest
  } of bindings) {
    const types = await jira.requestTypes(projectKey);
    const known = await jira.statuses(projectId);
    if (!fields?.ok || !types.ok || !known.ok) {
      unread.push(rest.id);
      continue;
    }
    done.push({
      ...rest,
      project: projectKey,
      requestTypes: requestTypeIds
        .map((id) => nameOf(types.value, id))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
      statuses: each(known.value, statuses) as BindingInFile['statuses'],
      fields: each(fields.value, ids) as BindingInFile['fields'],
      ...(steps && {
        steps: steps.map(({ status, approvers }) => ({
          status: nameOf(known.value, status),
          ...(approvers !== undefined && { approvers: nameOf(fields.value, approvers) }),
        })),
      }),
    });
  }
  return { bindings: done, unread };
}

const nameOf = (known: Known, id: string): Named => ({
  id,
  name: known.find((one) => one.id === id)?.name ?? '',
});

const each = (known: Known, ids: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(ids).flatMap(([key, id]) =>
      id === undefined ? [] : [[key, nameOf(known, id)]],
    ),
  );
