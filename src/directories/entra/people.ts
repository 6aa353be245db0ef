import type { Client } from '@microsoft/microsoft-graph-client';
import { type Failure, no, ok, type Result } from '../../shared/result';
import type { DirectoryPerson, PersonId } from '../directory';
import type { Door } from '../door';
import { expression, guid, isGuid, literal } from './client';
import { type GraphUser, manager, user, usersPage } from './schemas';

/** Graph leaves out all but eleven properties unless they are named. */
const PROPERTIES = [
  'id',
  'displayName',
  'mail',
  'userPrincipalName',
  'proxyAddresses',
  'accountEnabled',
];

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
      () => this.#sdk.api('/users').filter(expression(filter)).select(PROPERTIES).get(),
      usersPage,
    );
    if (!read.ok) return no(read.error.failure);
    const people = read.value.value.value.map(asPerson);
    return ok(people.filter((person) => person.addresses.includes(wanted)));
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

function asPerson(found: GraphUser): DirectoryPerson {
  const login = found.userPrincipalName.toLowerCase();
  const email = found.mail?.toLowerCase() || login;
  const aliases = (found.proxyAddresses ?? [])
    .map((address) => /^smtp:(.+)$/i.exec(address)?.[1]?.toLowerCase())
    .filter((address) => address !== undefined);
  return {
    id: found.id,
    email,
    addresses: [...new Set([email, login, ...aliases])],
    displayName: found.displayName || found.userPrincipalName,
    active: found.accountEnabled === true,
  };
}
