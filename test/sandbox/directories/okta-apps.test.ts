import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { bench, call } from './bench';
import { OKTA } from './sign-in';

const b = bench();
const { okta } = b.directories;
const token = `SSWS ${okta.consoleFacts().ssws}`;
const start = okta.snapshot();
const began = b.clock.now();
beforeEach(() => {
  b.clock.restart(began);
  okta.restore(start);
});
afterAll(() => b.clock.close());

const get = (path: string) => call(okta.routes, OKTA, `GET /api/v1${path}`, { token });
const DAY = 86_400_000;
const iso = (at: number) => new Date(at).toISOString();

interface Event {
  published: string;
  actor: { id: string };
  target: { id: string }[];
}

async function events(expression?: string, more = ''): Promise<Event[]> {
  const filter = expression === undefined ? '' : `&filter=${encodeURIComponent(expression)}`;
  const since = `since=${iso(began - 90 * DAY)}`;
  return (await get(`/logs?${since}&limit=1000${filter}${more}`)).body;
}

describe('applications', () => {
  test('come with the groups assigned to them', async () => {
    const apps = (await get('/apps?limit=200')).body as { id: string; label: string }[];
    const figma = apps.find(({ label }) => label === 'Figma');
    const groups = (await get(`/apps/${figma?.id}/groups`)).body as { id: string }[];
    expect(groups.map(({ id }) => id).sort()).toEqual(
      [b.group('figma-viewers').id, b.group('figma-editors').id].sort(),
    );
    expect((await get('/apps/0oaNobody/groups')).status).toBe(404);
  });
});

describe('the System Log', () => {
  test('keeps 90 days, and refuses to look back twice as far', async () => {
    const all = await events();
    expect(all.length).toBeGreaterThan(100);
    const ages = all.map(({ published }) => (began - Date.parse(published)) / DAY);
    expect(Math.max(...ages)).toBeLessThanOrEqual(90);
    const far = await get(`/logs?since=${iso(began - 181 * DAY)}`);
    expect([far.status, far.body.errorCode]).toEqual([400, 'E0000053']);
  });

  test('shows a week unless asked for more, oldest first unless asked otherwise', async () => {
    const week = (await get('/logs?limit=1000')).body as Event[];
    const at = week.map(({ published }) => published);
    expect(at).toEqual([...at].sort());
    expect(Date.parse(at[0] ?? '')).toBeGreaterThanOrEqual(began - 7 * DAY);
    const newest = await events(undefined, '&sortOrder=DESCENDING');
    expect(newest[0]?.published).toBe(at.at(-1));
  });

  test('is filtered by who did what to which application', async () => {
    const [some] = await events();
    const actor = some?.actor.id;
    const target = some?.target[0]?.id;
    const found = await events(`actor.id eq "${actor}" and target.id eq "${target}"`);
    expect(found).toEqual([some]);
    expect(await events(`actor.id eq "${target}"`)).toEqual([]);
    expect(await events('eventType eq "user.session.start"')).toEqual([]);
    const odd = await get(`/logs?filter=${encodeURIComponent('published gt "2026"')}`);
    expect([odd.status, odd.body.errorCode]).toEqual([400, 'E0000053']);
  });

  test('agrees with when people were last seen', async () => {
    for (const { actor, published } of (await events()).slice(0, 20)) {
      const { lastLogin } = (await get(`/users/${actor.id}`)).body;
      expect(Date.parse(published)).toBeLessThanOrEqual(Date.parse(lastLogin));
    }
  });
});
