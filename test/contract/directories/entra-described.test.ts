/** Whatever the adapter asks of Graph, and whatever the simulator answers, is in Microsoft's description. */
import { beforeEach, describe, expect, test } from 'vitest';
import { instant } from '../../../src/shared/instant';
import { lineOf, openConformance } from '../specs/conformance';
import { missingSpecs } from '../specs/folder';
import { Bench, valueIn } from './bench';
import { openEntra, secret } from './entra-tenant';

const bench = new Bench();
beforeEach(() => bench.reset());

describe.skipIf(missingSpecs.length > 0)('the official description of Graph', () => {
  test('has every call of the port', async () => {
    const group = bench.group('entra', 'salesforce-users').id;
    const person = bench.account('entra', 'requester').id;
    const m = { group, person };
    const directory = await openEntra(bench, {
      lifecycle: secret(bench, 'lifecycle'),
      address: { nativeExpiry: true, accountAttribute: 'extensionAttribute1' },
    });
    const { email } = bench.account('entra', 'contractor');
    valueIn(await directory.findPeople(email));
    valueIn(await directory.findByAccount('712020:x'));
    valueIn(await directory.person(person));
    valueIn(await directory.peopleById([person]));
    valueIn(await directory.listPeople());
    valueIn(await directory.managerOf(person));
    valueIn(await directory.searchGroups('S'));
    const { cursor } = valueIn(await directory.changedGroups({}));
    valueIn(await directory.changedGroups(cursor === undefined ? {} : { cursor }));
    valueIn(await directory.membersOf(group));
    const [app] = valueIn(await directory.listApps()).items;
    valueIn(await directory.groupsOfApp(app?.id ?? ''));
    valueIn(await directory.lastActivity(person));
    valueIn(await directory.lastActivity(person, app?.id));
    const inHours = (hours: number) => instant(bench.clock.now() + hours * 3_600_000);
    valueIn(await directory.ensureMember(m, inHours(2)));
    valueIn(await directory.moveNativeEnd(m, inHours(3)));
    valueIn(await directory.endSessions(person));
    await bench.settle();
    valueIn(await directory.isMember(m));
    await bench.clock.advance(3_600_000);
    valueIn(await directory.ensureNotMember(m));
    valueIn(await directory.ensureMember(m));
    valueIn(await directory.ensureNotMember(m));
    await directory.selfTest(m);
    // Calls of the app answer for their requests, whatever came back.
    const calls = bench.calls().map((call) => ({ ...call, invocation: 'contract' }));
    const report = (await openConformance()).checkAll(calls);
    expect(report.violations.map(lineOf)).toEqual([]);
    expect(report.apis['graph']?.requests).toBe(calls.length);
  });
});
