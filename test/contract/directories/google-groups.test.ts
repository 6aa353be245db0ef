import { beforeEach, describe, expect, test } from 'vitest';
import type { Directory, GroupListing } from '../../../src/directories/directory';
import type { Http } from '../../../src/forge/ports';
import { Bench, failureIn, valueIn } from './bench';
import { byHand, heldToDescription, openGoogle, subject, withoutScopes } from './google-subject';

const GROUPS = '/admin/directory/v1/groups';

describe('groups of Google Workspace', () => {
  const bench = new Bench();
  beforeEach(() => bench.reset());
  heldToDescription(bench);
  const known = bench.world.groups.filter((group) => group.directory === 'google');
  const users = () => bench.group('google', 'bigquery-users');
  const make = async (name: string) =>
    (await byHand(bench, `POST ${GROUPS}`, {
      email: `${name}@${bench.world.google.domain}`,
      name,
    })) as { id: string };
  const readAll = async (directory: Directory, mark?: string) => {
    const changed: GroupListing[] = [];
    let ask: { mark?: string; cursor?: string } = mark === undefined ? {} : { mark };
    for (;;) {
      const page = valueIn(await directory.changedGroups(ask));
      changed.push(...page.changed);
      if (page.cursor === undefined) return { ...page, changed };
      ask = { cursor: page.cursor };
    }
  };
  /** Pages of seven. */
  const small: Http = (url, init) =>
    bench.http(url.replace(/maxResults=200/, 'maxResults=7'), init);

  test('are all told with description and size, page by page', async () => {
    const directory = await openGoogle(bench, { http: small });
    const { changed, whole, deleted, mark } = await readAll(directory);
    expect([whole, deleted]).toEqual([true, []]);
    expect(new Set(changed.map(({ id }) => id))).toEqual(new Set(known.map(({ id }) => id)));
    const { id, name, description, members } = users();
    const size = members.length;
    expect(changed.find((one) => one.id === id)).toMatchObject({ name, description, size });
    expect(bench.calls()).toHaveLength(Math.ceil(known.length / 7));
    expect(mark).toBeDefined();
  });

  test('that are as they were cost a call and tell nothing', async () => {
    const directory = await openGoogle(bench, { http: small });
    const first = await readAll(directory);
    const calls = bench.calls().length;
    bench.forgetCalls();
    const again = await readAll(directory, first.mark);
    expect(again).toMatchObject({ changed: [], deleted: [], whole: false });
    expect(bench.calls().map(({ status }) => status)).toEqual(Array(calls).fill(304));
    expect(again.mark).toBe(first.mark);
  });

  test('that were renamed, made or deleted are told as such', {
    tags: ['group-deleted'],
  }, async () => {
    const directory = await openGoogle(bench, { http: small });
    const { mark } = await readAll(directory);
    const { id, email } = users();
    await byHand(bench, `PUT ${GROUPS}/${id}`, { email, name: 'Warehouse users' });
    const renamed = await readAll(directory, mark);
    expect(renamed.changed).toMatchObject([{ id, name: 'Warehouse users' }]);
    const made = await make('a-first-one');
    await byHand(bench, `DELETE ${GROUPS}/${id}`);
    const then = await readAll(directory, renamed.mark);
    expect(then.deleted).toEqual([id]);
    expect(then.changed.map((one) => one.id)).toEqual([made.id]);
    expect(await readAll(directory, then.mark)).toMatchObject({ changed: [], deleted: [] });
  });

  test('are read each time where Google takes no notice of etags, and only changes are told', async () => {
    const careless: Http = (url, init) => {
      const { 'if-none-match': _, ...headers } = Object.fromEntries(new Headers(init.headers));
      return small(url, { ...init, headers });
    };
    const directory = await openGoogle(bench, { http: careless });
    const { mark, changed } = await readAll(directory);
    const again = await readAll(directory, mark);
    expect([changed.length, again.changed, again.deleted]).toEqual([known.length, [], []]);
  });

  test('are to be read whole when Google has forgotten a page, or nobody can read the mark', async () => {
    const forgetful: Http = async (url, init) =>
      /pageToken/.test(url)
        ? Response.json(
            { error: { code: 400, message: 'x', errors: [{ reason: 'invalid', message: 'x' }] } },
            { status: 400 },
          )
        : small(url, init);
    const { mark = '' } = await readAll(await openGoogle(bench, { http: small }));
    const directory = await openGoogle(bench, { http: forgetful });
    const { cursor = '' } = valueIn(await directory.changedGroups({ mark }));
    expect(failureIn(await directory.changedGroups({ cursor })).code).toBe('mark-expired');
    for (const odd of ['', 'odd', '{"v":2}']) {
      expect(failureIn(await directory.changedGroups({ mark: odd })).code).toBe('mark-expired');
    }
    // Without a mark the same answer is no news about a mark.
    const fresh = valueIn(await directory.changedGroups({}));
    const broken = failureIn(await directory.changedGroups({ cursor: fresh.cursor ?? '' }));
    expect(broken.code).toBe('invalid');
  });

  test('are found by the beginning of their name, whatever stands in it', async () => {
    const directory = await openGoogle(bench);
    const names = async (text: string) =>
      valueIn(await directory.searchGroups(text)).map(({ name }) => name);
    expect(await names('bigQUERY U')).toEqual([users().name]);
    expect(await names('users')).not.toContain(users().name);
    expect(await names("o'neil \\ *")).toEqual([]);
    await make("O'Neil's own");
    expect(await names("o'neil's o")).toEqual(["O'Neil's own"]);
  });

  test('tell people from groups and others, and an empty one has no list at all', async () => {
    const directory = await openGoogle(bench);
    const { id } = await make('quite-empty');
    expect(valueIn(await directory.membersOf(id))).toEqual({ items: [] });
    await byHand(bench, `POST ${GROUPS}/${id}/members`, { id: users().id });
    const person = bench.account('google', 'requester').id;
    await byHand(bench, `POST ${GROUPS}/${id}/members`, { id: person });
    const { items } = valueIn(await directory.membersOf(id));
    expect(new Map(items.map((item) => [item.id, item.kind]))).toEqual(
      new Map([
        [users().id, 'group'],
        [person, 'person'],
      ]),
    );
    const http: Http = async (url, init) =>
      /members/.test(url)
        ? Response.json({ members: [{ id: 'C1', type: 'CUSTOMER' }, { type: 'EXTERNAL' }] })
        : bench.http(url, init);
    const odd = await openGoogle(bench, { http });
    expect(valueIn(await odd.membersOf(id)).items).toEqual([{ id: 'C1', kind: 'other' }]);
    const gone = failureIn(await directory.membersOf(subject.missing.group));
    expect(gone.code).toBe('group-not-found');
  });

  test('of a domain whose administrator left scopes out are judged with what was not seen', async () => {
    const http = withoutScopes(bench, /cloud-identity|rolemanagement/);
    const directory = await openGoogle(bench, { http });
    const seen = valueIn(await directory.inspectGroup(bench.groupOfKind('google', 'dynamic').id));
    expect(seen).toMatchObject({ writable: true, privileged: false });
    expect(seen?.unseen).toEqual([
      expect.stringContaining('Whether a query fills the group'),
      expect.stringContaining('administrator role'),
    ]);
  });

  test('have no applications, which is said and not guessed', async () => {
    const directory = await openGoogle(bench);
    expect(directory.can.apps).toBe(false);
    expect(valueIn(await directory.listApps())).toEqual({ items: [] });
    expect(bench.calls()).toEqual([]);
  });
});
