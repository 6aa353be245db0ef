/** When somebody was last seen, and how their sessions end. */
import type { Clock } from '../../forge/ports';
import { DAY, instant, plusSeconds } from '../../shared/instant';
import { no, ok } from '../../shared/result';
import { failure } from '../classify';
import type { Activity, Directory, PersonId } from '../directory';
import type { DirectoryApi, ReportsApi, Through } from './client';
import { gone, receipt } from './failures';
import type { GooglePeople } from './people';
import { activities, nothing } from './schemas';

/** https://developers.google.com/admin-sdk/reports/v1/guides/manage-audit-tokens */
const KEPT_DAYS = 180;
/** Google writes the beginning of 1970 for whoever never signed in. [unverified] */
const NEVER_BEFORE = Date.UTC(2000, 0, 1);
const LOGIN = 'lastLoginTime (Directory API)';
const TOKENS = 'Token activity (Reports API)';
/** Withdrawing an app's access is nobody's use of it. */
const NO_USE = new Set(['revoke']);
const ENOUGH = 10;
/** Anything else would be read as a further condition. */
const CLIENT_ID = /^[\w.-]{1,200}$/;

export class GoogleActivity {
  readonly #people: GooglePeople;
  readonly #reports: Through<ReportsApi>;
  readonly #clock: Clock;
  constructor(people: GooglePeople, reports: Through<ReportsApi>, clock: Clock) {
    this.#people = people;
    this.#reports = reports;
    this.#clock = clock;
  }

  /** `app`: the OAuth client id by which Google knows an application. */
  of: Directory['lastActivity'] = async (id, app) =>
    app === undefined ? this.#signedIn(id) : this.#used(id, app);

  async #signedIn(id: PersonId): ReturnType<Directory['lastActivity']> {
    const read = await this.#people.read(id);
    if (!read.ok) return read;
    if (!read.value) return no(gone('person'));
    const at = Date.parse(read.value.lastLoginTime ?? '');
    if (!Number.isFinite(at)) return ok(this.#nothing(LOGIN, 'Google did not say.'));
    if (at < NEVER_BEFORE)
      return ok(this.#nothing(LOGIN, 'Google has seen no sign-in of this person.'));
    return ok({ kind: 'seen', at: instant(at), source: LOGIN, readAt: this.#clock.now() });
  }

  async #used(id: PersonId, app: string): ReturnType<Directory['lastActivity']> {
    if (!CLIENT_ID.test(app)) {
      return no(failure('invalid', 'Google knows applications by their OAuth client id only.'));
    }
    const { api, door } = this.#reports;
    const now = this.#clock.now();
    const read = await door.run(
      async () =>
        (
          await api.activities.list({
            userKey: id,
            applicationName: 'token',
            filters: `client_id==${app}`,
            startTime: plusSeconds(now, -KEPT_DAYS * DAY),
            maxResults: ENOUGH,
          })
        ).data,
      activities,
    );
    if (!read.ok) {
      const why = read.error.failure;
      if (why.class === 'retryable') return no(why);
      if (why.code === 'not-found') return no(gone('person'));
      return ok(this.#nothing(TOKENS, `It could not be read: ${why.detail}`));
    }
    const used = (read.value.value.items ?? [])
      .filter(({ events }) => (events ?? []).some(({ name }) => !NO_USE.has(name ?? '')))
      .map((item) => Date.parse(item.id.time))
      .filter(Number.isFinite);
    if (used.length === 0) {
      const why = `Google keeps ${KEPT_DAYS} days of this and shows no use of the application in them.`;
      return ok(this.#nothing(TOKENS, why));
    }
    return ok({ kind: 'seen', at: instant(Math.max(...used)), source: TOKENS, readAt: now });
  }

  #nothing(source: string, why: string): Activity {
    return { kind: 'no-data', why, source, readAt: this.#clock.now() };
  }
}

/** Ends the sessions with Google; applications that it let in keep their own. */
export function signOutThrough({ api, door }: Through<DirectoryApi>): Directory['endSessions'] {
  return async (id) => {
    const done = await door.run(
      async () => (await api.users.signOut({ userKey: id })).data,
      nothing,
    );
    if (done.ok) return ok(receipt('changed', done.value));
    const { failure: why, answer } = done.error;
    if (why.code === 'not-found' && answer) return ok(receipt('person-gone', { answer }));
    return no(why);
  };
}
