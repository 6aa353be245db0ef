/** What every part of the site works with. */
import type { SandboxClock } from '../kit/clock';
import type { Random } from '../kit/random';
import type { Profile } from '../profile';
import type { Configuration, CustomField, Project, RequestType, Workflow } from './configuration';
import { workflowOf } from './configuration';
import { noIssue, SiteError } from './errors';
import type { Actor, People } from './people';
import type { IssueState, SiteState } from './state';

/** An event's payload as Forge delivers it, without `selfGenerated`, which depends on the reader. */
export interface SiteEvent {
  readonly eventType: string;
  readonly [field: string]: unknown;
}

export interface SiteContext {
  readonly name: string;
  readonly cloudId: string;
  readonly baseUrl: string;
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly profile: Profile;
  readonly configuration: Configuration;
  readonly people: People;
  /** The state is put back whole, so nobody keeps a piece of it. */
  readonly state: SiteState;
  emit(event: SiteEvent, by: Actor): void;
}

export function newId(site: SiteContext): string {
  return String(++site.state.nextId);
}

/** By id, key, or a key it had before it was moved; `undefined` when there is none. */
export function lookUp(site: SiteContext, idOrKey: string): IssueState | undefined {
  const direct = site.state.issues[idOrKey];
  if (direct) return direct;
  const key = idOrKey.toUpperCase();
  return Object.values(site.state.issues).find(
    (issue) => issue.key === key || issue.previousKeys.includes(key),
  );
}

export function liveProjects(site: SiteContext): Project[] {
  return site.configuration.projects.filter(
    (project) => !site.state.deletedProjects.includes(project.key),
  );
}

/** The projects that have a service desk and a portal. */
export const liveDesks = (site: SiteContext): Project[] =>
  liveProjects(site).filter((project) => project.typeKey === 'service_desk');

export function findProject(site: SiteContext, idOrKey: string): Project | undefined {
  const key = idOrKey.toUpperCase();
  return liveProjects(site).find((project) => project.id === idOrKey || project.key === key);
}

export function projectOf(site: SiteContext, issue: IssueState): Project {
  const project = findProject(site, issue.projectKey);
  if (!project) throw noIssue();
  return project;
}

export function workflowFor(site: SiteContext, issue: IssueState): Workflow {
  return workflowOf(projectOf(site, issue), issue.issueTypeId);
}

export function requestTypeOf(site: SiteContext, issue: IssueState): RequestType | undefined {
  return projectOf(site, issue).requestTypes.find((type) => type.id === issue.requestTypeId);
}

export function deskById(site: SiteContext, serviceDeskId: string): Project {
  const project = liveDesks(site).find((p) => p.serviceDeskId === serviceDeskId);
  if (!project) throw new SiteError(404, 'The service desk does not exist.');
  return project;
}

/** Custom fields that issues of the project have. */
export function fieldsOf(site: SiteContext, projectKey: string): CustomField[] {
  return site.configuration.fields.filter((field) => field.projects.includes(projectKey));
}
