/**
 * Roles whose approvers come out of a role again: whoever decides on a role is a member of a group
 * that another role gives, whose approvers … give the first one. People could wave each other in.
 */

import type { Source } from '../../contracts/policy';
import { groupKey } from './conditions';

export interface GivesAndAsks {
  readonly id: string;
  /** `connection:groupId` */
  readonly gives: readonly string[];
  /** The same, of groups that decide on it. */
  readonly asks: readonly string[];
}

export const groupsAsked = (stages: readonly { readonly from: readonly Source[] }[]): string[] =>
  stages.flatMap(({ from }) =>
    from.flatMap((source) => (source.kind === 'directory-group' ? [groupKey(source)] : [])),
  );

/** The shortest ring through this role, beginning with it; over any number of hops. */
export function ringThrough(
  start: string,
  roles: readonly GivesAndAsks[],
): readonly string[] | undefined {
  const givers = new Map<string, string[]>();
  for (const { id, gives } of roles)
    for (const group of gives) givers.set(group, [...(givers.get(group) ?? []), id]);
  const asks = new Map(roles.map((role) => [role.id, role.asks]));
  const cameFrom = new Map<string, string>();
  const open = [start];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    for (const group of asks.get(id) ?? []) {
      for (const giver of givers.get(group) ?? []) {
        if (giver === start) return backTo(start, id, cameFrom);
        if (cameFrom.has(giver)) continue;
        cameFrom.set(giver, id);
        open.push(giver);
      }
    }
  }
  return undefined;
}

function backTo(start: string, last: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const ring = [last];
  for (let at = last; at !== start; ) {
    at = cameFrom.get(at) ?? start;
    ring.unshift(at);
  }
  return ring;
}

export const ringSentence = (ring: readonly string[]): string =>
  ring.length === 1
    ? 'The role gives the group whose members decide on it, so people could wave each other in. Name other deciders.'
    : `Whoever decides here gets the group from ${ring.slice(1).join(', then ')}, and that leads back to ${ring[0]}. Name other deciders in one of them.`;
