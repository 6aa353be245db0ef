import type { Client } from '@okta/okta-sdk-nodejs';
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import { attributeProblem } from '../credential';
import type { DirectoryPerson, Page, PersonId, PersonStatus } from '../directory';
import type { Door } from '../door';
import { telling } from './failures';
import { literal, readPage } from './pages';
import { type OktaUser, user, users } from './schemas';

/**
 * https://help.okta.com/oie/en-us/content/topics/users-groups-profiles/usgp-end-user-states.htm: a new
 * account is staged, then provisioned until its person has set it up. Who is locked out or has to set
 * a new password still signs in once that is done.
 */
const STATUS: Readonly<Record<string, PersonStatus>> = {
  STAGED: 'pending',
  PROVISIONED: 'pending',
  ACTIVE: 'active',
  PASSWORD_EXPIRED: 'active',
  LOCKED_OUT: 'active',
  RECOVERY: 'active',
  SUSPENDED: 'suspended',
  DEPROVISIONED: 'deactivated',
};
/** More than one is already too many; a page of this size shows them all in any real case. */
const MOST_NAMESAKES = 20;
const PAGE = 200;

type Found<T> = Promise<Result<T, Failure>>;

export class OktaPeople {
  readonly #sdk: Client;
  readonly #door: Door;
  constructor(sdk: Client, door: Door) {
    this.#sdk = sdk;
    this.#door = door;
  }

  /**
   * By `search`, which ignores case and includes deactivated people but lags behind changes; where it
   * finds nobody, by login, which does not lag.
   */
  async withAddress(address: string): Found<DirectoryPerson[]> {
    const wanted = address.toLowerCase();
    const search = ['profile.email', 'profile.login'].map(
      (name) => `${name} eq ${literal(wanted)}`,
    );
    const read = await this.#search(search.join(' or '));
    if (!read.ok) return read;
    const found = read.value.map(asPerson).filter((p) => p.addresses.includes(wanted));
    if (found.length > 0) return ok(found);
    const byLogin = await this.#userBy(wanted);
    if (!byLogin.ok) return byLogin;
    const person = byLogin.value && asPerson(byLogin.value);
    return ok(person?.addresses.includes(wanted) ? [person] : []);
  }

  /** Values are compared without case by Okta, and ids are not alike because they look alike. */
  async withAttribute(name: string | undefined, value: string): Found<DirectoryPerson[]> {
    if (name === undefined) return ok([]);
    if (!/^[A-Za-z_]\w{0,127}$/.test(name)) {
      return no(failure('invalid', 'This is not the name of a person attribute in Okta.'));
    }
    const problem = attributeProblem('okta', name);
    if (problem) return no(failure('invalid', problem));
    const read = await this.#search(`profile.${name} eq ${literal(value)}`);
    if (!read.ok) {
      const why = read.error;
      if (why.code !== 'invalid') return read;
      const detail = `Okta cannot search people by the attribute ${name}.`;
      return no(failure('invalid', detail, telling(why)));
    }
    return ok(read.value.filter(({ profile }) => profile[name] === value).map(asPerson));
  }

  async byId(id: PersonId): Found<DirectoryPerson | null> {
    const read = await this.userById(id);
    return read.ok ? ok(read.value && asPerson(read.value)) : read;
  }

  async byIds(ids: readonly PersonId[]): Found<DirectoryPerson[]> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return ok([]);
    const search = wanted.map((id) => `id eq ${literal(id)}`).join(' or ');
    const read = await this.#search(search, PAGE);
    return read.ok ? ok(read.value.filter(({ id }) => wanted.includes(id)).map(asPerson)) : read;
  }

  /** Without a search Okta leaves out who was deactivated. */
  async list(cursor?: string): Found<Page<DirectoryPerson>> {
    const list = this.#sdk.userApi.listUsers({ limit: PAGE });
    const read = await readPage(this.#door, { list, cursor }, users);
    if (!read.ok) return no(read.error.failure);
    const { value, ...more } = read.value;
    return ok({ ...more, items: value.map(asPerson) });
  }

  /** Okta does not check what is written as manager; whoever cannot be found is no manager. */
  async managerOf(id: PersonId): Found<DirectoryPerson | null> {
    const read = await this.userById(id);
    if (!read.ok) return read;
    if (!read.value) return ok(null);
    const { managerId, manager } = read.value.profile;
    for (const written of new Set([managerId, manager])) {
      if (!written?.trim()) continue;
      const found = await this.#named(written.trim());
      if (!found.ok || found.value) return found;
    }
    return ok(null);
  }

  /** The path also takes logins and short names of other people. */
  async userById(id: PersonId): Found<OktaUser | null> {
    const read = await this.#userBy(id);
    return read.ok && read.value?.id !== id ? ok(null) : read;
  }

  async #named(written: string): Found<DirectoryPerson | null> {
    if (written.includes('@')) {
      const people = await this.withAddress(written);
      if (!people.ok) return people;
      const active = people.value.filter((p) => p.active);
      // Two active people with the manager's address: it does not say who of them is meant.
      return ok((active.length === 1 ? active[0] : undefined) ?? null);
    }
    const read = await this.#userBy(written);
    if (!read.ok || !read.value) return read.ok ? ok(null) : read;
    const { id, profile } = read.value;
    // A short name would match the beginning of anyone's login.
    const meant = id === written || profile.login.toLowerCase() === written.toLowerCase();
    return ok(meant ? asPerson(read.value) : null);
  }

  async #userBy(idOrLogin: string): Found<OktaUser | null> {
    // Okta reads no slash in this path, encoded or not.
    if (/[/\\\s]/.test(idOrLogin)) return ok(null);
    // The SDK makes dates of what are texts here.
    const get = () => this.#sdk.userApi.getUser({ userId: idOrLogin });
    const read = await this.#door.run(get, user, 'answer');
    if (read.ok) return ok(read.value.value);
    const { failure: why } = read.error;
    return why.code === 'not-found' ? ok(null) : no(why);
  }

  async #search(search: string, limit = MOST_NAMESAKES): Found<OktaUser[]> {
    const list = this.#sdk.userApi.listUsers({ search, limit });
    const read = await readPage(this.#door, { list, cursor: undefined }, users);
    return read.ok ? ok(read.value.value) : no(read.error.failure);
  }
}

function asPerson({ id, status: told, profile }: OktaUser): DirectoryPerson {
  const email = profile.email.toLowerCase();
  const login = profile.login.toLowerCase();
  const name =
    profile.displayName || [profile.firstName, profile.lastName].filter(Boolean).join(' ');
  // A status that nobody knows yet opens nothing, and is not taken for somebody who left either.
  const status = STATUS[told] ?? 'pending';
  return {
    id,
    email,
    addresses: email === login ? [email] : [email, login],
    displayName: name || profile.login,
    status,
    active: status === 'active',
    ...(profile.title && { title: profile.title }),
    ...(profile.department && { department: profile.department }),
    ...(profile.userType && { employment: profile.userType }),
  };
}
