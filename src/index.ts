/**
 * Manifest function → handler: the map of the app. Each handler but the first is a chunk of its
 * own, loaded with its first call, so that a trigger does not pay for what only a consumer needs.
 * The trigger itself is part of the entry: it runs most often, and what it needs all others need.
 */
import { onIssue as onIssueEvent } from './entrypoints/triggers';

type Handler = (payload: unknown, context: unknown) => Promise<unknown>;

export const onIssue: Handler = (p) => onIssueEvent(p);
export const onIntake: Handler = async (p, c) => (await consumers()).onIntake(p, c);
export const onGrant: Handler = async (p, c) => (await consumers()).onGrant(p, c);
export const onRevoke: Handler = async (p, c) => (await consumers()).onRevoke(p, c);
export const onDeliver: Handler = async (p, c) => (await consumers()).onDeliver(p, c);
export const onJob: Handler = async (p, c) => (await consumers()).onJob(p, c);
export const onSweep: Handler = async (p, c) =>
  (await import('./entrypoints/schedules')).onSweep(p, c);
export const onHour: Handler = async (p, c) =>
  (await import('./entrypoints/schedules')).onHour(p, c);
export const adminResolver: Handler = async (p, c) =>
  (await import('./entrypoints/resolvers/admin')).adminResolver(p, c);
export const approverResolver: Handler = async (p, c) => (await people()).approverResolver(p, c);
export const portalResolver: Handler = async (p, c) => (await people()).portalResolver(p, c);

const consumers = () => import('./entrypoints/consumers');
const people = () => import('./entrypoints/resolvers/people');
