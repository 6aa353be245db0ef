/** `/rest/servicedeskapi/request/{issue}/approval`. */
import { z } from 'zod';
import { json } from '../../kit/routes';
import { decide } from '../decide';
import { approvalJson, page } from '../desk-shapes';
import type { Door } from '../door';
import { SiteError } from '../errors';

const PATH = '/rest/servicedeskapi/request/:issue/approval';
const answerSchema = z.looseObject({ decision: z.enum(['approve', 'decline']) });

export function approvalRoutes(door: Door): void {
  door.desk('GET', PATH, (call) => {
    const issue = call.request();
    const reply = page(call.site, call.req.query, {
      path: `/request/${issue.id}/approval`,
      values: issue.approvals.map((a) => approvalJson(call.site, call.caller, issue, a)),
    });
    call.cost(reply.size);
    return json(200, reply);
  });
  door.desk('GET', `${PATH}/:approval`, (call) => {
    const issue = call.request();
    const approval = issue.approvals.find((a) => a.id === call.param('approval'));
    if (!approval) throw new SiteError(404, 'The approval does not exist.');
    return json(200, approvalJson(call.site, call.caller, issue, approval));
  });
  door.desk('POST', `${PATH}/:approval`, (call) => {
    const issue = call.request();
    const { decision } = call.body(answerSchema);
    call.write(issue);
    const approvalId = call.param('approval');
    const approval = decide(call.site, issue, { approvalId, decision, by: call.actor() });
    return json(200, approvalJson(call.site, call.caller, issue, approval));
  });
}
