/**
 * One source of deciders, read: whom it names today, and why somebody whom it names cannot be asked.
 * Nobody is left out here because they are a party: that is the chain's business (`approvers.ts`).
 */
import { DIRECTORY_NAMES } from '../catalog/model/catalog';
import type { Source } from '../contracts/policy';
import type { Deps } from '../requests/deps';
import type { Approver } from '../requests/model/request';
import { type Failure, ok, type Result } from '../shared/result';
import {
  accountOf,
  type Candidate,
  inPerson,
  type Missing,
  missing,
  type OneRead,
} from './chain-account';
import { type Asking, groupMembers, type Read } from './chain-group';

export async function readSource(
  deps: Deps,
  asking: Asking,
  source: Source,
): Promise<Result<Read, Failure>> {
  const nobody = { kind: source.kind, found: [], missing: [], groups: [] };
  switch (source.kind) {
    case 'manager':
    case 'managers-manager':
      return read(source.kind, [await manager(deps, asking, source.kind)]);
    case 'owner':
      return read(source.kind, [await named(deps, asking, asking.offer.app.owner, 'owner')]);
    case 'people':
      return read(
        source.kind,
        await Promise.all(source.accounts.map((one) => named(deps, asking, one, 'person'))),
      );
    case 'jira-group': {
      const { group: id, name } = source;
      const because = `the Jira group ${name}`;
      return ok({ ...nobody, groups: [{ kind: 'jira-group', id, name, because }] });
    }
    case 'directory-group':
      return groupMembers(deps, asking, source);
  }
}

function read(kind: Source['kind'], ones: readonly OneRead[]): Result<Read, Failure> {
  const found: Candidate[] = [];
  const missing: Missing[] = [];
  for (const one of ones) {
    if (!one.ok) return one;
    if (one.value.ok) found.push(one.value.value);
    else missing.push(one.value.error);
  }
  return ok({ kind, found, missing, groups: [] });
}

async function manager(
  deps: Deps,
  asking: Asking,
  kind: 'manager' | 'managers-manager',
): Promise<OneRead> {
  const { directory, beneficiary } = asking;
  const { connectionId } = asking.offer.role;
  const who = kind === 'manager' ? 'manager' : "manager's manager";
  let found = await directory.managerOf(beneficiary);
  if (found.ok && found.value && kind === 'managers-manager')
    found = await directory.managerOf(found.value.id);
  if (!found.ok) return found;
  const person = found.value;
  if (person === null || !person.active)
    return missing(
      'manager-known',
      `The directory names no active ${who} for the person who shall receive the access, so nobody may decide.`,
      `IT can enter the ${who} in the directory, or choose another approver for this role, and press Resume.`,
      { personId: beneficiary },
      { why: `the directory names no active ${who}` },
    );
  const account = await accountOf(deps, { directory, connectionId }, person, who);
  if (!account.ok || !account.value.ok) return account as OneRead;
  const { accountId, persons } = account.value.value;
  const approver: Approver = {
    accountId,
    because: `${who} in ${DIRECTORY_NAMES[directory.kind]}`,
    readAt: deps.now(),
    personId: person.id,
  };
  return ok(ok({ approver, persons }));
}

const NAMED = {
  owner: 'owner of the app in the catalog',
  person: 'named for this role in the catalog',
  fallback: 'in the IT queue',
} as const;

/** An account that the catalog or the policy names. */
export async function named(
  deps: Deps,
  { directory, offer }: Pick<Asking, 'directory' | 'offer'>,
  accountId: string,
  as: keyof typeof NAMED,
): Promise<OneRead> {
  const where = { directory, connectionId: offer.role.connectionId };
  return inPerson(deps, where, accountId, { because: NAMED[as], rule: as });
}
