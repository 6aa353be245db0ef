import { digestOf, type Source, type Subject } from '../../src/requests/model/digest';
import type { AccessRequest, Approver, Pin } from '../../src/requests/model/request';
import { hashOf } from '../../src/shared/canonical';
import { HOUR } from '../../src/shared/instant';
import { NOW } from './instants';

export const aSubject = (over: Partial<Subject> = {}): Subject => ({
  issueId: '501',
  projectId: '10000',
  requestTypeId: '11',
  submitter: 'requester',
  personId: 'person-1',
  connectionId: 'main',
  tenant: 'latchkey-demo.okta.com',
  roleId: 'figma.editor',
  accessVersion: 1,
  groupIds: ['g-editors', 'g-users'],
  duration: HOUR,
  start: null,
  reasonHash: hashOf('Drawing the new logo'),
  policyVersion: 1,
  ...over,
});

export const aSource = (over: Partial<Source> = {}): Source => ({
  panel: { app: 'figma', role: 'figma.editor', duration: 3600 },
  fields: { 'f-app': 'Figma', 'f-role': null },
  summary: 'Access to Figma',
  description: 'Drawing the new logo',
  reporter: 'requester',
  requestTypeId: '11',
  projectId: '10000',
  ...over,
});

export const anApprover = (over: Partial<Approver> = {}): Approver => ({
  accountId: 'approver',
  because: 'named for this role in the catalog',
  readAt: NOW,
  personId: 'person-9',
  ...over,
});

export function aPin(over: Partial<Pin> = {}): Pin {
  const subject = over.subject ?? aSubject();
  return {
    round: 1,
    at: NOW,
    digest: digestOf(subject),
    sourceHash: 'source-1',
    lastChange: '0',
    subject,
    shownHash: 'shown-1',
    beneficiary: 'requester',
    parties: ['requester'],
    partyPersons: ['person-1'],
    stages: [{ id: 'person', needs: 1, approvers: [anApprover()] }],
    approvalsBefore: [],
    ...over,
  };
}

export const aRequest = (over: Partial<AccessRequest> = {}): AccessRequest => ({
  v: 1,
  issueId: '501',
  issueKey: 'IT-1',
  bindingId: 'it',
  state: 'received',
  stage: 0,
  round: 0,
  answers: {},
  asked: [],
  requester: 'requester',
  decisions: [],
  issueGone: false,
  changedAt: NOW,
  ...over,
});
