import type { Client } from '@microsoft/microsoft-graph-client';
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type {
  GroupDescription,
  GroupId,
  GroupInspection,
  Membership,
  PersonId,
  Receipt,
} from '../directory';
import type { Done, Door, Refused } from '../door';
import { guid, isGuid, memberReference } from './client';
import { gone, lacking, namedIn, telling } from './failures';
import { described, GROUP_PROPERTIES, PRIVILEGED } from './kinds';
import type { EntraPeople } from './people';
import { group, idList, idsPage, nothing } from './schemas';

export const CHANGE_MEMBERS = 'GroupMember.ReadWrite.All';

const LARGEST_PAGE = 999;
/** Reads lag behind writes by seconds, so what cannot be told now can be told then. */
const LOOK_AGAIN_AFTER = 15;
/** https://learn.microsoft.com/entra/id-governance/privileged-identity-management/groups-assign-member-owner */
export const SHORTEST_SECONDS = 300;

type Told<T> = Promise<Result<T, Failure>>;

export class EntraGroups {
  readonly #sdk: Client;
  readonly #door: Door;
  readonly #people: EntraPeople;
  constructor(sdk: Client, door: Door, people: EntraPeople) {
    this.#sdk = sdk;
    this.#door = door;
    this.#people = people;
  }

  async describe(id: GroupId): Told<GroupDescription | null> {
    if (!isGuid(id)) return ok(null);
    const read = await this.#door.run(
      () =>
        this.#sdk
          .api(`/groups/${guid(id)}`)
          .select(GROUP_PROPERTIES)
          .get(),
      group,
    );
    if (read.ok) return ok(described(read.value.value));
    return read.error.failure.code === 'not-found' ? ok(null) : no(read.error.failure);
  }

  /** One read tells everything that matters of a group in Entra ID. */
  async inspect(id: GroupId): Told<GroupInspection | null> {
    const read = await this.describe(id);
    if (!read.ok || read.value === null) return read as Result<null, Failure>;
    const because = read.value.privileged ? { privilegedBecause: PRIVILEGED } : {};
    return ok({ ...read.value, ...because, unseen: [] });
  }

  async of(person: PersonId): Told<GroupId[]> {
    if (!isGuid(person)) return no(failure('person-not-found', 'Not a person of Entra ID.'));
    const read = await this.#directly(person);
    if (read.ok) return ok(read.value.value);
    const why = read.error.failure;
    return no(why.code === 'not-found' ? gone('person', why) : why);
  }

  async has(m: Membership): Told<boolean> {
    if (!isGuid(m.person)) return ok(false);
    const read = await this.#directly(m.person);
    if (read.ok) return ok(read.value.value.includes(m.group));
    return read.error.failure.code === 'not-found' ? ok(false) : no(read.error.failure);
  }

  async add(m: Membership): Told<Receipt> {
    const missing = malformed(m);
    if (missing) return no(missing);
    const body = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${m.person}` };
    const posted = await this.#door.run(
      () => this.#sdk.api(`/groups/${guid(m.group)}/members/$ref`).post(body),
      nothing,
    );
    if (posted.ok) return ok(receipt('changed', posted.value));
    const why = posted.error.failure;
    if (why.code === 'not-found') return no(await this.whichIsGone(posted.error, m));
    if (why.code === 'scope-missing') return no(await this.whyRefused(why, m.group));
    if (why.code !== 'invalid') return no(why);
    // One code for "is a member already" and for groups that take nobody by hand.
    const there = await this.has(m);
    if (!there.ok) return no(there.error);
    const { answer } = posted.error;
    if (there.value && answer) return ok(receipt('already-so', { answer }));
    const narrowed = await this.whyRefused(why, m.group);
    if (narrowed.code !== 'invalid') return no(narrowed);
    const detail = 'Entra ID refused the change, and does not show yet whether it holds already.';
    return no(failure('conflict', detail, { ...telling(why), retryAfter: LOOK_AGAIN_AFTER }));
  }

  async remove(m: Membership): Told<Receipt> {
    const missing = malformed(m);
    if (missing) return no(missing);
    const deleted = await this.#door.run(() => this.#sdk.api(memberReference(m)).delete(), nothing);
    if (deleted.ok) return ok(receipt('changed', deleted.value));
    const why = deleted.error.failure;
    if (why.code === 'not-found') return this.#alreadyOut(deleted.error, m);
    if (deleted.error.apiCode === 'ActiveDurationTooShort') {
      const detail =
        'Entra ID keeps a membership with an end of its own for at least five minutes.';
      return no(failure('conflict', detail, { ...telling(why), retryAfter: SHORTEST_SECONDS }));
    }
    if (why.code !== 'scope-missing' && why.code !== 'invalid') return no(why);
    return no(await this.whyRefused(why, m.group));
  }

  /** The person's id is named when the membership is absent, and also when the person is gone. */
  async #alreadyOut(refused: Refused, m: Membership): Told<Receipt> {
    const { answer } = refused;
    if (!answer) return no(refused.failure);
    const named = namedIn(refused, m);
    if (named === 'person') {
      const person = await this.#people.byId(m.person);
      if (!person.ok) return no(person.error);
      return ok(receipt(person.value ? 'already-so' : 'person-gone', { answer }));
    }
    const found = await this.describe(m.group);
    if (!found.ok) return no(found.error);
    if (found.value === null) return ok(receipt('group-gone', { answer }));
    const there = named === 'group' ? ok(true) : await this.has(m);
    if (!there.ok) return no(there.error);
    return there.value ? no(behind(refused.failure)) : ok(receipt('already-so', { answer }));
  }

  #directly(person: PersonId): Promise<Result<Done<string[]>, Refused>> {
    const pages = async () => {
      const ids: unknown[] = [];
      let page = idsPage.parse(
        await this.#sdk
          .api(`/users/${guid(person)}/memberOf/microsoft.graph.group`)
          .select('id')
          .top(LARGEST_PAGE)
          .get(),
      );
      for (;;) {
        ids.push(...page.value.map(({ id }) => id));
        const next = page['@odata.nextLink'];
        if (next === undefined) return ids;
        page = idsPage.parse(await this.#sdk.api(next).get());
      }
    };
    return this.#door.run(pages, idList);
  }

  /** For a refusal that says only that something is not there: whichever a read does not find either. */
  async whichIsGone(refused: Refused, m: Membership): Promise<Failure> {
    const named = namedIn(refused, m);
    if (named !== 'group') {
      const person = await this.#people.byId(m.person);
      if (!person.ok) return person.error;
      if (person.value === null) return gone('person', refused.failure);
    }
    if (named !== 'person') {
      const found = await this.describe(m.group);
      if (!found.ok) return found.error;
      if (found.value === null) return gone('group', refused.failure);
    }
    return behind(refused.failure);
  }

  /** A refusal that says nothing may be the kind of the group, or a permission. */
  async whyRefused(why: Failure, id: GroupId, permission = CHANGE_MEMBERS): Promise<Failure> {
    const read = await this.describe(id);
    if (!read.ok || !read.value || read.value.writable === true) return lacking(why, permission);
    return failure('group-not-writable', read.value.writable.sentence, telling(why));
  }
}

/**
 * Somebody or something made a moment ago is not known everywhere yet:
 * https://devblogs.microsoft.com/identity/designing-for-eventual-consistency-for-microsoft-entra
 */
const behind = (from: Failure) =>
  failure('conflict', 'Entra ID does not know everywhere yet what it knows already.', {
    ...telling(from),
    retryAfter: LOOK_AGAIN_AFTER,
  });

export function malformed(m: Membership): Failure | undefined {
  if (!isGuid(m.group)) return failure('group-not-found', 'Not a group of Entra ID.');
  if (!isGuid(m.person)) return failure('person-not-found', 'Not a person of Entra ID.');
  return undefined;
}

export function receipt(
  outcome: Receipt['outcome'],
  { answer }: Pick<Done<unknown>, 'answer'>,
): Receipt {
  const { requestId, status } = answer;
  return { outcome, status, ...(requestId !== undefined && { requestId }) };
}
