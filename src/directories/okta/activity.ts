/** When somebody was last seen. "No data" has many reasons here and never means "inactive". */
import type { Client } from '@okta/okta-sdk-nodejs';
import type { Clock } from '../../forge/ports';
import { DAY, parseInstant, plusSeconds } from '../../shared/instant';
import { type Failure, no, ok, type Result } from '../../shared/result';
import { failure } from '../classify';
import type { Activity, PersonId } from '../directory';
import type { Door } from '../door';
import { literal, readPage } from './pages';
import type { OktaPeople } from './people';
import { logEvents } from './schemas';

export const READ_LOGS = 'okta.logs.read';
const PERSON_SOURCE = 'Okta lastLogin';
const APP_SOURCE = 'Okta System Log';
/** https://developer.okta.com/docs/reference/system-log-query/: kept for 90 days. */
const KEPT = 90 * DAY;

type Told = Promise<Result<Activity, Failure>>;

export class OktaActivity {
  readonly #people: OktaPeople;
  readonly #clock: Clock;
  readonly #logs: { readonly sdk: Client; readonly door: Door };
  constructor(people: OktaPeople, logs: { sdk: Client; door: Door }, clock: Clock) {
    this.#people = people;
    this.#logs = logs;
    this.#clock = clock;
  }

  of(person: PersonId, app?: string): Told {
    return app === undefined ? this.#anywhere(person) : this.#within(person, app);
  }

  async #anywhere(person: PersonId): Told {
    const read = await this.#people.userById(person);
    if (!read.ok) return read;
    if (!read.value) return no(failure('person-not-found', 'Okta does not know this person.'));
    const { lastLogin } = read.value;
    return lastLogin
      ? this.#seen(lastLogin, PERSON_SOURCE)
      : this.#silent(PERSON_SOURCE, 'Okta has no sign-in of this person on record.');
  }

  /** The person is the actor of a sign-on; older events name them as a target beside the application. */
  async #within(person: PersonId, app: string): Told {
    const now = this.#clock.now();
    const { sdk, door } = this.#logs;
    const whose = `(actor.id eq ${literal(person)} or target.id eq ${literal(person)})`;
    const list = sdk.systemLogApi.listLogEvents({
      filter: `eventType eq "user.authentication.sso" and ${whose} and target.id eq ${literal(app)}`,
      since: plusSeconds(now, -KEPT),
      until: now,
      sortOrder: 'DESCENDING',
      limit: 1,
    });
    const read = await readPage(door, { list, cursor: undefined }, logEvents);
    if (!read.ok) {
      const why = read.error.failure;
      if (why.code === 'scope-missing') {
        return this.#silent(APP_SOURCE, `The application in Okta lacks the scope ${READ_LOGS}.`);
      }
      if (why.code === 'forbidden') {
        const role = 'The administrator role of the application does not reach the System Log.';
        return this.#silent(APP_SOURCE, role);
      }
      return no(why);
    }
    const [latest] = read.value.value;
    return latest
      ? this.#seen(latest.published, APP_SOURCE)
      : this.#silent(
          APP_SOURCE,
          'No single sign-on to this application in the 90 days that Okta keeps; a sign-in that bypasses Okta is not seen.',
        );
  }

  #seen(at: string, source: string): Result<Activity, Failure> {
    return ok({ kind: 'seen', at: parseInstant(at), source, readAt: this.#clock.now() });
  }

  #silent(source: string, why: string): Result<Activity, Failure> {
    return ok({ kind: 'no-data', why, source, readAt: this.#clock.now() });
  }
}
