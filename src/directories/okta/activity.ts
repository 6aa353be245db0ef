/** When somebody was last seen, and how their sessions end. */
import type { Client } from '@okta/okta-sdk-nodejs';
import type { Clock } from '../../forge/ports';
import { DAY, parseInstant, plusSeconds } from '../../shared/instant';
import { no, ok } from '../../shared/result';
import type { Activity, Directory, PersonId } from '../directory';
import type { Door } from '../door';
import { gatherUpTo } from './collect';
import { gone } from './failures';
import { receipt } from './groups';
import type { OktaPeople } from './people';
import { logEvents, nothing } from './schemas';

/** https://developer.okta.com/docs/reference/system-log-query/ */
const KEPT_DAYS = 90;
const LOGIN = 'lastLogin (Okta profile)';
const LOG = 'Okta System Log';
const ID = /^[A-Za-z0-9]{1,60}$/;

export class OktaActivity {
  readonly #people: OktaPeople;
  readonly #logs: { readonly sdk: Client; readonly door: Door };
  readonly #clock: Clock;
  constructor(people: OktaPeople, logs: { sdk: Client; door: Door }, clock: Clock) {
    this.#people = people;
    this.#logs = logs;
    this.#clock = clock;
  }

  of: Directory['lastActivity'] = async (id, app) => {
    const person = await this.#people.read(id);
    if (!person.ok) return person;
    if (!person.value) return no(gone('person', {}));
    if (app !== undefined) return this.#used(id, app);
    const { lastLogin } = person.value;
    if (!lastLogin) return ok(this.#nothing(LOGIN, 'Okta has seen no sign-in of this person.'));
    return ok({
      kind: 'seen',
      at: parseInstant(lastLogin),
      source: LOGIN,
      readAt: this.#clock.now(),
    });
  };

  async #used(id: PersonId, app: string): ReturnType<Directory['lastActivity']> {
    if (!ID.test(id) || !ID.test(app)) {
      return ok(this.#nothing(LOG, 'Okta has no application with this id.'));
    }
    const now = this.#clock.now();
    const filter = `eventType eq "user.authentication.sso" and target.id eq "${app}" and actor.id eq "${id}"`;
    const { sdk, door } = this.#logs;
    const read = await door.run(
      async () =>
        gatherUpTo(
          1,
          await sdk.systemLogApi.listLogEvents({
            filter,
            since: plusSeconds(now, -KEPT_DAYS * DAY),
            until: now,
            sortOrder: 'DESCENDING',
            limit: 1,
          } as never),
        ),
      logEvents,
      'answer',
    );
    if (!read.ok) {
      const { failure: why } = read.error;
      if (why.class === 'retryable') return no(why);
      return ok(this.#nothing(LOG, `It could not be read (scope okta.logs.read): ${why.detail}`));
    }
    const [latest] = read.value.value;
    if (!latest) {
      const why = `Okta keeps ${KEPT_DAYS} days of this and shows no use of the application in them.`;
      return ok(this.#nothing(LOG, why));
    }
    return ok({ kind: 'seen', at: parseInstant(latest.published), source: LOG, readAt: now });
  }

  #nothing(source: string, why: string): Activity {
    return { kind: 'no-data', why, source, readAt: this.#clock.now() };
  }
}

/** Ends the sessions with Okta and its tokens; applications that it let in keep their own. */
export function signOutThrough({
  sdk,
  door,
}: {
  sdk: Client;
  door: Door;
}): Directory['endSessions'] {
  return async (userId) => {
    const done = await door.run(
      () => sdk.userApi.revokeUserSessions({ userId, oauthTokens: true }),
      nothing,
    );
    if (done.ok) return ok(receipt('accepted', done.value));
    const { failure: why, answer } = done.error;
    if (why.code === 'not-found' && answer) return ok(receipt('person-gone', { answer }));
    if (why.code !== 'scope-missing') return no(why);
    return no({
      ...why,
      detail: 'Okta says that the credential lacks the scope okta.users.manage.',
    });
  };
}
