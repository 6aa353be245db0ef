/** A directory that restores deleted people puts them back into their groups; somebody has to know. */
import { expect, test } from 'vitest';
import { findings } from '../../src/findings/findings';
import { HOUR } from '../../src/shared/instant';
import { load } from '../../src/shared/record';
import { PERSON, SmallSite } from '../builders/small-site';

async function endedWithThePerson(restoresDeleted: boolean) {
  const site = new SmallSite({ can: { restoresDeleted } });
  await site.seed();
  const grant = await site.active();
  site.directory.people.delete(PERSON);
  await site.run(HOUR + 600);
  expect((await site.grant(grant.id)).state).toBe('revoked');
  const said = site.jira.posted.filter((p) => p.audience === 'internal').map((p) => p.text);
  const finding = (await load(site.store, findings, `person-may-return:${grant.id}`))?.value;
  return { said: said.join('\n'), finding };
}

test('an access that ended with its person is listed where the directory can restore them', async () => {
  const { said, finding } = await endedWithThePerson(true);
  expect(finding).toMatchObject({
    status: 'open',
    personId: PERSON,
    facts: { groupIds: ['g-users', 'g-editors'] },
  });
  expect(said).toContain('can restore them');
});

test('and not where nobody comes back', async () => {
  const { said, finding } = await endedWithThePerson(false);
  expect(finding).toBeUndefined();
  expect(said).not.toContain('can restore them');
});
