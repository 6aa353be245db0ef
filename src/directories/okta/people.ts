import type { Client } from '@okta/okta-sdk-nodejs';
import { type Failure, no, ok, type Result } from '../../shared/result';
import type { DirectoryPerson, Page, PersonId, PersonStatus } from '../directory';
import type { Door } from '../door';
import { gatherUpTo, onePage } from './pages';
import { type OktaUser, user, users } from './schemas';

/** https://developer.okta.com/docs/concepts/user-profiles/#user-states; a state not listed is not active. */
const STATUS: Readonly<Record<string, PersonStatus>> = {
  ACTIVE: 'active',
  PROVISIONED: 'active',
  PASSWORD_EXPIRED: 'active',
  LOCKED_OUT: 'active',
  RECOVERY: 'active',
  STAGED: 'pending',
  SUSPENDED: 'suspended',
  DEPROVISIONED: 'deactivated',
};
const ATTRIBUTE = /^[A-Za-z][A-Za-z0-9_]{0,59}$/;
/** An account id of Atlassian; nothing that could end the literal. */
const ACCOUNT = /^[A-Za-z0-9:-]{1,128}$/;
const LARGEST_PAGE = 200;
/** More than one is already too many; a page of this size shows them all in any real case. */
const MOST_NAMESAKES = 20;

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
    const literal = `"${wanted.replace(/[\\"]/g, '\\$&')}"`;
    const search = `profile.email eq ${literal} or profile.login eq ${literal}`;
    const read = await this.#door.run(
      async () =>
        gatherUpTo(
          MOST_NAMESAKES,
          await this.#sdk.userApi.listUsers({ search, limit: MOST_NAMESAKES }),
        ),
      users,
    );
    if (!read.ok) return no(read.error.failure);
    const found = read.value.value.map(asPerson).filter((p) => p.addresses.includes(wanted));
    if (found.length > 0) return ok(found);
    const byLogin = await this.#byIdOrLogin(wanted);
    if (!byLogin.ok) return byLogin;
    const person = byLogin.value && asPerson(byLogin.value);
    return ok(person?.addresses.includes(wanted) ? [person] : []);
  }

  /** By `search`: the strongly consistent `filter` knows no attributes of a company's own. */
  async withAttribute(attribute: string | undefined, value: string): Found<DirectoryPerson[]> {
    if (attribute === undefined) return ok([]);
    if (!ATTRIBUTE.test(attribute) || !ACCOUNT.test(value)) return ok([]);
    const search = `profile.${attribute} eq "${value}"`;
    const read = await this.#search(search, MOST_NAMESAKES);
    if (!read.ok) return read;
    // Search compares without case.
    return ok(read.value.filter(({ profile }) => profile[attribute] === value).map(asPerson));
  }

  async byIds(ids: readonly PersonId[]): Found<DirectoryPerson[]> {
    const clean = ids.filter((id) => /^[A-Za-z0-9]{1,60}$/.test(id));
    if (clean.length === 0) return ok([]);
    const search = clean.map((id) => `id eq "${id}"`).join(' or ');
    const read = await this.#search(search, clean.length);
    if (!read.ok) return read;
    return ok(read.value.filter(({ id }) => clean.includes(id)).map(asPerson));
  }

  /** Everybody but who was deactivated, whom Okta's plain list leaves out. */
  async page(cursor: string | undefined): Found<Page<DirectoryPerson>> {
    const after = cursor === undefined ? {} : { after: cursor };
    const read = await onePage(
      this.#door,
      () => this.#sdk.userApi.listUsers({ limit: LARGEST_PAGE, ...after }),
      users,
    );
    if (!read.ok) return no(read.error.failure);
    const { items, cursor: next } = read.value;
    return ok({ items: items.map(asPerson), ...(next !== undefined && { cursor: next }) });
  }

  /** As Okta has it; `null`: no such person. */
  async read(id: PersonId): Found<OktaUser | null> {
    const read = await this.#byIdOrLogin(id);
    if (!read.ok) return read;
    return ok(read.value?.id === id ? read.value : null);
  }

  async #search(search: string, most: number): Found<OktaUser[]> {
    const read = await this.#door.run(
      async () =>
        gatherUpTo(most, await this.#sdk.userApi.listUsers({ search, limit: LARGEST_PAGE })),
      users,
    );
    return read.ok ? ok(read.value.value) : no(read.error.failure);
  }

  async byId(id: PersonId): Found<DirectoryPerson | null> {
    const read = await this.#byIdOrLogin(id);
    if (!read.ok) return read;
    // The path also takes logins and short names of other people.
    return ok(read.value?.id === id ? asPerson(read.value) : null);
  }

  /** Okta does not check what is written as manager; whoever cannot be found is no manager. */
  async managerOf(id: PersonId): Found<DirectoryPerson | null> {
    const read = await this.#byIdOrLogin(id);
    if (!read.ok) return read;
    if (read.value?.id !== id) return ok(null);
    const { managerId, manager } = read.value.profile;
    for (const written of new Set([managerId, manager])) {
      if (!written?.trim()) continue;
      const found = await this.#named(written.trim());
      if (!found.ok || found.value) return found;
    }
    return ok(null);
  }

  async #named(written: string): Found<DirectoryPerson | null> {
    if (written.includes('@')) {
      const people = await this.withAddress(written);
      if (!people.ok) return people;
      const active = people.value.filter((p) => p.active);
      // Two active people with the manager's address: it does not say who of them is meant.
      return ok((active.length === 1 ? active[0] : undefined) ?? null);
    }
    const read = await this.#byIdOrLogin(written);
    if (!read.ok || !read.value) return read.ok ? ok(null) : read;
    const { id, profile } = read.value;
    // A short name would match the beginning of anyone's login.
    const meant = id === written || profile.login.toLowerCase() === written.toLowerCase();
    return ok(meant ? asPerson(read.value) : null);
  }

  async #byIdOrLogin(idOrLogin: string): Found<OktaUser | null> {
    // Okta reads no slash in this path, encoded or not.
    if (/[/\\\s]/.test(idOrLogin)) return ok(null);
    const read = await this.#door.run(() => this.#sdk.userApi.getUser({ userId: idOrLogin }), user);
    if (read.ok) return ok(read.value.value);
    const { failure } = read.error;
    return failure.code === 'not-found' ? ok(null) : no(failure);
  }
}

function asPerson({ id, status, profile }: OktaUser): DirectoryPerson {
  const standing = STATUS[status] ?? 'suspended';
  const email = profile.email.toLowerCase();
  const login = profile.login.toLowerCase();
  const name =
    profile.displayName || [profile.firstName, profile.lastName].filter(Boolean).join(' ');
  return {
    id,
    email,
    addresses: email === login ? [email] : [email, login],
    displayName: name || profile.login,
    status: standing,
    active: standing === 'active',
    ...(profile.title && { title: profile.title }),
    ...(profile.department && { department: profile.department }),
  };
}
