/** Whether a role can be given at all, and over which connection: its groups, or who the person is. */
import type { Offer } from '../catalog/store';
import { no, ok, type Refusal } from '../shared/result';
import type { Deps } from './deps';

/** Of a role carried out by hand the connection says who people are and who manages them. */
export function automatable(offer: Offer, deps: Pick<Deps, 'installation'>) {
  const { role, app, connection, red } = offer;
  if (red && role.kind === 'automatic') {
    return no<Refusal>({
      check: 'role-sound',
      sentence: `${role.name} in ${app.name} cannot be given at the moment: IT has to look at this role first.`,
      nextStep: 'IT has been told; once the role is mended, IT presses Resume.',
      facts: { role: role.id, rule: red.rule, ...red.facts },
    });
  }
  if (!connection || connection.status === 'off') {
    return no<Refusal>({
      check: 'connection-on',
      sentence: 'The connection to the directory is switched off.',
      nextStep: 'IT switches it on and presses Resume.',
      facts: { connection: role.connectionId },
    });
  }
  if (connection.cloudId !== deps.installation.cloudId) {
    return no<Refusal>({
      check: 'connection-belongs-to-site',
      sentence:
        'The connection to the directory belongs to another Jira site, so this copy does not use it.',
      nextStep: 'An administrator of this site connects the directory anew.',
      facts: { connection: connection.id },
    });
  }
  return ok(connection);
}
