import { beforeEach, describe, expect, test } from 'vitest';
import { askTogether } from '../../src/requests/together';
import { HOUR } from '../../src/shared/instant';
import { aRole } from '../builders/catalog';
import { SmallSite } from '../builders/small-site';

let site: SmallSite;
beforeEach(async () => {
  site = new SmallSite();
  await site.seed();
  await site.saveRole(aRole({ id: 'figma.viewer', name: 'Viewer', groups: aRole().groups }));
});

const LIST = [
  { role: 'figma.editor', duration: HOUR },
  { role: 'figma.viewer', duration: HOUR },
] as const;
const ask = async (over: object = {}, by = 'requester') => {
  const asked = { roles: [...LIST], reason: 'Drawing the new logo', ...over };
  const answer = await askTogether(site.deps(), asked, by);
  return answer.ok ? answer.value.roles : answer.problem.check;
};

describe('several roles in one go', () => {
  test('become one request each, linked, and are pinned on their own', async () => {
    const filed = await ask();
    expect(filed).toMatchObject([
      { role: 'figma.editor', ok: true, already: false },
      { role: 'figma.viewer', ok: true, already: false },
    ]);
    await site.run(60);
    const ids = [...site.jira.issues.keys()];
    expect(ids).toHaveLength(2);
    expect(site.jira.links).toEqual([[ids[1], ids[0]]]);
    for (const [i, id] of ids.entries()) {
      const request = await site.request(id);
      expect(request).toMatchObject({
        state: 'waiting',
        filed: { why: 'together', by: 'requester' },
      });
      expect(request.pin?.subject.roleId).toBe(LIST[i]?.role);
    }
  });

  test('are filed once, however often the list is sent', async () => {
    await ask();
    await site.run(60);
    expect(await ask()).toMatchObject([{ already: true }, { already: true }]);
    expect(site.jira.issues.size).toBe(2);
  });

  test('name the one that could not be filed, and file the others', async () => {
    const roles = [{ role: 'figma.nothing', duration: HOUR }, ...LIST];
    expect(await ask({ roles })).toMatchObject([
      { role: 'figma.nothing', ok: false, problem: { check: 'role-offered' } },
      { ok: true },
      { ok: true },
    ]);
  });

  /** Whatever names a person for intake can be asked for; the store takes only some characters as a key. */
  test('are filed for somebody who is named by e-mail', async () => {
    const beneficiary = 'friend+it@latchkey-demo.example';
    expect(await ask({ beneficiary })).toMatchObject([{ ok: true }, { ok: true }]);
    expect(await ask({ beneficiary })).toMatchObject([{ already: true }, { already: true }]);
    expect(await ask({})).toMatchObject([{ already: false }, { already: false }]);
  });

  test('file the missing one when Jira failed in between', async () => {
    let calls = 0;
    site.jira.trouble = (call) =>
      call === 'fileRequest' && ++calls === 2
        ? { class: 'retryable', code: 'unreachable', detail: 'down' }
        : undefined;
    expect(await ask()).toMatchObject([{ ok: true }, { ok: false }]);
    site.clock.advance(180);
    expect(await ask()).toMatchObject([{ already: true }, { ok: true, already: false }]);
    expect(site.jira.issues.size).toBe(2);
  });

  test.each([
    ['a role twice', { roles: [LIST[0], LIST[0]] }, 'requester', 'roles-distinct'],
    ['nobody', {}, 'unidentified', 'requester-known'],
    ['an unknown request type', { binding: 'other' }, 'requester', 'request-type-bound'],
  ] as const)('are refused whole for %s', async (_, over, by, check) => {
    expect(await ask(over, by)).toBe(check);
    expect(site.jira.issues.size).toBe(0);
  });
});
