/** Whether the app may carry out a role by itself, and over which connection. */
import type { Offer } from '../catalog/store';
import { no, ok, type Refusal } from '../shared/result';
import type { Deps } from './deps';

/** Roles that the app may carry out by itself, with the connection to do it. */
export function automatable(offer: Offer, deps: Pick<Deps, 'installation'>) {
  const { role, app, connection, red } = offer;
  if (red) {
    return no<Refusal>({
      check: 'role-sound',
      sentence: `${role.name} in ${app.name} cannot be given at the moment: IT has to look at this role first.`,
      nextStep: 'IT has been told; once the role is mended, IT presses Resume.',
      facts: { role: role.id, rule: red.rule, ...red.facts },
    });
  }
  if (role.kind === 'manual') {
    return no<Refusal>({
      check: 'role-automatable',
      sentence: `${role.name} in ${app.name} is carried out by people, not by the app.`,
      nextStep: 'IT has been told and takes it from here.',
      facts: { role: role.id, because: role.manualBecause ?? 'unknown' },
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
