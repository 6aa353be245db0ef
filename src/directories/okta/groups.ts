import type { Client } from '@okta/okta-sdk-nodejs';
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type {
  GroupDescription,
  GroupId,
  GroupUnwritable,
  Membership,
  PersonId,
  Receipt,
} from '../directory';
import type { Done, Door, Refused } from '../door';
import { gone, lacking, missingEnd, telling } from './failures';
import { gather } from './pages';
import type { OktaPeople } from './people';
import { group, groups, nothing, type OktaGroup } from './schemas';

const UNWRITABLE: Readonly<Record<string, { no: GroupUnwritable; sentence: string }>> = {
  APP_GROUP: {
    no: 'app-owned',
    sentence: 'The group is imported from an application, and only that application changes it.',
  },
  BUILT_IN: { no: 'built-in', sentence: 'Okta itself decides who is in this group.' },
};

/** Told by a list with counts; a single group says nothing about it. */
export const PRIVILEGED: { no: GroupUnwritable; sentence: string } = {
  no: 'privileged',
  sentence: 'The group carries an administrator role of Okta.',
};

const CHANGE_MEMBERS = 'okta.groups.manage';

type Told<T> = Promise<Result<T, Failure>>;

export class OktaGroups {
  readonly #sdk: Client;
  readonly #door: Door;
  readonly #people: OktaPeople;
  constructor(sdk: Client, door: Door, people: OktaPeople) {
    this.#sdk = sdk;
    this.#door = door;
    this.#people = people;
  }

  async describe(id: GroupId): Told<GroupDescription | null> {
    const read = await this.#door.run(() => this.#sdk.groupApi.getGroup({ groupId: id }), group);
    if (read.ok) return ok(described(read.value.value));
    return read.error.failure.code === 'not-found' ? ok(null) : no(read.error.failure);
  }

  async of(person: PersonId): Told<GroupId[]> {
    const read = await this.#memberships(person);
    if (read.ok) return ok(read.value.value.map((g) => g.id));
    const { failure: why } = read.error;
    return no(why.code === 'not-found' ? gone('person', why) : why);
  }

  /** Okta has no read of one membership; a person's groups are one call, a group's members many. */
  async has(m: Membership): Told<boolean> {
    const read = await this.#memberships(m.person);
    if (read.ok) return ok(read.value.value.some((g) => g.id === m.group));
    return read.error.failure.code === 'not-found' ? ok(false) : no(read.error.failure);
  }

  async add(m: Membership): Told<Receipt> {
    const { group: groupId, person: userId } = m;
    const put = await this.#door.run(
      () => this.#sdk.groupApi.assignUserToGroup({ groupId, userId }),
      nothing,
    );
    // The same 204 whether the person was a member or not.
    if (put.ok) return ok(receipt('accepted', put.value));
    const end = await this.#missing(put.error, m);
    if (end) return no(gone(end, put.error.failure));
    if (put.error.apiCode === 'E0000038') return no(inactive(put.error.failure));
    return no(await this.#whyForbidden(put.error.failure, groupId));
  }

  async remove(m: Membership): Told<Receipt> {
    const { group: groupId, person: userId } = m;
    const deleted = await this.#door.run(
      () => this.#sdk.groupApi.unassignUserFromGroup({ groupId, userId }),
      nothing,
    );
    if (deleted.ok) return ok(receipt('accepted', deleted.value));
    const { failure: why, answer } = deleted.error;
    const end = missingEnd(deleted.error, m);
    if (!end || !answer) return no(await this.#whyForbidden(why, groupId));
    if (end !== 'unclear') return ok(receipt(`${end}-gone`, { answer }));
    // Not said which: the person's own groups prove whether anything is left.
    const left = await this.#memberships(userId);
    if (!left.ok) {
      const { failure: unread } = left.error;
      return unread.code === 'not-found' ? ok(receipt('person-gone', { answer })) : no(unread);
    }
    const still = left.value.value.some((g) => g.id === groupId);
    if (!still) return ok(receipt('already-so', { answer }));
    const detail = 'Okta did not find something, and still shows the membership.';
    return no(failure('conflict', detail, telling(why)));
  }

  #memberships(person: PersonId) {
    return this.#door.run(
      async () => gather(await this.#sdk.userApi.listUserGroups({ userId: person })),
      groups,
    );
  }

  async #missing(refused: Refused, m: Membership): Promise<'person' | 'group' | undefined> {
    const end = missingEnd(refused, m);
    if (end !== 'unclear') return end;
    const person = await this.#people.byId(m.person);
    if (!person.ok) return undefined;
    return person.value ? 'group' : 'person';
  }

  /** Okta gives the same code for a group that nobody may change and for a role that is missing. */
  async #whyForbidden(why: Failure, id: GroupId): Promise<Failure> {
    if (why.code !== 'forbidden') return lacking(why, CHANGE_MEMBERS);
    const read = await this.describe(id);
    if (!read.ok || !read.value || read.value.writable === true) return why;
    return failure('group-not-writable', read.value.writable.sentence, telling(why));
  }
}

export function described({ id, type, profile }: OktaGroup): GroupDescription {
  return { id, name: profile.name, writable: UNWRITABLE[type] ?? true, privileged: false };
}

/** Okta changes no groups of somebody who was deactivated. */
function inactive(why: Failure): Failure {
  const detail =
    'The account of this person in Okta is not active, so it cannot be added to a group.';
  return failure('forbidden', detail, telling(why));
}

export function receipt(
  outcome: Receipt['outcome'],
  { answer }: Pick<Done<unknown>, 'answer'>,
): Receipt {
  const { status, requestId } = answer;
  return { outcome, status, ...(requestId !== undefined && { requestId }) };
}
