/** Manifest function → handler: the map of the app. */
export { onDeliver, onGrant, onIntake, onJob, onRevoke } from './entrypoints/consumers';
export { adminResolver } from './entrypoints/resolvers/admin';
export { approverResolver, portalResolver } from './entrypoints/resolvers/people';
export { onSweep } from './entrypoints/schedules';
export { onIssue } from './entrypoints/triggers';
