/**
 * What a request was judged by, as its pin keeps it: enough to judge it again by another policy. Of
 * groups and roles only what was looked at is known; whatever a later policy names beyond that
 * "cannot be told".
 */
import type { Judged } from '../../requests/model/request';
import type { Ask, Facts } from './evaluate';

export function judgedOf(ask: Ask, facts: Facts): Judged {
  const { department, employment, groups, heldRoles, ticket, looked } = facts;
  return {
    duration: ask.duration,
    ...(ask.start !== undefined && { start: ask.start }),
    reasonLength: ask.reasonLength,
    asksForSelf: ask.asksForSelf,
    ...(ask.renewsSince !== undefined && { renewsSince: ask.renewsSince }),
    ...(department !== undefined && { department }),
    ...(employment !== undefined && { employment }),
    ...(groups && { groups: [...groups].filter((key) => looked?.groups.has(key) ?? true).sort() }),
    ...(heldRoles && { heldRoles: [...heldRoles] }),
    ...(ticket !== undefined && {
      ticket: ticket && { counts: ticket.counts, open: ticket.open },
    }),
    ...(looked && {
      looked: { groups: [...looked.groups].sort(), roles: [...looked.roles].sort() },
    }),
  };
}

export const askOf = (roleId: string, judged: Judged): Ask => ({
  roleId,
  duration: judged.duration,
  ...(judged.start !== undefined && { start: judged.start }),
  reasonLength: judged.reasonLength,
  asksForSelf: judged.asksForSelf,
  ...(judged.renewsSince !== undefined && { renewsSince: judged.renewsSince }),
});

/** Nothing was stopped and no review was open, or it would never have been judged to the end. */
export const factsOf = (judged: Judged): Facts => ({
  department: judged.department,
  employment: judged.employment,
  groups: judged.groups && new Set(judged.groups),
  heldRoles: judged.heldRoles,
  ticket: judged.ticket && { key: 'the ticket', ...judged.ticket },
  unreviewed: false,
  stopped: false,
  looked: {
    groups: new Set(judged.looked?.groups ?? []),
    roles: new Set(judged.looked?.roles ?? []),
  },
});
