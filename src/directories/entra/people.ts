import type { Client } from '@microsoft/microsoft-graph-client';
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type { DirectoryPerson, Page, PersonId } from '../directory';
import type { Door } from '../door';
import { among, expression, guid, isGuid, literal, MOST_IN, within } from './client';
import { type GraphUser, manager, user, usersPage } from './schemas';

/** Graph leaves out all but eleven properties unless they are named. */
const PROPERTIES = [
  'id',
  'displayName',
  'mail',
  'userPrincipalName',
  'proxyAddresses',
  'accountEnabled',
  'jobTitle',
  'department',
  'employeeType',
];
const LARGEST_PAGE = 999;
const USERS = '/users';

type Found<T> = Promise<Result<T, Failure>>;

export class EntraPeople {
  readonly #sdk: Client;
  readonly #door: Door;
  constructor(sdk: Client, door: Door) {
    this.#sdk = sdk;
    this.#door = door;
  }

  async withAddress(address: string): Found<DirectoryPerson[]> {
    const wanted = address.toLowerCase();
    const filter = [
      `mail eq ${literal(wanted)}`,
      `userPrincipalName eq ${literal(wanted)}`,
      `proxyAddresses/any(p:p eq ${literal(`smtp:${wanted}`)})`,
    ].join(' or ');
    const read = await this.#door.run(
      () => this.#sdk.api(USERS).filter(expression(filter)).select(PROPERTIES).get(),
      usersPage,
    );
    if (!read.ok) return no(read.error.failure);
    const people = read.value.value.value.map(asPerson);
    return ok(people.filter((person) => person.addresses.includes(wanted)));
  }

  /** `attribute`: as the Entra admin center calls it; see `attributePath`. */
  async withAttribute(attribute: string | undefined, value: string): Found<DirectoryPerson[]> {
    if (attribute === undefined) return ok([]);
    const path = attributePath(attribute);
    if (path === undefined) {
      const detail = `Entra ID has no attribute ${attribute.slice(0, 60)} that people can be found by.`;
      return no(failure('invalid', detail));
    }
    const [top = path, below] = path.split('/');
    // https://learn.microsoft.com/graph/aad-advanced-queries: extension attributes need both.
    const read = await this.#door.run(
      () =>
        this.#sdk
          .api(USERS)
          .header('ConsistencyLevel', 'eventual')
          .count(true)
          .filter(expression(`${path} eq ${literal(value)}`))
          .select([...PROPERTIES, top])
          .get(),
      usersPage,
      'answer',
    );
    if (!read.ok) return no(read.error.failure);
    // Graph compares without regard to case, account ids differ by it.
    const raw = (read.value.answer.json as { value: Record<string, unknown>[] }).value;
    const holds = (found: Record<string, unknown> | undefined) => {
      const at = found?.[top];
      return (below === undefined ? at : (at as Record<string, unknown> | null)?.[below]) === value;
    };
    return ok(read.value.value.value.filter((_, i) => holds(raw[i])).map(asPerson));
  }

  async byId(id: PersonId): Found<DirectoryPerson | null> {
    if (!isGuid(id)) return ok(null);
    const read = await this.#door.run(
      () =>
        this.#sdk
          .api(`/users/${guid(id)}`)
          .select(PROPERTIES)
          .get(),
      user,
    );
    if (read.ok) return ok(asPerson(read.value.value));
    return read.error.failure.code === 'not-found' ? ok(null) : no(read.error.failure);
  }

  /** By `in`, not `getByIds`: that one wants Directory.Read.All and cannot select. */
  async byIds(ids: readonly PersonId[]): Found<DirectoryPerson[]> {
    const known = [...new Set(ids.filter(isGuid))];
    const people: DirectoryPerson[] = [];
    for (let from = 0; from < known.length; from += MOST_IN) {
      const some = known.slice(from, from + MOST_IN);
      const read = await this.#door.run(
        () => this.#sdk.api(USERS).filter(among(some)).select(PROPERTIES).get(),
        usersPage,
      );
      if (!read.ok) return no(read.error.failure);
      people.push(...read.value.value.value.map(asPerson));
    }
    return ok(people);
  }

  async list(cursor?: string): Found<Page<DirectoryPerson>> {
    const from = cursor === undefined ? ok(undefined) : within(USERS, cursor);
    if (!from.ok) return from;
    const link = from.value;
    const read = await this.#door.run(
      () =>
        link === undefined
          ? this.#sdk.api(USERS).select(PROPERTIES).top(LARGEST_PAGE).get()
          : this.#sdk.api(link).get(),
      usersPage,
    );
    if (!read.ok) return no(read.error.failure);
    const { value, '@odata.nextLink': next } = read.value.value;
    return pageOf(USERS, value.map(asPerson), next);
  }

  async managerOf(id: PersonId): Found<DirectoryPerson | null> {
    if (!isGuid(id)) return ok(null);
    const read = await this.#door.run(
      () =>
        this.#sdk
          .api(`/users/${guid(id)}/manager`)
          .select(PROPERTIES)
          .get(),
      manager,
    );
    if (read.ok) {
      const found = read.value.value;
      return ok('userPrincipalName' in found ? asPerson(found) : null);
    }
    return read.error.failure.code === 'not-found' ? ok(null) : no(read.error.failure);
  }
}

/** A page with the cursor for the next, which must belong to the same list. */
export function pageOf<T>(
  path: string,
  items: readonly T[],
  next: string | undefined,
): Result<Page<T>, Failure> {
  if (next === undefined) return ok({ items });
  const link = within(path, next);
  return link.ok ? ok({ items, cursor: link.value }) : link;
}

const EXTENSION_ATTRIBUTE =
  /^(?:onPremisesExtensionAttributes\/)?(extensionAttribute(?:[1-9]|1[0-5]))$/;
/** A directory extension carries the id of the app registration that made it. */
const DIRECTORY_EXTENSION = /^extension_[0-9a-f]{32}_\w{1,100}$/i;

/** Where Graph keeps an attribute, `undefined` for names that it does not filter by. */
export function attributePath(attribute: string): string | undefined {
  const numbered = EXTENSION_ATTRIBUTE.exec(attribute)?.[1];
  if (numbered !== undefined) return `onPremisesExtensionAttributes/${numbered}`;
  return attribute === 'employeeId' || DIRECTORY_EXTENSION.test(attribute) ? attribute : undefined;
}

function asPerson(found: GraphUser): DirectoryPerson {
  const login = found.userPrincipalName.toLowerCase();
  const email = found.mail?.toLowerCase() || login;
  const aliases = (found.proxyAddresses ?? [])
    .map((address) => /^smtp:(.+)$/i.exec(address)?.[1]?.toLowerCase())
    .filter((address) => address !== undefined);
  // Whoever never signed in is active all the same: Entra has one switch. A deleted person is not found.
  const active = found.accountEnabled === true;
  return {
    id: found.id,
    email,
    addresses: [...new Set([email, login, ...aliases])],
    displayName: found.displayName || found.userPrincipalName,
    status: active ? 'active' : 'suspended',
    active,
    ...(found.jobTitle && { title: found.jobTitle }),
    ...(found.department && { department: found.department }),
    ...(found.employeeType && { employment: found.employeeType }),
  };
}
