/**
 * Somebody asked for access for somebody else: that person is told at once, by Jira's own mail. They are
 * a participant, so they see the request, and may withdraw it: nobody is given what they do not want.
 */
import type { Offer } from '../catalog/store';
import type { Deps } from './deps';
import type { AccessRequest } from './model/request';

export async function tellBeneficiary(
  deps: Pick<Deps, 'jira' | 'log'>,
  { issueId, issueKey, requester, pin }: AccessRequest,
  { role, app }: Pick<Offer, 'role' | 'app'>,
): Promise<void> {
  // A further round asks for nothing new.
  if (!pin || pin.round > 1 || pin.beneficiary === requester) return;
  const told = await deps.jira.notify(issueId, [pin.beneficiary], {
    subject: `${issueKey}: access was asked for on your behalf`,
    lines: [
      `${role.name} in ${app.name} was asked for on your behalf. Who asks, why and who decides stands in the description of ${issueKey}.`,
      'If you do not need it, you can withdraw the request in the portal.',
    ],
  });
  // It holds up nothing: they see the request all the same.
  if (!told.ok) deps.log.warn('mail.not-sent', { issue: issueId, code: told.error.code });
}
