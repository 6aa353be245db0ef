import { beforeEach, describe, expect, test } from 'vitest';
import type { Activity, Directory } from '../../../src/directories/directory';
import { type Bench, failureIn, pagesOf, valueIn } from './bench';
import type { Subject } from './subject';

export function activityContract(subject: Subject, bench: Bench): void {
  let directory: Directory;
  const ready = () =>
    beforeEach(async () => {
      directory = await bench.open(subject.address(bench), subject.credential(bench));
    });
  const some = bench.world.people
    .flatMap((p) => p.accounts.filter((a) => a.directory === subject.name))
    .slice(0, 12);

  function sound(activity: Activity): void {
    expect(activity.source).not.toBe('');
    expect(Date.parse(activity.readAt)).not.toBeNaN();
    if (activity.kind === 'no-data') {
      expect(activity).not.toHaveProperty('at');
      expect(activity.why).toMatch(/[.]$/);
      expect(activity.why).not.toMatch(/inactive|unused/i);
    } else {
      expect(Date.parse(activity.at)).toBeGreaterThan(Date.parse('2001-01-01T00:00:00Z'));
      expect(Date.parse(activity.at)).toBeLessThanOrEqual(bench.clock.now());
    }
  }

  describe('when somebody was last seen', () => {
    ready();

    test('is a date or no data, never a date made up', async () => {
      for (const { id } of some) sound(valueIn(await directory.lastActivity(id)));
    });

    test('in one application is a date or no data as well', async () => {
      if (!directory.can.activityPerApp) return;
      const app = directory.can.apps ? valueIn(await directory.listApps()).items[0]?.id : 'app';
      for (const { id } of some.slice(0, 3))
        sound(valueIn(await directory.lastActivity(id, app ?? 'app')));
    });

    test('of somebody who is gone is a question, not silence', {
      tags: ['person-missing-or-double'],
    }, async () => {
      const gone = failureIn(await directory.lastActivity(subject.missing.person));
      expect(gone).toMatchObject({ class: 'needs-human', code: 'person-not-found' });
    });

    test('cannot be told while the directory is in trouble, which is no "no data"', async () => {
      if (bench.faultless) return;
      bench.faults.add({ server: subject.name, method: 'GET', status: 503, body: {} });
      const failed = failureIn(await directory.lastActivity(some[0]?.id ?? ''));
      expect(failed).toMatchObject({ class: 'retryable', code: 'server-error' });
    });
  });

  describe('applications', () => {
    ready();

    test('are listed, each once, with the groups assigned to them', async () => {
      if (!directory.can.apps) return;
      const apps = await pagesOf((cursor) => directory.listApps(cursor));
      expect(apps.length).toBeGreaterThan(0);
      expect(new Set(apps.map(({ id }) => id)).size).toBe(apps.length);
      const assigned = await Promise.all(
        apps.slice(0, 8).map(({ id }) => pagesOf((cursor) => directory.groupsOfApp(id, cursor))),
      );
      const groups = assigned.flat();
      expect(groups.length).toBeGreaterThan(0);
      for (const id of groups.slice(0, 6))
        expect(valueIn(await directory.describeGroup(id)), id).not.toBeNull();
    });
  });
}
