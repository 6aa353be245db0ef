import { demandRefused } from './kit/changes';
import { policyOf, withTier } from './kit/policy';
import type { Story } from './kit/story';

export const badPolicyRefused: Story = {
  name: 'bad-policy-refused',
  promise:
    'A policy that cannot be meant is refused with its place and what to write instead, and nothing of it is saved.',
  async run(play) {
    const { tale } = play;
    const before = await policyOf(play);
    tale.step('admin', 'tries policies that cannot be meant');
    const person = { kind: 'people', accounts: ['nobody-at-all'] };
    const group = { kind: 'directory-group', connection: 'okta', group: 'no-such-group' };
    const one = { id: 'one', from: [{ kind: 'owner' }], needs: 'any' };
    const tries: readonly (readonly [string, object, RegExp])[] = [
      ['a text for a number', { durations: ['soon'] }, /durations\[0\].*Write a number/],
      ['a member nobody knows', { approver: 'me' }, /routine\.approver.*Nothing is called/],
      ['no length of time', { durations: [], permanent: false }, /at least one length of time/],
      ['no stage', { stages: [] }, /stages.*at least 1/],
      ['two stages of one name', { stages: [one, one] }, /stages\[1\]\.id.*its own id/],
      [
        'more yeses than people',
        { stages: [{ ...one, needs: 3 }] },
        /3 have to say yes, and there are 1/,
      ],
      ['somebody who is not there', { stages: [{ ...one, from: [person] }] }, /accounts\[0\]/],
      ['a group that is not there', { visibleTo: [group] }, /has no group/],
      ['no end under a cap', { permanent: true, totalAge: 86_400 }, /totalAge to null/],
      [
        'emergency rules elsewhere',
        { breakGlass: { eligible: [], incident: true, reviewWithin: 3600 } },
        /break-glass are given at once/,
      ],
    ];
    for (const [what, rules, words] of tries)
      await demandRefused(play, what, 'policy.save', await withTier(play, 'routine', rules), words);
    const reaching = JSON.parse(
      JSON.stringify({ version: before.version, policy: before }).replace(
        '"tiers":{',
        '"tiers":{"__proto__":{"routine":{}},',
      ),
    );
    await demandRefused(
      play,
      'a name that reaches behind the data',
      'policy.save',
      reaching,
      /__proto__.*Take it out/,
    );
    const two = { stages: [one, { id: 'two', from: [{ kind: 'manager' }], needs: 'any' }] };
    await demandRefused(
      play,
      'two stages where a workflow has no way back',
      'policy.save',
      await withTier(play, 'routine', two),
      /transition from the approved status to the approval status/,
    );
    tale.check(
      'the policy is the one from before',
      JSON.stringify(await policyOf(play)) === JSON.stringify(before),
    );
  },
};
