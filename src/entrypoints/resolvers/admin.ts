/** What the admin page and the page of operators and auditors can do. Every call is checked on the server. */

import { resumeRequest } from '../../approvals/by-hand';
import { adoptName } from '../../catalog/adopt-name';
import {
  ignoreCandidate,
  listAppCandidates,
  listGroupCandidates,
  proposeRoles,
  readSync,
  searchGroups,
  startSync,
} from '../../catalog/candidates';
import { listConnections, saveConnection } from '../../catalog/connect';
import { makeKey } from '../../catalog/connection-credential';
import { testConnection } from '../../catalog/connection-test';
import { removeConnection } from '../../catalog/disconnect';
import { listCatalog, saveApp, saveRole } from '../../catalog/edit';
import { egressOf } from '../../catalog/egress';
import { inspect } from '../../catalog/inspect';
import { readLogos, removeLogo, saveLogo } from '../../catalog/logos';
import { groupCounts } from '../../catalog/nightly';
import { readSite, saveBinding, saveSite } from '../../catalog/site';
import { checkBinding } from '../../catalog/way-back';
import * as input from '../../contracts/admin';
import * as candidates from '../../contracts/candidates';
import * as connection from '../../contracts/connections';
import { findingDismissal, findingPage } from '../../contracts/findings';
import { jobRef } from '../../contracts/jobs';
import { listRequests, readRequest } from '../../evidence/read';
import { dismissFinding, listFindings } from '../../findings/findings';
import { listJobs, showJob } from '../../jobs/read';
import { triageRows } from './by-hand';
import { configurationRows } from './configuration';
import { coverAdminRows } from './covers';
import { type Row, resolver, row, type Table } from './dispatch';
import { killRows } from './emergency';
import { personRows } from './persons';
import { policyRows } from './policy';
import { administrator, auditor, operator } from './rights';

/** Exported so that a test can hold each function to its right. */
export const administration: Table = new Map<string, Row>([
  ['site.read', row(input.nothing, administrator, (app) => readSite(app))],
  [
    'site.save',
    row(input.siteInput, administrator, (app, site, by) => saveSite(app, site, by.accountId)),
  ],
  [
    'bindings.save',
    row(input.bindingInput, administrator, (app, binding, by) =>
      saveBinding(app, binding, by.accountId),
    ),
  ],
  [
    'bindings.check',
    row(input.bindingCheck, administrator, (app, check, by) =>
      checkBinding(app, check, by.accountId),
    ),
  ],
  ['connections.list', row(input.nothing, administrator, (app) => listConnections(app))],
  [
    'connections.save',
    row(connection.connectionInput, administrator, (app, c, by) =>
      saveConnection(app, c, by.accountId),
    ),
  ],
  [
    'connections.test',
    row(connection.connectionRef, administrator, (app, c, by) =>
      testConnection(app, c.id, by.accountId),
    ),
  ],
  [
    'connections.egress',
    row(connection.egressInput, administrator, async (_app, c) => egressOf(c)),
  ],
  [
    'connections.key',
    row(connection.keyInput, administrator, (app, c, by) => makeKey(app, c, by.accountId)),
  ],
  [
    'connections.remove',
    row(connection.connectionRef, administrator, (app, c, by) =>
      removeConnection(app, c.id, by.accountId),
    ),
  ],
  [
    'groups.inspect',
    row(input.groupRef, administrator, (app, g) => inspect(app, g.connection, g.group)),
  ],
  [
    'catalog.list',
    row(input.catalogPage, administrator, (app, page) => listCatalog(app, page ?? {})),
  ],
  [
    'apps.save',
    row(input.appInput, administrator, (app, one, by) => saveApp(app, one, by.accountId)),
  ],
  [
    'roles.save',
    row(input.roleInput, administrator, (app, one, by) => saveRole(app, one, by.accountId)),
  ],
  [
    'requests.list',
    row(input.requestPage, auditor, (app, page) => listRequests(app, page.state, page.cursor)),
  ],
  ['requests.read', row(input.issueRef, auditor, (app, { issueId }) => readRequest(app, issueId))],
  [
    'requests.resume',
    row(input.issueRef, operator, (app, { issueId }, by) =>
      resumeRequest(app, issueId, by.accountId),
    ),
  ],
  ['findings.list', row(findingPage, auditor, (app, page) => listFindings(app, page))],
  [
    'findings.dismiss',
    row(findingDismissal, administrator, (app, { key, reason }, by) =>
      dismissFinding(app, key, reason, by.accountId),
    ),
  ],
  ['jobs.list', row(input.nothing, administrator, (app) => listJobs(app))],
  ['jobs.read', row(jobRef, administrator, (app, { id }) => showJob(app, id))],
  ...configurationRows(administrator),
  ...policyRows(administrator),
  ...killRows,
  ...triageRows,
  ...personRows(administrator),
  ...coverAdminRows(administrator, operator),
  [
    'candidates.apps',
    row(candidates.appCandidatePage, administrator, (app, page) => listAppCandidates(app, page)),
  ],
  [
    'candidates.groups',
    row(candidates.groupCandidatePage, administrator, (app, page) =>
      listGroupCandidates(app, page),
    ),
  ],
  [
    'candidates.ignore',
    row(candidates.candidateChoice, administrator, (app, choice, by) =>
      ignoreCandidate(app, choice, by.accountId),
    ),
  ],
  [
    'candidates.propose',
    row(candidates.proposalFor, administrator, (app, ask) => proposeRoles(app, ask)),
  ],
  [
    'sync.start',
    row(candidates.syncOrder, administrator, (app, ask, by) => startSync(app, ask, by.accountId)),
  ],
  [
    'sync.read',
    row(candidates.syncRef, administrator, (app, ask) => readSync(app, ask.connection)),
  ],
  [
    'groups.search',
    row(candidates.groupSearch, administrator, (app, ask) =>
      searchGroups(app, ask.connection, ask.text),
    ),
  ],
  [
    'groups.adopt-name',
    row(candidates.groupName, administrator, (app, ask, by) =>
      adoptName(app, ask.connection, ask.group, by.accountId),
    ),
  ],
  [
    'groups.counts',
    row(candidates.groupName, administrator, (app, ask) =>
      groupCounts(app, ask.connection, ask.group),
    ),
  ],
  [
    'apps.logo',
    row(candidates.logoInput, administrator, (app, logo, by) => saveLogo(app, logo, by.accountId)),
  ],
  [
    'apps.logo.remove',
    row(candidates.logoRef, administrator, (app, ref, by) =>
      removeLogo(app, ref.app, by.accountId),
    ),
  ],
  ['apps.logos', row(candidates.logosOf, administrator, (app, ask) => readLogos(app, ask.apps))],
]);

export const adminResolver = resolver(administration);
