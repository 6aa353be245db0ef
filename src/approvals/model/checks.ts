/**
 * What must hold whoever decided: each check has a name, the first that fails is the refusal. They are
 * asked at every stage, so that nobody is asked for a yes that cannot count any more.
 */
import { mappedLately } from '../../catalog/model/privileged';
import type { GateFacts } from './judging';
import { again, type GateRefusal, person } from './refusal';
import { riskRose, sameDeciders } from './stricter';

const READ_BY_APPROVERS = new Set([
  'description',
  'summary',
  'reporter',
  'project',
  'request-type',
]);

type Check = (f: GateFacts) => GateRefusal | undefined;

export const CHECKS: readonly Check[] = [
  ({ licensed }) =>
    licensed === false
      ? person(
          'licence-active',
          "The app's licence on this site is not active, so no new access is given.",
          'A Jira administrator renews the licence; IT then presses Resume. Access that ends is still removed.',
          {},
        )
      : undefined,
  ({ paused }) =>
    paused
      ? person(
          'grants-not-paused',
          'New access is paused on this site.',
          'IT ends the pause and presses Resume.',
          {},
        )
      : undefined,
  ({ stopped }) =>
    stopped
      ? person(
          'not-stopped',
          'New access is stopped here for the time being.',
          'IT lifts the stop once it is over, and presses Resume.',
          {},
        )
      : undefined,
  ({ pin, digestNow }) =>
    digestNow === pin.digest
      ? undefined
      : again(
          'digest-unchanged',
          'What was asked for is not what was approved: the request changed after it was put up for approval.',
          {
            pinned: pin.digest,
            now: digestNow,
          },
        ),
  ({ pin, sourceHashNow }) =>
    sourceHashNow === pin.sourceHash
      ? undefined
      : again(
          'text-unchanged',
          'The request was edited after it was put up for approval, so the approval may have been given for something else.',
          {
            pinned: pin.sourceHash,
            now: sourceHashNow,
          },
        ),
  // Somebody may have answered while another text stood there.
  ({ laterChanges, wishFields }) => {
    const touched = laterChanges.filter(
      (id) => READ_BY_APPROVERS.has(id) || wishFields.includes(id),
    );
    return touched.length === 0
      ? undefined
      : again(
          'text-untouched',
          'The request was edited while it was up for approval. Even if it reads as before by now, the approval may have been given for something else.',
          { fields: [...new Set(touched)] },
        );
  },
  ({ pin, reporters }) => {
    const strangers = reporters.filter((r) => !pin.parties.includes(r));
    return strangers.length === 0
      ? undefined
      : again(
          'parties-unchanged',
          'The reporter was changed after the request was put up for approval.',
          { reporters: strangers },
        );
  },
  ({ roleNow }) =>
    roleNow && roleNow.status === 'live'
      ? undefined
      : person(
          'role-offered',
          'The role is not offered any more.',
          'Please ask for another role, or talk to IT here.',
          {},
        ),
  ({ roleNow, pin }) =>
    roleNow?.accessVersion === pin.subject.accessVersion
      ? undefined
      : again(
          'access-unchanged',
          'What the role gives was changed after the request was put up for approval.',
          {
            pinned: pin.subject.accessVersion,
            now: roleNow?.accessVersion ?? null,
          },
        ),
  ({ roleNow, pin, now }) => {
    const who = { accountId: pin.beneficiary, personIds: [pin.subject.personId] };
    return roleNow && mappedLately(roleNow, who, now)
      ? person(
          'mapper-waits',
          'Whoever maps a role to administrator rights cannot receive it on the day after.',
          'Once the day is over, IT can press Resume.',
          { accountId: pin.beneficiary },
        )
      : undefined;
  },
  // The stricter of the pinned and the current policy wins.
  ({ policyNow, pin }) => {
    if (pin.auto && !policyNow?.auto) {
      return again(
        'rule-still-published',
        'The rule that approved this is not published any more, so a person has to decide.',
        { rule: pin.auto.rule },
      );
    }
    return undefined;
  },
  (f) =>
    sameDeciders(f)
      ? undefined
      : again(
          'approvers-unchanged',
          'Who decides on this role was changed after the request was put up for approval.',
          { pinned: f.pin.subject.policyVersion, now: f.roleNow?.policyVersion ?? null },
        ),
  (f) =>
    !riskRose(f)
      ? undefined
      : again(
          'risk-unchanged',
          'The role was given a higher risk after the request was put up for approval.',
          { pinned: f.pin.risk, now: f.roleNow?.risk },
        ),
  ({ policyNow, pin }) => {
    const { duration } = pin.subject;
    const offered =
      duration === null ? policyNow?.permanent : policyNow?.durations.includes(duration);
    return offered
      ? undefined
      : again('duration-offered', 'The length of time is not offered for this role any more.', {
          duration,
        });
  },
];
