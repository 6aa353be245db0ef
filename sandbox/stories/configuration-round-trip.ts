import { z } from 'zod';
import { carriedOut, demandRefused, exported, previewed } from './kit/changes';
import type { Play } from './kit/play';
import type { Story } from './kit/story';

/** Their roles are more than one transaction of the store takes. */
const APPS = ['bigquery', 'datadog', 'figma', 'github', 'legacy-crm', 'salesforce', 'statuspage'];

/** Of a configuration file, as far as this story writes into it. */
const fileSchema = z.looseObject({
  roles: z.array(z.looseObject({ app: z.string(), key: z.string() })),
});

export const configurationRoundTrip: Story = {
  name: 'configuration-round-trip',
  promise:
    'The whole configuration comes back from one file, shown in words before and applied whole; a broken file changes nothing, and no file holds a secret.',
  async run(play) {
    const { tale } = play;
    const first = await exported(play);
    tale.check('exported twice it is the same text', (await exported(play)) === first);
    await holdsNoSecret(play, first);

    tale.step('admin', 'changes owners, risks, lengths, approvers, names and the site');
    const file = fileSchema.parse(JSON.parse(first));
    const roles = file.roles.filter(({ app }) => APPS.includes(app));
    const named = await play.jira.accountId('named');
    const bulk = await previewed(play, 'catalog.bulk', {
      name: 'Everything different',
      apps: { ids: APPS, owner: named },
      roles: {
        ids: roles.map(({ app, key }) => `${app}.${key}`),
        risk: 'sensitive',
        durations: [259_200],
        permanent: false,
        approver: { kind: 'manager' },
      },
    });
    await carriedOut(play, bulk, 'apply');
    await play.demandAdmin('site.save', {
      timeZone: 'America/New_York',
      paused: true,
      managedDomains: ['elsewhere.example'],
    });
    const changed = await exported(play);
    tale.check('the configuration is another one', changed !== first);

    tale.step('admin', 'tries files that are broken');
    const tries: readonly (readonly [string, string, RegExp])[] = [
      ['cut off half way', first.slice(0, first.length / 2), /no JSON/],
      ['with a member nobody knows', first.replace('"apps"', '"applications"'), /applications/],
      [
        'with a text where a number belongs',
        first.replace(/"durations": \[\s*\d+/, '"durations": ["soon"'),
        /durations\[0\]/,
      ],
    ];
    for (const [what, text, words] of tries)
      await demandRefused(
        play,
        `a file ${what}`,
        'configuration.import',
        { name: what, text },
        words,
      );
    const elsewhere = await previewed(play, 'configuration.import', {
      name: 'of another company',
      text: first.replaceAll('latchkey-demo.okta.com', 'somebody-else.okta.com'),
    });
    tale.check(
      'a file that points a connection to another tenant is refused there',
      elsewhere.set.state === 'refused' &&
        elsewhere.problems.some(
          ({ at, sentence }) => at === 'connections[2].tenant' && /another tenant/.test(sentence),
        ),
      elsewhere.problems,
    );
    tale.check('none of them changed anything', (await exported(play)) === changed);

    tale.step('admin', 'imports the first file');
    const back = await previewed(play, 'configuration.import', { name: 'Back', text: first });
    const told = back.differences.map(({ title, lines }) => `${title}: ${lines.join('; ')}`);
    const says = (words: RegExp) =>
      tale.check(
        `the preview says: ${words.source}`,
        told.some((line) => words.test(line)),
        told,
      );
    says(/^Settings of the site: .*America\/New_York → Europe\/Berlin/);
    says(/\(figma\.editor\): .*longest 3 days → 24 hours, stricter/);
    says(/\(figma\.viewer\): .*risk sensitive → routine, weaker/);
    says(/^App Figma: .*owner/);
    await carriedOut(play, back, 'apply');
    tale.check('a second export is the first, to the letter', (await exported(play)) === first);

    await carriedOut(play, back, 'undo');
    tale.check('taken back it is as before the import', (await exported(play)) === changed);
  },
};

async function holdsNoSecret(play: Play, text: string): Promise<void> {
  const facts = JSON.stringify(await play.control.consoles());
  const secrets = [
    ...facts.matchAll(/"(?:\w*[sS]ecret|ssws|adminToken|private\w*)":"([^"]{12,})"/g),
  ];
  const found = secrets.filter(([, secret = '']) => text.includes(secret.slice(0, 24)));
  play.tale.check(
    `none of ${secrets.length} secrets of the consoles is in it`,
    secrets.length > 3 && found.length === 0,
    found.map(([, secret]) => secret?.slice(0, 4)),
  );
}
