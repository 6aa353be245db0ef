/**
 * Several roles in one go: a new colleague needs five, and five forms are four too many.
 *
 * 1. each role becomes a request of its own (`file.ts`), because each has its own approvers, its own
 *    decision and its own end; they are linked with the first one;
 * 2. one that cannot be filed is named with its reason and keeps no other from being filed;
 * 3. sending the same list again files only what is missing: a role whose request is open already is
 *    answered with that request.
 */
import type { Binding, SiteSettings } from '../catalog/model/settings';
import { apps, roles as roleRecords } from '../catalog/store';
import type { Answer, Problem } from '../contracts/answer';
import type { Together } from '../contracts/together';
import type { Row } from '../forge/ports';
import { hashOf } from '../shared/canonical';
import { secondsBetween } from '../shared/instant';
import { decode } from '../shared/record';
import type { Deps } from './deps';
import { type FiledAs, fileForPerson, type Order } from './file';

export type Outcome =
  | ({ readonly role: string; readonly ok: true } & FiledAs)
  | { readonly role: string; readonly ok: false; readonly problem: Problem };

/** A resolver has 25 s; one filing takes a few calls of Jira. */
const LONGEST = 14;

export async function askTogether(
  deps: Deps,
  asked: Together,
  accountId: string,
): Promise<Answer<{ readonly roles: readonly Outcome[] }>> {
  const ids = asked.roles.map(({ role }) => role);
  if (new Set(ids).size < ids.length) return no(TWICE);
  const person = await deps.jira.accounts([accountId]);
  if (!person.ok) return no(JIRA_SILENT);
  if (!person.value.some((one) => one.active && one.type !== 'app' && one.type !== 'unknown'))
    return no(NOBODY);
  const binding = bindingOf(await deps.settings(), asked.binding);
  const requestTypeId = binding?.requestTypeIds[0];
  if (!binding || requestTypeId === undefined) return no(NOT_BOUND);
  const names = await namesOf(deps, ids);
  const begun = deps.now();
  const outcomes: Outcome[] = [];
  for (const one of asked.roles) {
    const { role } = one;
    const name = names.get(role);
    if (name === undefined) {
      outcomes.push({ role, ok: false, problem: NOT_OFFERED });
      continue;
    }
    if (secondsBetween(begun, deps.now()) > LONGEST) {
      outcomes.push({ role, ok: false, problem: NO_TIME });
      continue;
    }
    const first = outcomes.find((done) => done.ok);
    const order: Order = {
      why: 'together',
      // People name the beneficiary as they like; not everything is a key of the store.
      key: `${accountId}:${hashOf(asked.beneficiary ?? accountId)}:${role}`,
      by: accountId,
      onBehalfOf: accountId,
      binding,
      requestTypeId,
      what: name,
      wish: wishOf(asked, one),
      ...(first?.ok && { relatesTo: first.issueId }),
    };
    const filed = await fileForPerson(deps, order);
    outcomes.push(
      filed.ok
        ? { role, ok: true, ...filed.value }
        : { role, ok: false, problem: said(filed.error) },
    );
  }
  return { ok: true, value: { roles: outcomes } };
}

function wishOf({ reason, beneficiary, start, ticket }: Together, one: Together['roles'][number]) {
  return {
    app: one.role.split('.')[0] as string,
    role: one.role,
    duration: one.duration,
    ...(reason !== undefined && { reason }),
    ...(beneficiary !== undefined && { beneficiary }),
    ...(start !== undefined && { start }),
    ...(ticket !== undefined && { ticket }),
  };
}

const bindingOf = (settings: SiteSettings, id: string | undefined): Binding | undefined =>
  id === undefined ? settings.bindings[0] : settings.bindings.find((b) => b.id === id);

/** Of roles that are offered: "Editor in Figma". */
async function namesOf(deps: Deps, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const keys = ids.flatMap((id) => [`role:${id}`, `app:${id.split('.')[0]}`]);
  const rows = await deps.store.getMany(keys.map((key) => ({ entity: 'config', key })));
  return new Map(
    ids.flatMap((id, i) => {
      const name = nameOf(id, rows[2 * i], rows[2 * i + 1]);
      return name === undefined ? [] : [[id, name] as const];
    }),
  );
}

function nameOf(id: string, roleRow: Row | undefined, appRow: Row | undefined) {
  if (!roleRow || !appRow) return undefined;
  const role = decode(roleRecords, `role:${id}`, roleRow).value;
  const app = decode(apps, `app:${role.appId}`, appRow).value;
  return role.status === 'live' && app.status === 'live'
    ? `${role.name} in ${app.name}`
    : undefined;
}

const no = (problem: Problem) => ({ ok: false as const, problem });
const said = ({ check, sentence, nextStep }: Problem): Problem => ({ check, sentence, nextStep });

const TWICE: Problem = {
  check: 'roles-distinct',
  sentence: 'The same role stands in the list twice, so nothing was filed.',
  nextStep: 'Take it out once.',
};
const NOBODY: Problem = {
  check: 'requester-known',
  sentence: 'There is no active account behind this, so nothing was filed.',
  nextStep: 'Sign in and try again.',
};
const NOT_BOUND: Problem = {
  check: 'request-type-bound',
  sentence: 'This site has no request type for access requests yet, so nothing was filed.',
  nextStep: 'Ask IT to finish the setup of Latchkey.',
};
const NOT_OFFERED: Problem = {
  check: 'role-offered',
  sentence: 'This role is not offered, so it was not asked for.',
  nextStep: 'Choose another role, or ask IT.',
};
const NO_TIME: Problem = {
  check: 'time-left',
  sentence: 'There was no time left for this one, so it was not asked for yet.',
  nextStep: 'Send the list again; what is filed already is not filed twice.',
};
const JIRA_SILENT: Problem = {
  check: 'jira-answers',
  sentence: 'Jira did not answer, so nothing was filed.',
  nextStep: 'Try again in a minute.',
};
