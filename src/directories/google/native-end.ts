/**
 * Memberships that Google itself ends: https://cloud.google.com/identity/docs/how-to/manage-expirations
 * Only the Cloud Identity API knows them, and it takes people by address; so the address is read
 * right before each call, from the id.
 */
import type { Instant } from '../../shared/instant';
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type { Directory, Membership, Receipt } from '../directory';
import type { Refused } from '../door';
import type { CloudIdentityApi, Through } from './client';
import { gone, receipt } from './failures';
import type { GoogleGroups } from './groups';
import type { GooglePeople } from './people';
import { modified, named, operation } from './schemas';

const NO_END: Failure = failure(
  'forbidden',
  'Google Workspace did not take an end for the membership. This needs the right to change groups, and Enterprise Standard, Enterprise Plus, Enterprise for Education or Cloud Identity Premium; without these, switch the native expiry of the connection off.',
);
/** Which of these a missing edition answers with is unverified; others of this API say the first. */
const REFUSALS = new Set(['PERMISSION_DENIED', 'FAILED_PRECONDITION', 'INVALID_ARGUMENT']);

export class GoogleNativeEnd {
  readonly #google: Through<CloudIdentityApi>;
  readonly #people: GooglePeople;
  readonly #groups: Pick<GoogleGroups, 'whyNot'>;
  constructor(
    google: Through<CloudIdentityApi>,
    others: { readonly people: GooglePeople; readonly groups: Pick<GoogleGroups, 'whyNot'> },
  ) {
    this.#google = google;
    this.#people = others.people;
    this.#groups = others.groups;
  }

  /** Whoever is a member already keeps the end they have, or none. */
  async add(m: Membership, until: Instant): Promise<Result<Receipt, Failure>> {
    const { api, door } = this.#google;
    const address = await this.#addressOf(m);
    if (!address.ok) return address;
    if (address.value === null) return no(gone('person'));
    const id = address.value;
    const made = await door.run(
      async () =>
        (
          await api.groups.memberships.create({
            parent: `groups/${m.group}`,
            requestBody: {
              preferredMemberKey: { id },
              roles: [{ name: 'MEMBER', expiryDetail: { expireTime: until } }],
            },
          })
        ).data,
      operation,
    );
    if (!made.ok) {
      const { apiCode, answer } = made.error;
      if (apiCode === 'ALREADY_EXISTS' && answer) return ok(receipt('already-so', { answer }));
      return no(await this.#whyNot(made.error, m));
    }
    return made.value.value.error ? no(NO_END) : ok(receipt('changed', made.value));
  }

  move: Directory['moveNativeEnd'] = async (m, until) => {
    const { api, door } = this.#google;
    const address = await this.#addressOf(m);
    if (!address.ok) return address;
    if (address.value === null) return no(gone('person'));
    const id = address.value;
    const looked = await door.run(
      async () =>
        (
          await api.groups.memberships.lookup({
            parent: `groups/${m.group}`,
            'memberKey.id': id,
          })
        ).data,
      named,
    );
    if (!looked.ok) return no(await this.#whyNot(looked.error, m));
    const { name } = looked.value.value;
    const moved = await door.run(
      async () =>
        (
          await api.groups.memberships.modifyMembershipRoles({
            name,
            requestBody: {
              updateRolesParams: [
                {
                  fieldMask: 'expiryDetail.expire_time',
                  // Named in the mask and left out of the role: no end any more. [unverified]
                  membershipRole: {
                    name: 'MEMBER',
                    ...(until !== null && { expiryDetail: { expireTime: until } }),
                  },
                },
              ],
            },
          })
        ).data,
      modified,
    );
    return moved.ok ? ok(receipt('changed', moved.value)) : no(await this.#whyNot(moved.error, m));
  };

  /** The group itself may be the reason; else what is asked for is. */
  async #whyNot({ failure: why, apiCode }: Refused, m: Membership): Promise<Failure> {
    const better = await this.#groups.whyNot(why, m.group);
    if (better !== why || apiCode === undefined || !REFUSALS.has(apiCode)) return better;
    return { ...NO_END, ...(why.said !== undefined && { said: why.said }) };
  }

  async #addressOf({ person }: Membership): Promise<Result<string | null, Failure>> {
    const read = await this.#people.byId(person);
    return read.ok ? ok(read.value?.email ?? null) : read;
  }
}
