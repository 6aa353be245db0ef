/** People of the Workspace. */
import { json, type Routes } from '../../kit/routes';
import { googleUserId } from '../../world/ids';
import { randomText } from '../tokens';
import { NEEDS } from './accounts';
import { GoogleError, invalid, notAuthorized, notFound } from './errors';
import { mustNameCustomer, page, parseQuery } from './lists';
import { addresses, userBy } from './lookup';
import { showUser } from './shapes';
import type { GoogleUser } from './state';
import { bodyOf, guarded, type Workspace } from './workspace';

const USERS = '/admin/directory/v1/users';

export function addUsers(workspace: Workspace, routes: Routes): void {
  const { state, customerId } = workspace;
  const on = guarded(workspace, routes);
  on('GET', USERS, NEEDS.readUsers, ({ req, asOf }) => {
    mustNameCustomer(workspace, req);
    const query = req.query.get('query');
    const all = [...state.users.values(asOf)];
    const users = query === null ? all : all.filter(asked(query));
    return page(req, 'users', users, { standard: 100, most: 500 }, (user) =>
      showUser(customerId, user),
    );
  });
  on('POST', USERS, NEEDS.writeUsers, ({ req }) => {
    const user = create(workspace, bodyOf(req));
    state.users.set(user.id, user, workspace.clock.now());
    return json(200, showUser(customerId, user));
  });
  on('GET', `${USERS}/:userKey`, NEEDS.readUsers, ({ req, asOf }) =>
    json(200, showUser(customerId, known(workspace, req.params['userKey'] ?? '', asOf))),
  );
  on('PUT', `${USERS}/:userKey`, NEEDS.writeUsers, ({ req, asOf }) => {
    const user = known(workspace, req.params['userKey'] ?? '', asOf);
    const { suspended, ...rest } = bodyOf(req);
    const other = Object.keys(rest)[0];
    if (typeof suspended !== 'boolean' || other !== undefined) {
      throw new GoogleError(
        501,
        'notImplemented',
        `sandbox: google: cannot change ${other ?? 'this'}`,
      );
    }
    const changed = { ...(state.users.get(user.id) ?? user), suspended };
    state.users.set(user.id, changed, workspace.clock.now());
    return json(200, showUser(customerId, changed));
  });
}

/** An address of another domain is refused before anyone looks whether it exists. */
function known(workspace: Workspace, key: string, asOf: number): GoogleUser {
  const user = userBy(workspace, key, asOf);
  if (user) return user;
  if (key.includes('@') && !key.toLowerCase().endsWith(`@${workspace.domain}`))
    throw notAuthorized();
  throw notFound('userKey');
}

function asked(query: string): (user: GoogleUser) => boolean {
  const { field, fits } = parseQuery(query);
  switch (field) {
    case 'email':
      return (user) => addresses(user).some(fits);
    case 'givenName':
      return (user) => fits(user.givenName);
    case 'familyName':
      return (user) => fits(user.familyName);
    default:
      throw invalid('Invalid Input: query');
  }
}

function create(workspace: Workspace, body: Record<string, unknown>): GoogleUser {
  const { primaryEmail, name, password } = body;
  const named = (name ?? {}) as Record<string, unknown>;
  const { givenName, familyName } = named;
  if (
    typeof primaryEmail !== 'string' ||
    typeof givenName !== 'string' ||
    typeof familyName !== 'string' ||
    typeof password !== 'string'
  ) {
    throw invalid('Missing required field');
  }
  if (!primaryEmail.toLowerCase().endsWith(`@${workspace.domain}`)) {
    throw new GoogleError(404, 'notFound', 'Domain not found.');
  }
  if (userBy(workspace, primaryEmail, Number.POSITIVE_INFINITY)) {
    throw new GoogleError(409, 'duplicate', 'Entity already exists.');
  }
  return {
    id: googleUserId(randomText(workspace.random, 20)),
    primaryEmail: primaryEmail.toLowerCase(),
    aliases: [],
    givenName,
    familyName,
    suspended: false,
    isAdmin: false,
    creationTime: workspace.clock.iso(),
    department: null,
    title: null,
    manager: null,
  };
}
