/**
 * Filing, warning and ending with a ticket, each stopped dead at every call it makes: nothing is done
 * twice, and what was not done is done by the next click, the next delivery or the schedule.
 */
import { expect, test } from 'vitest';
import { putSettings } from '../../src/catalog/settings';
import { grants } from '../../src/grants/store';
import { ticketChanged } from '../../src/grants/until';
import { watchTicket } from '../../src/grants/until-record';
import { warn } from '../../src/grants/warn';
import { fileForPerson, type Order } from '../../src/requests/file';
import { HOUR, MINUTE } from '../../src/shared/instant';
import { put } from '../../src/shared/record';
import { aBinding, someSettings } from '../builders/catalog';
import { SmallSite } from '../builders/small-site';
import { dieAt, Killed, type Watch } from '../fakes/intercept';

const LONG = 60_000;

async function dying(work: () => Promise<unknown>): Promise<void> {
  await work().catch((cause: unknown) => {
    if (!(cause instanceof Killed)) throw cause;
  });
}

async function aSite(): Promise<SmallSite> {
  const site = new SmallSite();
  await site.seed();
  return site;
}

/** Once for every call, before it took effect and after; answers how many calls there were. */
async function deaths(
  act: (site: SmallSite, watch: Watch) => Promise<unknown>,
  check: (site: SmallSite, at: string) => Promise<void>,
  prepare: () => Promise<SmallSite> = aSite,
): Promise<number> {
  const counted = dieAt(0, 'before');
  await act(await prepare(), counted);
  for (let n = 1; n <= counted.calls.length; n++) {
    for (const when of ['before', 'after'] as const) {
      const site = await prepare();
      await dying(() => act(site, dieAt(n, when)));
      await check(site, `${when} call ${n}, ${counted.calls[n - 1]}`);
    }
  }
  return counted.calls.length;
}

const order: Order = {
  why: 'again',
  key: 'a-fact',
  by: 'requester',
  onBehalfOf: 'requester',
  binding: aBinding(),
  requestTypeId: '11',
  what: 'Editor in Figma (IT-1)',
  wish: { app: 'figma', role: 'figma.editor', duration: HOUR, reason: 'Spring launch' },
};

test('a filing that dies is finished by the next click, with one issue', {
  timeout: LONG,
}, async () => {
  const calls = await deaths(
    (site, watch) => fileForPerson(site.deps(watch), order),
    async (site, at) => {
      site.clock.advance(3 * MINUTE);
      const again = await fileForPerson(site.deps(), order);
      expect(again, at).toMatchObject({ ok: true });
      expect(site.jira.issues.size, at).toBe(1);
      await site.run(1);
      const [id] = site.jira.issues.keys();
      const request = await site.request(id as string);
      expect(request, at).toMatchObject({ state: 'waiting', filed: { why: 'again' } });
      expect(site.chainFault(request.issueId), at).toBeUndefined();
    },
  );
  expect(calls).toBeGreaterThan(6);
});

test('a warning that dies is told once all the same', { timeout: LONG }, async () => {
  let id = '';
  await deaths(
    async (site, watch) => {
      id = (await site.active({ duration: 6 * HOUR })).id;
      site.clock.advance(5 * HOUR);
      return warn(site.deps(watch), id);
    },
    async (site, at) => {
      await site.run(30 * MINUTE);
      const told = site.jira.posted.filter((p) => /^Access ends in about/.test(p.text));
      expect(told.length, at).toBe(1);
      expect(site.jira.mails.length, at).toBeLessThanOrEqual(1);
    },
  );
});

test('access ends with its ticket although the run that ends it dies', {
  timeout: LONG,
}, async () => {
  const ids = new WeakMap<SmallSite, { grant: string; ticket: string }>();
  await deaths(
    async (site, watch) => {
      const { ticket } = ids.get(site) as { ticket: string };
      return ticketChanged(site.deps(watch), ticket);
    },
    async (site, at) => {
      const { grant, ticket } = ids.get(site) as { grant: string; ticket: string };
      await ticketChanged(site.deps(), ticket);
      await site.run(15 * MINUTE);
      expect(await site.grant(grant), at).toMatchObject({
        state: 'revoked',
        because: 'ticket-closed',
      });
      expect(site.isMember(), at).toBe(false);
      expect(site.jira.posted.filter((p) => /^Access ended/.test(p.text)).length, at).toBe(1);
    },
    async () => {
      const site = await aSite();
      await site.store.transact([putSettings(someSettings({ ticketProjects: ['20000'] }), 1)]);
      const { id, key } = site.jira.add({ projectId: '20000', statusId: '5', key: 'INC-1' });
      const untilTicket = { issueId: id, key };
      const grant = await site.active();
      await site.store.transact([put(grants, { ...grant, untilTicket }, 'any')]);
      await watchTicket(site.deps(), { id: grant.id, untilTicket });
      site.clock.advance(20 * MINUTE);
      ids.set(site, { grant: grant.id, ticket: id });
      return site;
    },
  );
});
