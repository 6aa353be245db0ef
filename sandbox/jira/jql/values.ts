/** What the fields of a query stand for: how to read one from the index, and which values exist. */
import type { SiteContext } from '../context';
import { liveProjects, lookUp } from '../context';
import { SiteError } from '../errors';
import type { IndexedIssue } from '../state';
import type { Operand } from './parse';

/** `undefined` is "empty". */
export type Value = string | number | undefined;

export interface Searchable {
  readonly type: 'text' | 'date' | 'number';
  read(issueId: string, known: IndexedIssue): Value;
  /** All stored values that an operand stands for; throws when there is no such value. */
  resolve(operand: Operand): Value[];
}

export interface Asking {
  readonly site: SiteContext;
  readonly field: string;
  /** For `currentUser()`. */
  readonly accountId: string;
}

export function searchable(asking: Asking): Searchable {
  const { site, field } = asking;
  const name = field.toLowerCase();
  const property = propertyField(asking);
  if (property) return property;
  switch (name) {
    case 'project':
      return text(asking, (_, known) => known.projectKey, projectKeys);
    case 'status':
      return text(asking, (_, known) => known.statusId, statusIds);
    case 'statuscategory':
      return text(asking, (_, known) => categoryOf(site, known), categories);
    case 'key':
    case 'issuekey':
    case 'issue':
    case 'id':
      return text(asking, (issueId) => issueId, issueIds);
    case 'issuetype':
    case 'type':
      return text(asking, (_, known) => known.issueTypeId, issueTypeIds);
    case 'reporter':
      return text(
        asking,
        (_, known) => known.reporter,
        (_, given) => [given],
      );
    case 'created':
    case 'createddate':
      return date(asking, (_, known) => known.created);
    case 'updated':
    case 'updateddate':
      return date(asking, (_, known) => known.updated);
    default:
      break;
  }
  const custom = site.configuration.system.requestType;
  if (name === custom.name.toLowerCase() || name === `cf[${custom.id.slice(12)}]`) {
    return text(asking, (_, known) => known.requestTypeId, requestTypeIds);
  }
  throw new SiteError(
    400,
    `Field '${field}' does not exist or you do not have permission to view it.`,
  );
}

type Resolve = (site: SiteContext, given: string) => string[];

const noValue = (field: string, given: string): SiteError =>
  new SiteError(400, `The value '${given}' does not exist for the field '${field}'.`);

function text(asking: Asking, read: Searchable['read'], resolve: Resolve): Searchable {
  return {
    type: 'text',
    read,
    resolve(operand) {
      if (operand.kind === 'empty') return [undefined];
      const given = textOf(asking, operand);
      const found = resolve(asking.site, given);
      if (found.length === 0) throw noValue(asking.field, given);
      return found;
    },
  };
}

function date(asking: Asking, read: Searchable['read']): Searchable {
  return {
    type: 'date',
    read,
    resolve: (operand) => [operand.kind === 'empty' ? undefined : dateOf(asking, operand)],
  };
}

function textOf(asking: Asking, operand: Operand): string {
  if (operand.kind === 'value') return operand.text;
  if (operand.kind === 'call' && operand.name.toLowerCase() === 'currentuser') {
    return asking.accountId;
  }
  throw new SiteError(400, `The operand is not supported by the field '${asking.field}'.`);
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const projectKeys: Resolve = (site, given) =>
  liveProjects(site)
    .filter((p) => same(p.key, given) || same(p.name, given) || p.id === given)
    .map((p) => p.key);

/** One name can mean several statuses: team-managed projects have their own. */
const statusIds: Resolve = (site, given) => [
  ...new Set(
    allStatuses(site)
      .filter((status) => status.id === given || same(status.name, given))
      .map((status) => status.id),
  ),
];

const allStatuses = (site: SiteContext) =>
  liveProjects(site).flatMap((p) => p.issueTypes.flatMap((type) => type.workflow.statuses));

const CATEGORY_NAMES: Record<string, string> = {
  'to do': 'new',
  'in progress': 'indeterminate',
  done: 'done',
  new: 'new',
  indeterminate: 'indeterminate',
};
const categories: Resolve = (_, given) => {
  const key = CATEGORY_NAMES[given.toLowerCase()];
  return key === undefined ? [] : [key];
};
const categoryOf = (site: SiteContext, known: IndexedIssue) =>
  allStatuses(site).find((status) => status.id === known.statusId)?.category;

const issueIds: Resolve = (site, given) => {
  const issue = lookUp(site, given);
  if (issue) return [issue.id];
  throw new SiteError(400, `An issue with key '${given}' does not exist for field 'key'.`);
};

const issueTypeIds: Resolve = (site, given) =>
  liveProjects(site)
    .flatMap((p) => p.issueTypes)
    .filter((type) => type.id === given || same(type.name, given))
    .map((type) => type.id);

const requestTypeIds: Resolve = (site, given) =>
  liveProjects(site).flatMap((p) =>
    p.requestTypes
      .filter((type) => same(type.name, given) || same(`${type.name} (${p.key})`, given))
      .map((type) => type.id),
  );

/** `issue.property[key].path`, or an alias; only what an installed app declared is indexed. */
function propertyField(asking: Asking): Searchable | undefined {
  const { site, field } = asking;
  const direct = /^issue\.property\[\s*["']?([^\]"']+)["']?\s*\]\.(.+)$/i.exec(field);
  const declared = site.state.apps
    .filter((app) => !app.removed)
    .flatMap((app) => app.searchable)
    .find((entry) =>
      direct ? entry.propertyKey === direct[1] && entry.path === direct[2] : entry.alias === field,
    );
  if (!declared) return undefined;
  const read: Searchable['read'] = (_, known) => {
    const value = at(known.properties[declared.propertyKey], declared.path);
    if (declared.type === 'date') return typeof value === 'string' ? Date.parse(value) : undefined;
    return typeof value === 'string' || typeof value === 'number' ? value : undefined;
  };
  if (declared.type === 'date') return date(asking, read);
  if (declared.type === 'number') {
    return {
      type: 'number',
      read,
      resolve: (operand) => [
        operand.kind === 'empty' ? undefined : Number(textOf(asking, operand)),
      ],
    };
  }
  return text(asking, read, (_, given) => [given]);
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (held, name) =>
        typeof held === 'object' && held !== null
          ? (held as Record<string, unknown>)[name]
          : undefined,
      value,
    );
}

const UNIT_MS: Record<string, number> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** Relative (`-7d`), absolute, or one of the functions; the site's time zone is UTC. */
function dateOf({ site, field }: Asking, operand: Operand): number {
  const now = site.clock.now();
  if (operand.kind === 'call') {
    const day = Math.floor(now / 86_400_000) * 86_400_000;
    const shift = operand.args[0] === undefined ? 0 : (relative(operand.args[0]) ?? 0);
    switch (operand.name.toLowerCase()) {
      case 'now':
        return now;
      case 'startofday':
        return day + shift;
      case 'endofday':
        return day + 86_400_000 - 1 + shift;
      default:
        throw new SiteError(400, `Unable to find JQL function '${operand.name}()'.`);
    }
  }
  const given = operand.kind === 'value' ? operand.text : '';
  const shift = relative(given);
  if (shift !== undefined) return now + shift;
  if (/^\d{10,}$/.test(given)) return Number(given);
  const iso = given.replace(/\//g, '-').replace(' ', 'T');
  const parsed = Date.parse(/T/.test(iso) && !/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? `${iso}Z` : iso);
  if (Number.isNaN(parsed)) {
    throw new SiteError(
      400,
      `Date value '${given}' for field '${field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.`,
    );
  }
  return parsed;
}

function relative(given: string): number | undefined {
  const hit = /^([+-]?)(\d+)([mhdw])$/.exec(given);
  if (!hit) return undefined;
  const [, sign, count, unit = 'm'] = hit;
  return (sign === '-' ? -1 : 1) * Number(count) * (UNIT_MS[unit] ?? 0);
}
