/** Small pieces that providing and ending a grant share. */
import type { SiteSettings } from '../catalog/model/settings';
import type { Instant } from '../shared/instant';
import type { Failure } from '../shared/result';
import { setTimer } from '../shared/timer';
import type { Ask, Grant } from './model/grant';
import { holdKey } from './model/hold';

/** A failure that waiting cannot mend, as what a person is asked to do. */
export function askFor(failure: Failure, groupName?: string): Ask {
  const request = failure.requestId ? ` Directory request ${failure.requestId}.` : '';
  return {
    check: `directory-${failure.code}`,
    sentence:
      groupName === undefined
        ? 'The directory did not carry out the change.'
        : `The directory did not carry out the change to the group ${groupName}.`,
    detail: `The directory answered: ${failure.detail}${request}`,
    nextStep:
      failure.class === 'needs-human'
        ? 'IT mends the connection and presses Resume.'
        : 'IT looks at the group and the person in the directory and presses Resume.',
  };
}

/** What evidence says about a grant in every record. */
export const factsOf = (g: Grant) => ({
  grantId: g.id,
  episode: g.episode,
  digest: g.digest,
  app: g.appId,
  role: g.roleId,
  accessVersion: g.accessVersion,
  person: `${g.connectionId}:${g.personId}`,
  groups: g.edges.map((e) => ({ ...e })),
});

export const timer = (
  g: Grant,
  what: 'end' | 'verify' | 'roll-back' | 'provision' | 'revoke' | 'warn' | 'task',
  at: Instant,
) => setTimer({ kind: 'grant', objectId: g.id, what, at, privileged: g.privileged });

export const holdKeysOf = (g: Grant): string[] =>
  g.edges.map((e) =>
    holdKey({ connectionId: g.connectionId, personId: g.personId, groupId: e.groupId }),
  );

export const statusesOf = (settings: SiteSettings, g: Grant) =>
  settings.bindings.find((b) => b.id === g.bindingId)?.statuses;
