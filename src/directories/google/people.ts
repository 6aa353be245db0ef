import { type Failure, no, ok, type Result } from '../../shared/result';
import type { DirectoryPerson, PersonId } from '../directory';
import type { Door } from '../door';
import type { DirectoryApi } from './client';
import { type GoogleUser, user, usersPage } from './schemas';

/** An address that would be read as more than one search term is nobody's. */
const SEARCHABLE = /^[^\s"'*()]+@[^\s"'*()]+$/;
const MOST_NAMESAKES = 20;

type Found<T> = Promise<Result<T, Failure>>;

export class GooglePeople {
  readonly #api: DirectoryApi;
  readonly #door: Door;
  readonly #customer: string;
  constructor(api: DirectoryApi, door: Door, customer: string) {
    this.#api = api;
    this.#door = door;
    this.#customer = customer;
  }

  /** By search: reading a user by an address of another domain is refused instead of finding nobody. */
  async withAddress(address: string): Found<DirectoryPerson[]> {
    const wanted = address.toLowerCase();
    if (!SEARCHABLE.test(wanted)) return ok([]);
    const query = `email:${wanted}`;
    const read = await this.#door.run(
      async () =>
        (
          await this.#api.users.list({
            customer: this.#customer,
            query,
            maxResults: MOST_NAMESAKES,
          })
        ).data,
      usersPage,
    );
    if (!read.ok) return no(read.error.failure);
    const people = (read.value.value.users ?? []).map(asPerson);
    return ok(people.filter((person) => person.addresses.includes(wanted)));
  }

  async byId(id: PersonId): Found<DirectoryPerson | null> {
    const read = await this.#read(id);
    return read.ok ? ok(read.value && asPerson(read.value)) : read;
  }

  /** The relation holds an address as somebody typed it; whoever it finds nobody for is no manager. */
  async managerOf(id: PersonId): Found<DirectoryPerson | null> {
    const read = await this.#read(id);
    if (!read.ok) return read;
    const written = read.value?.relations?.find(({ type }) => type === 'manager')?.value?.trim();
    if (!written) return ok(null);
    const found = await this.withAddress(written);
    return found.ok ? ok(found.value.length === 1 ? (found.value[0] ?? null) : null) : found;
  }

  async #read(id: PersonId): Found<GoogleUser | null> {
    const read = await this.#door.run(
      async () => (await this.#api.users.get({ userKey: id, projection: 'full' })).data,
      user,
    );
    // An address or an alias of somebody would do as a key, too.
    if (read.ok) return ok(read.value.value.id === id ? read.value.value : null);
    return read.error.failure.code === 'not-found' ? ok(null) : no(read.error.failure);
  }
}

function asPerson(found: GoogleUser): DirectoryPerson {
  const all = [found.primaryEmail, ...(found.aliases ?? []), ...(found.nonEditableAliases ?? [])];
  return {
    id: found.id,
    email: found.primaryEmail.toLowerCase(),
    addresses: [...new Set(all.map((address) => address.toLowerCase()))],
    displayName: found.name?.fullName || found.primaryEmail,
    active: found.suspended !== true && found.archived !== true,
  };
}
