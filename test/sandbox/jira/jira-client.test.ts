/** An unmodified Jira client drives the site as three people, and checks every answer's schema. */
import { createCloudClient } from 'jira.js/cloud';
import { createServiceDeskClient } from 'jira.js/serviceDesk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenOf } from '../../../sandbox/jira/site';
import { type Listening, serve } from '../../../sandbox/kit/serve';
import { aSite, paragraph } from './fixture';

const s = aSite();
let listening: Listening;

beforeAll(async () => {
  listening = await serve(s.site.routes, 0);
});
afterAll(() => listening.close());

const config = (key: string) => ({
  host: `http://127.0.0.1:${listening.port}`,
  auth: { type: 'basic' as const, email: s.person(key).email, apiToken: tokenOf(key) },
  onSchemaMismatch: 'throw' as const,
});

describe('a Jira client', () => {
  it('takes a request from the portal to the approver’s answer', async () => {
    const requester = createServiceDeskClient(config('requester'));
    const manager = createServiceDeskClient(config('manager'));
    const agent = createCloudClient(config('agent'));
    const { values: desks } = await requester.servicedesk.getServiceDesks();
    const desk = desks?.find((d) => d.projectKey === 'IT');
    const serviceDeskId = desk?.id ?? '';
    const types = await requester.servicedesk.getRequestTypes({ serviceDeskId });
    const made = await requester.request.createCustomerRequest({
      serviceDeskId,
      requestTypeId: types.values?.[0]?.id ?? '',
      requestFieldValues: { summary: 'Figma, please' },
    });
    const issueIdOrKey = made.issueKey ?? '';

    const fields = await agent.issueFields.getFields();
    const approvers = fields.find((field) => field.name === 'Approvers')?.id ?? '';
    await agent.issues.editIssue({
      issueIdOrKey,
      fields: { [approvers]: [{ accountId: s.person('manager').accountId }] },
    });
    const { transitions } = await agent.issues.getTransitions({ issueIdOrKey });
    const ask = transitions?.find((t) => t.to?.name === 'Waiting for approval');
    await agent.issues.doTransition({ issueIdOrKey, transition: { id: ask?.id ?? '' } });

    const { values: approvals } = await manager.request.getApprovals({ issueIdOrKey });
    const answered = await manager.request.answerApproval({
      issueIdOrKey,
      approvalId: Number(approvals?.[0]?.id),
      decision: 'approve',
    });
    expect(answered.finalDecision).toBe('approved');

    await agent.issueComments.addComment({ issueIdOrKey, body: paragraph('Well done.') as never });
    const issue = await agent.issues.getIssue({ issueIdOrKey, expand: 'changelog' });
    expect(issue.fields?.['status'].name).toBe('Approved');
    const found = await agent.issueSearch.searchAndReconsileIssuesUsingJql({
      jql: 'project = IT AND status = Approved',
      fields: ['summary'],
    });
    expect(found.issues?.map((hit) => hit.key)).toEqual([issueIdOrKey]);
    const comments = await requester.request.getRequestComments({ issueIdOrKey });
    expect(comments.values?.map((comment) => comment.body)).toEqual(['Well done.']);
  });
});
