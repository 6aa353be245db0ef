import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type { DirectoryPerson, Page, PersonId } from '../directory';
import type { DirectoryApi, Through } from './client';
import { type GoogleUser, user, usersPage } from './schemas';

/** An address that would be read as more than one search term is nobody's. */
const SEARCHABLE = /^[^\s"'*()]+@[^\s"'*()]+$/;
const ACCOUNT = /^[\w:.-]{1,128}$/;
const CUSTOM_FIELD = /^(\w+)\.(\w+)$/;
const MOST_NAMESAKES = 20;
const LARGEST_PAGE = 500;
/** More calls at once meet Google's limits sooner than they save time. */
const AT_ONCE = 5;

type Told<T> = Promise<Result<T, Failure>>;

export class GooglePeople {
  readonly #google: Through<DirectoryApi>;
  readonly #customer: string;
  readonly #attribute: string | undefined;
  constructor(google: Through<DirectoryApi>, of: { customer: string; attribute?: string }) {
    this.#google = google;
    this.#customer = of.customer;
    this.#attribute = of.attribute;
  }

  /** By search: reading a user by an address of another domain is refused instead of finding nobody. */
  async withAddress(address: string): Told<DirectoryPerson[]> {
    const wanted = address.toLowerCase();
    if (!SEARCHABLE.test(wanted)) return ok([]);
    const found = await this.#search(`email:${wanted}`);
    if (!found.ok) return found;
    return ok(found.value.map(asPerson).filter((person) => person.addresses.includes(wanted)));
  }

  /** The search ignores case and may lag by hours, so only what the answer itself holds counts. */
  async withAccount(accountId: string): Told<DirectoryPerson[]> {
    const attribute = this.#attribute;
    if (attribute === undefined || !ACCOUNT.test(accountId)) return ok([]);
    if (attribute !== 'externalId' && !CUSTOM_FIELD.test(attribute)) {
      const detail =
        'The attribute that holds the Atlassian account id must be externalId or Schema.field.';
      return no(failure('invalid', detail));
    }
    const found = await this.#search(`${attribute}='${accountId}'`);
    if (!found.ok) return found;
    const holds = (one: GoogleUser) => valuesOf(one, attribute).includes(accountId);
    return ok(found.value.filter(holds).map(asPerson));
  }

  async byId(id: PersonId): Told<DirectoryPerson | null> {
    const read = await this.read(id);
    return read.ok ? ok(read.value && asPerson(read.value)) : read;
  }

  /** One call each: no search takes ids, and the list of everyone is `page`. */
  async many(ids: readonly PersonId[]): Told<DirectoryPerson[]> {
    const people: DirectoryPerson[] = [];
    for (let i = 0; i < ids.length; i += AT_ONCE) {
      const some = await Promise.all(ids.slice(i, i + AT_ONCE).map((id) => this.byId(id)));
      for (const one of some) {
        if (!one.ok) return one;
        if (one.value) people.push(one.value);
      }
    }
    return ok(people);
  }

  async page(cursor?: string): Told<Page<DirectoryPerson>> {
    const { api, door } = this.#google;
    const read = await door.run(
      async () =>
        (
          await api.users.list({
            customer: this.#customer,
            maxResults: LARGEST_PAGE,
            projection: 'full',
            orderBy: 'email',
            ...(cursor !== undefined && { pageToken: cursor }),
          })
        ).data,
      usersPage,
    );
    if (!read.ok) return no(read.error.failure);
    const { users, nextPageToken } = read.value.value;
    return ok({
      items: (users ?? []).map(asPerson),
      ...(nextPageToken && { cursor: nextPageToken }),
    });
  }

  /** The relation holds an address as somebody typed it; whoever it finds nobody for is no manager. */
  async managerOf(id: PersonId): Told<DirectoryPerson | null> {
    const read = await this.read(id);
    if (!read.ok) return read;
    const written = read.value?.relations?.find(({ type }) => type === 'manager')?.value?.trim();
    if (!written) return ok(null);
    const found = await this.withAddress(written);
    return found.ok ? ok(found.value.length === 1 ? (found.value[0] ?? null) : null) : found;
  }

  async read(id: PersonId): Told<GoogleUser | null> {
    const { api, door } = this.#google;
    const read = await door.run(
      async () => (await api.users.get({ userKey: id, projection: 'full' })).data,
      user,
    );
    // An address or an alias of somebody would do as a key, too.
    if (read.ok) return ok(read.value.value.id === id ? read.value.value : null);
    return read.error.failure.code === 'not-found' ? ok(null) : no(read.error.failure);
  }

  async #search(query: string): Told<GoogleUser[]> {
    const { api, door } = this.#google;
    const asked = {
      customer: this.#customer,
      query,
      maxResults: MOST_NAMESAKES,
      projection: 'full',
    };
    const read = await door.run(async () => (await api.users.list(asked)).data, usersPage);
    return read.ok ? ok(read.value.value.users ?? []) : no(read.error.failure);
  }
}

function valuesOf(found: GoogleUser, attribute: string): unknown[] {
  const [, schema, field] = CUSTOM_FIELD.exec(attribute) ?? [];
  if (schema === undefined || field === undefined)
    return (found.externalIds ?? []).map(({ value }) => value);
  const held = found.customSchemas?.[schema]?.[field];
  // A field that may hold several values wraps each.
  return Array.isArray(held) ? held.map((one) => (one as { value?: unknown })?.value) : [held];
}

function asPerson(found: GoogleUser): DirectoryPerson {
  const all = [found.primaryEmail, ...(found.aliases ?? []), ...(found.nonEditableAliases ?? [])];
  const work = found.organizations?.find(({ primary }) => primary) ?? found.organizations?.[0];
  const title = work?.title?.trim();
  const department = work?.department?.trim();
  // "Type of employee" of the admin console. [unverified]
  const employment = work?.description?.trim();
  const status = statusOf(found);
  return {
    id: found.id,
    email: found.primaryEmail.toLowerCase(),
    addresses: [...new Set(all.map((address) => address.toLowerCase()))],
    displayName: found.name?.fullName || found.primaryEmail,
    status,
    active: status === 'active',
    ...(title && { title }),
    ...(department && { department }),
    ...(employment && { employment }),
  };
}

/** Whoever never signed in yet is active all the same; archiving is how Google keeps those who left. */
function statusOf({ archived, suspended }: GoogleUser): DirectoryPerson['status'] {
  if (archived) return 'deactivated';
  return suspended ? 'suspended' : 'active';
}
