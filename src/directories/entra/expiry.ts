/**
 * Memberships that Entra ID ends by itself: PIM for Groups. It needs a licence (Entra ID P2 or
 * Governance) and takes a group over for good with the first membership made like this, so an
 * administrator has to switch it on. How it answers is unverified beyond the documented request.
 */
import type { Client } from '@microsoft/microsoft-graph-client';
import type { Clock } from '../../forge/ports';
import { type Instant, later, plusSeconds } from '../../shared/instant';
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failedCall, failure } from '../classify';
import type { Membership, Receipt } from '../directory';
import type { Door, Refused } from '../door';
import { guid } from './client';
import { telling } from './failures';
import { type EntraGroups, malformed, receipt, SHORTEST_SECONDS } from './groups';
import { scheduled } from './schemas';

export const SCHEDULE = 'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup';

const REQUESTS = '/identityGovernance/privilegedAccess/group/assignmentScheduleRequests';
/** Both clocks may differ, and an end that is a second too early is refused. */
const MARGIN_SECONDS = 30;
/** https://learn.microsoft.com/graph/api/resources/privilegedaccessgroupassignmentschedulerequest */
const TAKEN = new Set(['Granted', 'Provisioned', 'PendingProvisioning', 'ScheduleCreated']);

type Told<T> = Promise<Result<T, Failure>>;

export class EntraExpiry {
  readonly #sdk: Client;
  readonly #door: Door;
  readonly #clock: Clock;
  readonly #groups: EntraGroups;
  constructor(sdk: Client, door: Door, clock: Clock, groups: EntraGroups) {
    this.#sdk = sdk;
    this.#door = door;
    this.#clock = clock;
    this.#groups = groups;
  }

  async add(m: Membership, until: Instant): Told<Receipt> {
    const missing = malformed(m);
    if (missing) return no(missing);
    const made = await this.#request('adminAssign', m, until);
    if (made.ok) return made;
    const { apiCode, answer } = made.error;
    // Made by us before, or a membership without an end that was there already: neither is touched.
    if (apiCode === 'RoleAssignmentExists' && answer) return ok(receipt('already-so', { answer }));
    return no(await this.#narrowed(made.error, m));
  }

  async move(m: Membership, until: Instant | null): Told<Receipt> {
    const missing = malformed(m);
    if (missing) return no(missing);
    const moved = await this.#request('adminUpdate', m, until);
    return moved.ok ? moved : no(await this.#narrowed(moved.error, m));
  }

  async #request(
    action: 'adminAssign' | 'adminUpdate',
    m: Membership,
    until: Instant | null,
  ): Promise<Result<Receipt, Refused>> {
    const now = this.#clock.now();
    const earliest = plusSeconds(now, SHORTEST_SECONDS + MARGIN_SECONDS);
    const body = {
      accessId: 'member',
      principalId: guid(m.person),
      groupId: guid(m.group),
      action,
      scheduleInfo: {
        startDateTime: now,
        // The net below our own end: rather late than refused.
        expiration: until
          ? { type: 'afterDateTime', endDateTime: later(until, earliest) }
          : { type: 'noExpiration' },
      },
      justification: 'Time-bound access, approved in Jira.',
    };
    const posted = await this.#door.run(() => this.#sdk.api(REQUESTS).post(body), scheduled);
    if (!posted.ok) return posted;
    const { value, answer } = posted.value;
    if (TAKEN.has(value.status)) return ok(receipt('changed', { answer }));
    const state = /^\w{1,40}$/.test(value.status) ? value.status : 'another state';
    const detail = `Privileged Identity Management left the request in ${state}.`;
    return no({ failure: failedCall({ write: true }, 'bad-answer', detail), answer });
  }

  async #narrowed(refused: Refused, m: Membership): Promise<Failure> {
    const { failure: why, apiCode } = refused;
    const told = telling(why);
    if (apiCode === 'RoleAssignmentDoesNotExist') {
      return failure('not-found', 'The membership has no end of its own in Entra ID.', told);
    }
    if (why.code === 'not-found') return this.#groups.whichIsGone(refused, m);
    if (apiCode === 'AadPremiumLicenseRequired') {
      const detail =
        'Memberships that end by themselves need the licence Entra ID P2 or Entra ID Governance.';
      return failure('forbidden', detail, told);
    }
    if (apiCode === 'RoleAssignmentRequestPolicyValidationFailed') {
      const detail =
        'The settings of the group in Privileged Identity Management do not allow this end.';
      return failure('invalid', detail, told);
    }
    if (why.code !== 'scope-missing' && why.code !== 'invalid') return why;
    return this.#groups.whyRefused(why, m.group, SCHEDULE);
  }
}
