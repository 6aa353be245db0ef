/** Every story there is, in the order in which they are told. */

import { alreadyAMember } from './already-a-member';
import { answeredBeforePin } from './answered-before-pin';
import { anyJiraClient } from './any-jira-client';
import { appWithoutRole } from './app-without-role';
import { approveShorterByCard } from './approve-shorter-by-card';
import { approverAgentAddsFriend } from './approver-agent-adds-friend';
import { approverAwayOpenRequestMoves } from './approver-away-open-request-moves';
import { approverDeactivatedNoticedFirst } from './approver-deactivated-noticed-first';
import { approverFieldTampered } from './approver-field-tampered';
import { approverReplacedByOperator } from './approver-replaced-by-operator';
import { askedBackKeepsPlace } from './asked-back-keeps-place';
import { askedForSomebodyElse } from './asked-for-somebody-else';
import { autoApproveRuleBrokenFallsToHuman } from './auto-approve-rule-broken-falls-to-human';
import { autoApprovedLowRisk } from './auto-approved-low-risk';
import { badPolicyRefused } from './bad-policy-refused';
import { breakGlassThenReview } from './break-glass-then-review';
import { breakGlassUnreviewedRevoked } from './break-glass-unreviewed-revoked';
import { byHandInTheBrowser } from './by-hand-in-the-browser';
import { changedLookAgain } from './changed-look-again';
import { commentAnswerLost } from './comment-answer-lost';
import { configurationRoundTrip } from './configuration-round-trip';
import { connectEntraExpiredSecret } from './connect-entra-expired-secret';
import { connectGoogleDelegationMissing } from './connect-google-delegation-missing';
import { connectOktaWrongScope } from './connect-okta-wrong-scope';
import { connectionRepointed } from './connection-repointed';
import { coverWouldSelfApprove } from './cover-would-self-approve';
import { crashAfterDirectoryCall } from './crash-after-directory-call';
import { credentialRotatedMidFlight } from './credential-rotated-mid-flight';
import { csvImportWithErrors } from './csv-import-with-errors';
import { customerApprovesInPortal } from './customer-approves-in-portal';
import { declined } from './declined';
import { directoryDownAtExpiry } from './directory-down-at-expiry';
import { duplicateAndReorderedEvents } from './duplicate-and-reordered-events';
import { eMailOfSomeoneElse } from './e-mail-of-someone-else';
import { editedAfterApproval } from './edited-after-approval';
import { entraPermanent } from './entra-permanent';
import { eventNeverCame } from './event-never-came';
import { forgedRecord } from './forged-record';
import { googleTwoGroups } from './google-two-groups';
import { groupBecameDynamic } from './group-became-dynamic';
import { groupBecamePrivileged } from './group-became-privileged';
import { groupDeletedWithLiveGrants } from './group-deleted-with-live-grants';
import { groupMissingThenRestored } from './group-missing-then-restored';
import { groupRecreatedAsksAgain } from './group-recreated-asks-again';
import { groupRenamed } from './group-renamed';
import { groupStageTwoOfThree } from './group-stage-two-of-three';
import { issueClosedWhileActive } from './issue-closed-while-active';
import { issueDeletedWhileActive } from './issue-deleted-while-active';
import { issueMoved } from './issue-moved';
import { killSwitch } from './kill-switch';
import type { Story } from './kit/story';
import { leaverWithActiveGrant } from './leaver-with-active-grant';
import { licenceInactive } from './licence-inactive';
import { manualRoleAttestedAndRemoved } from './manual-role-attested-and-removed';
import { moverListedNotRemoved } from './mover-listed-not-removed';
import { nameTwins } from './name-twins';
import { nobodyDecidesLapses } from './nobody-decides-lapses';
import { observeModeThenLive } from './observe-mode-then-live';
import { oktaTimeBound } from './okta-time-bound';
import { onBehalfOfNewHireWithStartDate } from './on-behalf-of-new-hire-with-start-date';
import { operatorWithoutAdminRights } from './operator-without-admin-rights';
import { overlappingGrants } from './overlapping-grants';
import { personLeavesWhileActive } from './person-leaves-while-active';
import { personNotInDirectory } from './person-not-in-directory';
import { personRenamedEMail } from './person-renamed-e-mail';
import { policyWeakenedNeedsSecondAdmin } from './policy-weakened-needs-second-admin';
import { projectDeletedWhileActive } from './project-deleted-while-active';
import { quickRevokeByOwner } from './quick-revoke-by-owner';
import { quotaExhaustedRevocationsFirst } from './quota-exhausted-revocations-first';
import { rateLimited } from './rate-limited';
import { rehearseDangerousChange } from './rehearse-dangerous-change';
import { remindedThenEscalated } from './reminded-then-escalated-in-business-hours';
import { removedBySomeoneElse } from './removed-by-someone-else';
import { renewBeforeEnd } from './renew-before-end';
import { renewPastCapRefused } from './renew-past-cap-refused';
import { renewalUndecidedAtEnd } from './renewal-undecided-at-end';
import { replicationLag } from './replication-lag';
import { returnEarly } from './return-early';
import { sameRequestSameTreatment } from './same-request-same-treatment';
import { secondAppId } from './second-app-id';
import { selfApproval } from './self-approval';
import { severalRolesOneGo } from './several-roles-one-go';
import { siteCopyRefuses } from './site-copy-refuses';
import { sodConflictAppears } from './sod-conflict-appears-between-approval-and-grant';
import { statusWithoutConsent } from './status-without-consent';
import { triageBecomesCatalogRole } from './triage-becomes-catalog-role';
import { twoGroupsSecondFails } from './two-groups-second-fails';
import { twoSitesOneProcess } from './two-sites-one-process';
import { twoStagesNoWayBackRefused } from './two-stages-no-way-back-refused';
import { twoStagesOneStepWorkflow } from './two-stages-one-step-workflow';
import { twoStepsWorkflow } from './two-steps-workflow';
import { unknownApp } from './unknown-app';
import { untilIncidentCloses } from './until-incident-closes';
import { warnedBeforeEnd } from './warned-before-end';
import { withdrawnBeforeGrant } from './withdrawn-before-grant';
import { workflowWithoutApprovalStep } from './workflow-without-approval-step';

export const STORIES: readonly Story[] = [
  oktaTimeBound,
  autoApprovedLowRisk,
  declined,
  statusWithoutConsent,
  directoryDownAtExpiry,
  crashAfterDirectoryCall,
  byHandInTheBrowser,
  anyJiraClient,
  askedForSomebodyElse,
  entraPermanent,
  googleTwoGroups,
  editedAfterApproval,
  selfApproval,
  approverFieldTampered,
  forgedRecord,
  answeredBeforePin,
  alreadyAMember,
  removedBySomeoneElse,
  overlappingGrants,
  groupMissingThenRestored,
  groupRecreatedAsksAgain,
  twoGroupsSecondFails,
  personNotInDirectory,
  personLeavesWhileActive,
  rateLimited,
  duplicateAndReorderedEvents,
  eventNeverCame,
  commentAnswerLost,
  issueDeletedWhileActive,
  projectDeletedWhileActive,
  issueClosedWhileActive,
  issueMoved,
  withdrawnBeforeGrant,
  licenceInactive,
  unknownApp,
  appWithoutRole,
  secondAppId,
  twoSitesOneProcess,
  connectOktaWrongScope,
  connectEntraExpiredSecret,
  connectGoogleDelegationMissing,
  credentialRotatedMidFlight,
  connectionRepointed,
  siteCopyRefuses,
  quotaExhaustedRevocationsFirst,
  replicationLag,
  groupRenamed,
  groupBecameDynamic,
  groupBecamePrivileged,
  groupDeletedWithLiveGrants,
  personRenamedEMail,
  nameTwins,
  eMailOfSomeoneElse,
  leaverWithActiveGrant,
  moverListedNotRemoved,
  csvImportWithErrors,
  configurationRoundTrip,
  manualRoleAttestedAndRemoved,
  triageBecomesCatalogRole,
  observeModeThenLive,
  approveShorterByCard,
  askedBackKeepsPlace,
  changedLookAgain,
  customerApprovesInPortal,
  nobodyDecidesLapses,
  severalRolesOneGo,
  remindedThenEscalated,
  warnedBeforeEnd,
  renewBeforeEnd,
  renewalUndecidedAtEnd,
  renewPastCapRefused,
  returnEarly,
  untilIncidentCloses,
  onBehalfOfNewHireWithStartDate,
  badPolicyRefused,
  autoApproveRuleBrokenFallsToHuman,
  policyWeakenedNeedsSecondAdmin,
  rehearseDangerousChange,
  sameRequestSameTreatment,
  twoStagesOneStepWorkflow,
  twoStagesNoWayBackRefused,
  twoStepsWorkflow,
  workflowWithoutApprovalStep,
  sodConflictAppears,
  breakGlassThenReview,
  breakGlassUnreviewedRevoked,
  killSwitch,
  quickRevokeByOwner,
  operatorWithoutAdminRights,
  approverAgentAddsFriend,
  approverAwayOpenRequestMoves,
  approverDeactivatedNoticedFirst,
  approverReplacedByOperator,
  coverWouldSelfApprove,
  groupStageTwoOfThree,
];
