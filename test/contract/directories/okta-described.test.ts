/** Whatever the adapter asks of Okta, and whatever the simulator answers, is in Okta's description. */
import { beforeEach, describe, expect, test } from 'vitest';
import { lineOf, openConformance } from '../specs/conformance';
import { missingSpecs } from '../specs/folder';
import { Bench, valueIn } from './bench';
import { apiToken, byHand, key, openOkta } from './okta-org';

const bench = new Bench();
beforeEach(() => bench.reset());

describe.skipIf(missingSpecs.length > 0)('the official description of Okta', () => {
  test('has every call of the port, and what an administrator does by hand', async () => {
    const m = {
      group: bench.group('okta', 'figma-editors').id,
      person: bench.account('okta', 'requester').id,
    };
    const address = { accountAttribute: 'atlassianAccountId' };
    const directory = await openOkta(bench, { as: key(bench, 'full'), address });
    valueIn(await directory.findPeople(bench.account('okta', 'contractor').email));
    valueIn(await directory.findByAccount('712020:x'));
    valueIn(await directory.peopleById([m.person]));
    valueIn(await directory.listPeople(valueIn(await directory.listPeople()).cursor));
    valueIn(await directory.managerOf(m.person));
    valueIn(await directory.searchGroups('F'));
    const { mark } = valueIn(await directory.changedGroups({}));
    valueIn(await directory.changedGroups(mark === undefined ? {} : { mark }));
    valueIn(await directory.membersOf(m.group));
    const [app] = valueIn(await directory.listApps()).items;
    valueIn(await directory.groupsOfApp(app?.id ?? ''));
    valueIn(await directory.lastActivity(m.person));
    valueIn(await directory.lastActivity(m.person, app?.id));
    valueIn(await directory.endSessions(m.person));
    await directory.selfTest(m);
    await (await openOkta(bench, { as: apiToken(bench) })).selfTest();
    await byHand(bench, `PUT /api/v1/groups/${m.group}`, { profile: { name: 'New' } });
    await byHand(bench, `POST /api/v1/users/${m.person}`, { profile: { department: 'Sales' } });
    const app0 = key(bench).clientId;
    const issuer = bench.directories.okta.consoleFacts().orgUrl;
    const grant = { scopeId: 'okta.users.manage', issuer };
    const { id } = await byHand(bench, `POST /api/v1/apps/${app0}/grants`, grant);
    await byHand(bench, `DELETE /api/v1/apps/${app0}/grants/${id}`);
    // Calls of the app answer for their requests, whatever came back.
    const calls = bench.calls().map((call) => ({ ...call, invocation: 'contract' }));
    const report = (await openConformance()).checkAll(calls);
    expect(report.violations.map(lineOf)).toEqual([]);
    expect(report.apis['okta']?.requests).toBe(calls.length);
  });
});
