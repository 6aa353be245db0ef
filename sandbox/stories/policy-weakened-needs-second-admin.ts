import { z } from 'zod';
import { isRefused } from './kit/connections';
import type { Play } from './kit/play';
import type { Story } from './kit/story';

const listSchema = z.array(z.looseObject({ what: z.string(), at: z.string() }));
const catalogSchema = z.looseObject({
  roles: z.array(z.looseObject({ id: z.string(), durations: z.optional(z.array(z.number())) })),
});

export const policyWeakenedNeedsSecondAdmin: Story = {
  name: 'policy-weakened-needs-second-admin',
  promise:
    'What lets more through on a privileged role is kept until another administrator confirms it; until then nothing changes, and one person is not two.',
  async run(play) {
    const { tale } = play;
    const role = async (hours: number) => ({
      app: 'figma',
      key: 'production',
      name: 'Production',
      description: 'Change what customers see.',
      risk: 'privileged',
      connection: 'okta',
      groups: [await play.okta.groupId('datadog-users')],
      durations: [hours * 3600],
      permanent: false,
      approver: { kind: 'owner' },
    });
    tale.step('admin', 'offers a privileged role for a day');
    await play.demandAdmin('roles.save', await role(24));

    tale.step('admin', 'wants to offer it for three days');
    const wider = await play.admin('roles.save', await role(72));
    isRefused(play, wider, 'second-administrator', /longest window 24 hours → 3 days, weaker/);
    await play.pass('1m');
    tale.check('it is offered for a day as before', (await windowOf(play)) === 24 * 3600);
    const [waiting] = listSchema.parse(await play.demandAdmin('policy.proposals', {}));
    const ref = { what: waiting?.what, at: waiting?.at };
    const own = await play.admin('policy.confirm', ref);
    isRefused(play, own, 'two-administrators', /another administrator/);
    tale.step('second-admin', 'confirms what the first one entered');
    const confirmed = await play.admin('policy.confirm', ref, 'second-admin');
    tale.check('it is taken', confirmed.ok, confirmed);
    await play.pass('1m');
    tale.check('it is offered for three days', (await windowOf(play)) === 72 * 3600);
    const again = await play.admin('policy.confirm', ref, 'second-admin');
    isRefused(play, again, 'confirmation-awaited', /No change/);

    tale.step('admin', 'takes it back to an hour, alone');
    await play.demandAdmin('roles.save', await role(1));
    await play.pass('1m');
    tale.check('what is shorter needs nobody else', (await windowOf(play)) === 3600);
  },
};

async function windowOf(play: Play): Promise<number | undefined> {
  const { roles } = catalogSchema.parse(await play.demandAdmin('catalog.list', {}));
  return roles.find(({ id }) => id === 'figma.production')?.durations?.at(-1);
}
