/** `/rest/api/3/user`. */
import { json } from '../../kit/routes';
import type { Door, SiteCall } from '../door';
import { SiteError } from '../errors';
import { isApp, worksHere } from '../permissions';
import { userJson } from '../user-shapes';

export function userRoutes(door: Door): void {
  door.platform('GET', '/rest/api/3/myself', (call) => {
    const { accountId } = call.actor();
    const locale = call.site.people.find(accountId)?.locale ?? 'en_US';
    return json(200, { ...userJson(call.site, call.caller, accountId), locale });
  });
  door.platform('GET', '/rest/api/3/user', oneUser);
  door.platform('GET', '/rest/api/3/user/bulk', manyUsers);
  door.platform('GET', '/rest/api/3/user/search', search);
  door.platform('GET', '/rest/api/3/user/email', (call) => {
    demandAppItself(call);
    return json(200, emailOf(call, call.req.query.get('accountId') ?? ''));
  });
}

/** "Browse users and groups" is for those who work here. */
function demandBrowseUsers(call: SiteCall): void {
  if (!worksHere(call.caller)) {
    throw new SiteError(403, 'You are not authorized to perform this operation.');
  }
}

function oneUser(call: SiteCall) {
  demandBrowseUsers(call);
  const accountId = call.req.query.get('accountId') ?? '';
  if (!call.site.people.find(accountId)) {
    throw new SiteError(
      404,
      'Specified user does not exist or you do not have required permissions',
    );
  }
  call.cost(2);
  return json(200, userJson(call.site, call.caller, accountId));
}

/** Unknown accounts are left out without a word. */
function manyUsers(call: SiteCall) {
  const { query } = call.req;
  const ids = query.getAll('accountId');
  if (ids.length === 0) throw new SiteError(400, 'At least one accountId must be provided.');
  const startAt = Number(query.get('startAt') ?? 0);
  const maxResults = Math.min(200, Number(query.get('maxResults') ?? 10));
  const known = ids.filter((id) => call.site.people.find(id));
  const values = known.slice(startAt, startAt + maxResults);
  call.cost(2 * values.length);
  return json(200, {
    self: `${call.site.baseUrl}/rest/api/3/user/bulk`,
    maxResults,
    startAt,
    total: known.length,
    isLast: startAt + maxResults >= known.length,
    values: values.map((id) => userJson(call.site, call.caller, id)),
  });
}

function search(call: SiteCall) {
  const { query } = call.req;
  const wanted = query.get('query') ?? '';
  if (!worksHere(call.caller)) return json(200, []);
  if (wanted === '') throw new SiteError(400, 'The query parameter was not provided');
  const startAt = Number(query.get('startAt') ?? 0);
  const maxResults = Math.min(1000, Number(query.get('maxResults') ?? 50));
  const found = call.site.people
    .search(wanted)
    .slice(0, 1000)
    .slice(startAt, startAt + maxResults);
  call.cost(2 * found.length);
  return json(
    200,
    found.map(({ accountId }) => userJson(call.site, call.caller, accountId)),
  );
}

/** Forge apps may ask for e-mails only as themselves, never as a person. */
function demandAppItself(call: SiteCall): void {
  if (!isApp(call.caller)) {
    throw new SiteError(400, 'The app is not approved to access user e-mail addresses.');
  }
}

function emailOf(call: SiteCall, accountId: string) {
  const email = call.site.people.find(accountId)?.email;
  if (email === undefined) throw new SiteError(404, 'The user was not found.');
  return { accountId, email };
}
