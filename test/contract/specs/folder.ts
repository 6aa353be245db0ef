/** Where the official descriptions of the APIs lie. They are not ours to ship, so they may be absent. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FILES = {
  jira: 'jira-platform.openapi.json',
  jsm: 'jsm.openapi.json',
  okta: 'okta-management.openapi.json',
  graph: 'msgraph-v1.0-subset.openapi.json',
  directory: 'google-admin-directory_v1.discovery.json',
  reports: 'google-admin-reports_v1.discovery.json',
  cloudIdentity: 'google-cloudidentity_v1.discovery.json',
} as const;

export type Api = keyof typeof FILES;

const ROOT = path.resolve(import.meta.dirname, '../../..');

export const specFolder = path.resolve(
  ROOT,
  process.env['API_SPECS'] || path.join('..', 'shared', 'specs'),
);

/** Names of the files that are not in the folder; empty means that everything can be checked. */
export const missingSpecs = Object.values(FILES).filter(
  (file) => !existsSync(path.join(specFolder, file)),
);

/** For whoever reads the output of a run in which nothing could be checked. */
export const whyUnchecked =
  missingSpecs.length === 0
    ? undefined
    : `Calls are NOT checked against the official API descriptions: ${specFolder} lacks ` +
      `${missingSpecs.join(', ')}. Put them there, or name their folder in API_SPECS.`;

export function readSpec(api: Api): unknown {
  return JSON.parse(readFileSync(path.join(specFolder, FILES[api]), 'utf8'));
}
