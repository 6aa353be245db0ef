/**
 * The five answers that stand on the issue before anybody is asked to decide: approvers answer from
 * e-mail, chat and the phone, where no screen of ours exists, so plain text in the description is
 * the one place they all may see. (Whether approval mails show the description is unverified.)
 */
import { DIRECTORY_NAMES, durationInWords } from '../catalog/model/catalog';
import type { Offer } from '../catalog/store';
import type { Account, Block, Text } from '../jira/port';
import type { Stage } from './model/request';

export interface FiveAnswers {
  readonly beneficiary: string;
  readonly requester: string;
  readonly offer: Offer;
  readonly duration: number | null;
  readonly reason: string;
  readonly stages: readonly Stage[];
  readonly accounts: readonly Account[];
  readonly issueKey: string;
}

export function fiveAnswers(a: FiveAnswers): Text {
  const name = (id: string) =>
    a.accounts.find((one) => one.accountId === id)?.displayName ?? 'an account without a name';
  const { role, app, connection, policy } = a.offer;
  const directory = connection
    ? `${DIRECTORY_NAMES[connection.kind]} (${connection.name})`
    : 'the directory';
  const who =
    a.beneficiary === a.requester
      ? name(a.beneficiary)
      : `${name(a.beneficiary)}, asked for by ${name(a.requester)}`;
  const deciders =
    a.stages.length > 0
      ? a.stages
          .map((stage) =>
            stage.approvers.map((one) => `${name(one.accountId)} (${one.because})`).join(', '),
          )
          .join('; then ')
      : policy.auto
        ? `no person: the rule "${policy.auto.rule}", signed off by ${name(policy.auto.signedOffBy)}`
        : 'nobody yet';
  const until =
    a.duration === null
      ? 'no end: until it is revoked'
      : `${durationInWords(a.duration)}, counted from the moment access is given`;
  const items = [
    `Who: ${who}`,
    `What: ${role.name} in ${app.name}${role.description ? ` (${role.description})` : ''}`,
    `Until when: ${until}`,
    `Who may decide: ${deciders}`,
    `What changes: ${role.groups.map((g) => g.name).join(', ')} in ${directory}`,
  ];
  const blocks: Block[] = [
    { kind: 'list', items },
    { kind: 'paragraph', text: `Why: ${a.reason}` },
    {
      kind: 'paragraph',
      text:
        a.stages.length > 0
          ? 'What happens next: on approval the app makes the change and reads it back; on refusal nothing is changed. Editing this text before the decision voids it.'
          : 'What happens next: the app makes the change and reads it back.',
    },
  ];
  return { blocks };
}
