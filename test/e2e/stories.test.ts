import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type RunningSandbox } from '../../sandbox/sandbox';
import { Control } from '../../sandbox/stories/kit/control';
import { type Addresses, Play } from '../../sandbox/stories/kit/play';
import { tellStory } from '../../sandbox/stories/kit/run';
import { leaksIn } from '../../sandbox/stories/kit/secrets';
import { setTheStage } from '../../sandbox/stories/kit/stage';
import { Tale } from '../../sandbox/stories/kit/tale';
import { STORIES } from '../../sandbox/stories/stories';
import { type Conformance, lineOf, openConformance } from '../contract/specs/conformance';
import { missingSpecs, whyUnchecked } from '../contract/specs/folder';
import { inWords } from '../contract/specs/report';
import type { Tag } from '../tags';

/** The faults that a story survives and the attacks that it withstands. */
const TAGS: Readonly<Record<string, readonly Tag[]>> = {
  'status-without-consent': ['status-without-consent', 'bulk-transition'],
  'directory-down-at-expiry': ['directory-down'],
  'crash-after-directory-call': ['crash-after-directory-call'],
  'edited-after-approval': ['edited-after-approval', 'edited-while-deciding'],
  'self-approval': ['self-approval', 'reporter-swapped'],
  'approver-field-tampered': ['approver-field-tampered'],
  'forged-record': ['forged-record', 'approved-in-a-comment'],
  'answered-before-pin': ['answered-before-pin'],
  'already-a-member': ['already-a-member'],
  'removed-by-someone-else': ['removed-by-someone-else'],
  'overlapping-grants': ['overlapping-grants', 'shared-group'],
  'group-recreated-asks-again': ['look-alike-group', 'groups-swapped'],
  'two-groups-second-fails': ['second-group-fails'],
  'person-not-in-directory': ['person-missing-or-double'],
  'person-leaves-while-active': ['person-suspended'],
  'rate-limited': ['rate-limited'],
  'duplicate-and-reordered-events': [
    'event-repeated',
    'events-out-of-order',
    'event-older-than-issue',
  ],
  'event-never-came': ['event-lost'],
  'comment-answer-lost': ['comment-fails'],
  'issue-deleted-while-active': ['issue-gone'],
  'project-deleted-while-active': ['issue-gone'],
  'issue-moved': ['issue-moved', 'moved-to-other-type'],
  'withdrawn-before-grant': ['withdrawn-in-a-race', 'other-persons-request'],
  'licence-inactive': ['licence-inactive'],
  'second-app-id': ['other-app-id'],
  'two-sites-one-process': ['two-sites-one-process'],
  'connect-entra-expired-secret': ['credential-refused'],
  'connection-repointed': ['secret-moved'],
  'site-copy-refuses': ['site-copied'],
  'quota-exhausted-revocations-first': ['rate-limited'],
  'replication-lag': ['absent-or-lagging'],
  'group-renamed': ['look-alike-group'],
  'group-became-dynamic': ['filled-by-rule'],
  'group-became-privileged': ['group-turned-privileged', 'privileged-group'],
  'group-deleted-with-live-grants': ['group-deleted', 'look-alike-group'],
  'person-renamed-e-mail': ['email-mismatch'],
  'name-twins': ['person-missing-or-double'],
  'e-mail-of-someone-else': ['email-mismatch', 'wrong-kind-of-account'],
  'leaver-with-active-grant': ['person-suspended'],
  'mover-listed-not-removed': ['mover-listed'],
  'configuration-round-trip': ['hostile-import'],
};

/** Routes that no story calls, each with who does. */
const CALLED_ELSEWHERE: Readonly<Record<string, string>> = {
  'entra GET /v1.0/users/:id/manager': 'the app, for roles in Entra that a manager decides on',
  'entra DELETE /v1.0/groups/:gid/members/:uid':
    'the tests that hold the simulator to the traps of the real service',
  'entra GET /v1.0/groups': 'the tests that hold the simulator to the traps of the real service',
  'entra POST /v1.0/groups': 'tests that set the scene in a directory by hand',
  'entra POST /v1.0/users': 'tests that set the scene in a directory by hand',
  'entra PATCH /v1.0/users/:id': 'tests that set the scene in a directory by hand',
  'entra PUT /v1.0/users/:id/manager/$ref': 'tests that set the scene in a directory by hand',
  'entra PATCH /v1.0/applications/:id': 'tests that set the scene in a directory by hand',
  'entra GET /v1.0/groups/delta': 'the app, when it reads the catalog from Entra',
  'entra GET /v1.0/servicePrincipals': 'the app, when it reads the catalog from Entra',
  'entra GET /v1.0/servicePrincipals/:id': 'the app, for reviews of one application',
  'entra GET /v1.0/servicePrincipals/:id/appRoleAssignedTo':
    'the app, when it reads the catalog from Entra',
  'entra GET /v1.0/auditLogs/signIns': 'the app, for reviews of one application',
  'entra POST /v1.0/users/:id/revokeSignInSessions':
    'the app, where a policy ends sessions in Entra',
  'entra POST /v1.0/identityGovernance/privilegedAccess/group/assignmentScheduleRequests':
    'the app, for connections on which the directory itself ends memberships',
  'google GET /admin/directory/v1/groups/:groupKey/hasMember/:memberKey':
    'the tests that hold the simulator to the traps of the real service',
  'google POST /admin/directory/v1/users': 'tests that set the scene in a directory by hand',
  'google PUT /admin/directory/v1/users/:userKey':
    'tests that set the scene in a directory by hand',
  'google DELETE /admin/directory/v1/groups/:groupKey':
    'tests that set the scene in a directory by hand',
  'google PUT /admin/directory/v1/groups/:groupKey':
    'tests that set the scene in a directory by hand',
  'google POST /admin/directory/v1/users/:userKey/signOut':
    "the app, when access ends whose role's policy says so",
  'google PATCH /v1/groups/:id': 'tests that set the scene in a directory by hand',
  'google POST /v1/groups/:id/memberships':
    'the app, for connections whose directory ends memberships by itself',
  'google GET /v1/groups/:id/memberships:lookup':
    'the app, for connections whose directory ends memberships by itself',
  'google POST /v1/groups/:id/memberships/:verb':
    'the app, for connections whose directory ends memberships by itself',
  'google GET /admin/directory/v1/customer/:customer/roleassignments':
    'the app, when a group of Google is mapped',
  'google POST /admin/directory/v1/customer/:customer/roleassignments':
    'tests that set the scene in a directory by hand',
  'google GET /admin/directory/v1/customer/:customer/roles/:roleId':
    'the app, when a group of Google that carries a role is mapped',
  'google GET /admin/reports/v1/activity/users/:userKey/applications/:application':
    'the app, when it is asked who uses an application',
  'google DELETE /v1/projects/:project/serviceAccounts/:account/keys/:key':
    'tests that set the scene in a directory by hand',
  'okta DELETE /api/v1/users/:id/sessions': 'the app, when a privileged role says so',
  'okta GET /api/v1/users/:id/roles': 'the app, when a connection with an API token is tested',
  'okta DELETE /api/v1/apps/:aid/grants/:grant': 'tests that set the scene in a directory by hand',
  'queue POST /webhook/queue/stats/*rest':
    "Forge's own client offers it; the app does not call it yet",
  'queue POST /webhook/queue/cancel/*rest':
    "Forge's own client offers it; the app does not call it yet",
};

let running: RunningSandbox | undefined;
let addresses: Addresses;
let conformance: Conformance | undefined;
beforeAll(async () => {
  running = await createSandbox({ port: 0, appDir: '.', seedApp: setTheStage });
  ({ addresses } = running);
  if (whyUnchecked) console.warn(whyUnchecked);
  else conformance = await openConformance();
  checkCalls();
}, 300_000);
afterAll(() => running?.close());

/** The calls since the sandbox was last put back to its first state. */
function checkCalls(): void {
  conformance?.checkAll(running?.sandbox.calls.since() ?? []);
}

describe('the stories', () => {
  for (const story of STORIES) {
    it(`${story.name}: ${story.promise}`, { tags: [...(TAGS[story.name] ?? [])] }, async () => {
      const { lines } = await tellStory(story, addresses);
      checkCalls();
      const broken = lines.filter((line) => line.kind === 'check' && !line.ok);
      expect(broken).toEqual([]);
    });
  }

  it('would show a credential that left secret storage', { tags: ['secret-leaked'] }, async () => {
    const play = new Play(addresses, new Tale());
    await play.control.reset();
    const owner = (await play.person('admin')).accountId;
    const consoles = await play.control.consoles();
    const description = String(consoles.entra['clientSecret']);
    await play.demandAdmin('apps.save', { id: 'leaky', name: 'Leaky', description, owner });
    const { leaks } = leaksIn(await play.control.traffic(), consoles);
    expect(leaks.map(({ where }) => where)).toContainEqual(expect.stringMatching(/^kvs /));
  });

  it.skipIf(missingSpecs.length > 0)(
    'ask and answer nothing that the official descriptions of the APIs do not allow',
    () => {
      const report = conformance?.report();
      if (report) console.log(inWords(report));
      expect(report?.violations.map(lineOf)).toEqual([]);
    },
  );

  it('call every route of every simulated server, or it is known who does', async () => {
    const control = new Control(addresses.control, new Tale());
    const { routes, unmodelled } = await control.state();
    const hits = new Map<string, number>();
    for (const { server, route, hits: more } of routes) {
      hits.set(`${server} ${route}`, (hits.get(`${server} ${route}`) ?? 0) + more);
    }
    const idle = [...hits].filter(([, count]) => count === 0).map(([route]) => route);
    const known = Object.keys(CALLED_ELSEWHERE);
    expect(idle.filter((route) => !known.includes(route))).toEqual([]);
    expect(known.filter((route) => !hits.has(route))).toEqual([]);
    expect(unmodelled).toEqual([]);
  });
});
