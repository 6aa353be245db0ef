/** When somebody was last seen. "No data" has many reasons here and never means "inactive". */
import type { Client } from '@microsoft/microsoft-graph-client';
import type { Clock } from '../../forge/ports';
import { parseInstant } from '../../shared/instant';
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type { Activity, PersonId } from '../directory';
import type { Door } from '../door';
import { expression, guid, isGuid, literal } from './client';
import { gone } from './failures';
import { appId, signedIn, signIns } from './schemas';

const PERSON_SOURCE = 'Entra lastSuccessfulSignInDateTime';
const APP_SOURCE = 'Entra sign-in logs';

type Told<T> = Promise<Result<T, Failure>>;

export class EntraActivity {
  readonly #sdk: Client;
  readonly #door: Door;
  readonly #clock: Clock;
  /** Sign-ins name an application by another id than its assignments do. */
  readonly #appIds = new Map<string, string>();
  constructor(sdk: Client, door: Door, clock: Clock) {
    this.#sdk = sdk;
    this.#door = door;
    this.#clock = clock;
  }

  async of(person: PersonId, app?: string): Told<Activity> {
    if (!isGuid(person)) return no(failure('person-not-found', 'Not a person of Entra ID.'));
    return app === undefined ? this.#anywhere(person) : this.#within(person, app);
  }

  /** https://learn.microsoft.com/graph/api/resources/signinactivity: kept since December 2023. */
  async #anywhere(person: PersonId): Told<Activity> {
    const read = await this.#door.run(
      () =>
        this.#sdk
          .api(`/users/${guid(person)}`)
          .select(['id', 'signInActivity'])
          .get(),
      signedIn,
    );
    if (!read.ok) {
      const why = read.error.failure;
      if (why.code === 'not-found') return no(gone('person', why));
      return this.#untold(why, PERSON_SOURCE, 'AuditLog.Read.All');
    }
    const at = read.value.value.signInActivity?.lastSuccessfulSignInDateTime;
    return at
      ? this.#seen(at, PERSON_SOURCE)
      : this.#silent(PERSON_SOURCE, 'No successful sign-in since Entra began to keep them.');
  }

  async #within(person: PersonId, app: string): Told<Activity> {
    const known = await this.#appId(app);
    if (!known.ok) {
      return this.#untold(known.error, APP_SOURCE, 'Application.Read.All');
    }
    // Attempts that failed stand there as well.
    const filter = [
      `appId eq ${literal(known.value)}`,
      `userId eq ${literal(guid(person))}`,
      'status/errorCode eq 0',
    ].join(' and ');
    const read = await this.#door.run(
      () => this.#sdk.api('/auditLogs/signIns').filter(expression(filter)).top(1).get(),
      signIns,
    );
    // https://learn.microsoft.com/graph/api/signin-list: a known issue makes it want both.
    if (!read.ok)
      return this.#untold(
        read.error.failure,
        APP_SOURCE,
        'AuditLog.Read.All or Directory.Read.All',
      );
    const [latest] = read.value.value.value;
    return latest
      ? this.#seen(latest.createdDateTime, APP_SOURCE)
      : this.#silent(APP_SOURCE, 'No interactive sign-in in the days that Entra keeps.');
  }

  async #appId(app: string): Told<string> {
    const known = this.#appIds.get(app);
    if (known !== undefined) return ok(known);
    if (!isGuid(app)) return no(failure('not-found', 'Not an enterprise application of Entra ID.'));
    const read = await this.#door.run(
      () =>
        this.#sdk
          .api(`/servicePrincipals/${guid(app)}`)
          .select('appId')
          .get(),
      appId,
    );
    if (!read.ok) return no(read.error.failure);
    this.#appIds.set(app, read.value.value.appId);
    return ok(read.value.value.appId);
  }

  #seen(at: string, source: string): Result<Activity, Failure> {
    return ok({ kind: 'seen', at: parseInstant(at), source, readAt: this.#clock.now() });
  }

  #silent(source: string, why: string): Result<Activity, Failure> {
    return ok({ kind: 'no-data', why, source, readAt: this.#clock.now() });
  }

  #untold(why: Failure, source: string, permission: string): Result<Activity, Failure> {
    if (why.code === 'scope-missing') {
      return this.#silent(source, `The app registration lacks ${permission}.`);
    }
    // Entra also says so now and then where a licence is there: https://github.com/microsoftgraph/microsoft-graph-docs/issues/14120
    if (why.code === 'forbidden') {
      return this.#silent(source, 'Entra shows sign-ins only with a licence Entra ID P1 or P2.');
    }
    return no(why);
  }
}
