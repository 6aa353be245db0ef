/** People of the Workspace. */
import { z } from 'zod';
import { empty, json, type Req, type Routes } from '../../kit/routes';
import { googleUserId } from '../../world/ids';
import { randomText } from '../tokens';
import { NEEDS } from './accounts';
import { GoogleError, invalid, notAuthorized, notFound } from './errors';
import { mustNameCustomer, page, parseQuery } from './lists';
import { addresses, userBy } from './lookup';
import { showUser } from './shapes';
import type { GoogleUser } from './state';
import { bodyOf, guarded, rolesOfUser, type Workspace } from './workspace';

const USERS = '/admin/directory/v1/users';

export function addUsers(workspace: Workspace, routes: Routes): void {
  const { state, customerId } = workspace;
  const on = guarded(workspace, routes);
  const shown = (user: GoogleUser, req?: Req) => {
    const roles = rolesOfUser(workspace, user.id);
    const isSuper = roles.some(({ rights }) => rights === 'all');
    const admin = isSuper ? 'super' : roles.length > 0 ? 'delegated' : 'none';
    return showUser(customerId, user, { admin, full: req?.query.get('projection') === 'full' });
  };
  on('GET', USERS, NEEDS.readUsers, ({ req, asOf, searchAsOf }) => {
    mustNameCustomer(workspace, req);
    const query = req.query.get('query');
    const users =
      query === null
        ? [...state.users.values(asOf)]
        : [...state.users.values(searchAsOf)].filter(asked(query));
    const size = { standard: 100, most: 500, orderBy: (user: GoogleUser) => user.primaryEmail };
    return page(req, 'users', users, size, (user) => shown(user, req));
  });
  on('POST', USERS, NEEDS.writeUsers, ({ req }) => {
    const user = create(workspace, bodyOf(req));
    state.users.set(user.id, user, workspace.clock.now());
    return json(200, shown(user));
  });
  on('GET', `${USERS}/:userKey`, NEEDS.readUsers, ({ req, asOf }) =>
    json(200, shown(known(workspace, req.params['userKey'] ?? '', asOf), req)),
  );
  on('PUT', `${USERS}/:userKey`, NEEDS.writeUsers, ({ req, asOf }) => {
    const user = known(workspace, req.params['userKey'] ?? '', asOf);
    const changed = edited(workspace, state.users.get(user.id) ?? user, bodyOf(req));
    state.users.set(user.id, changed, workspace.clock.now());
    return json(200, shown(changed));
  });
  on('POST', `${USERS}/:userKey/signOut`, NEEDS.signOut, ({ req, asOf }) => {
    known(workspace, req.params['userKey'] ?? '', asOf);
    return empty();
  });
}

const changesSchema = z.strictObject({
  suspended: z.optional(z.boolean()),
  archived: z.optional(z.boolean()),
  primaryEmail: z.optional(z.string()),
  organizations: z.optional(
    z.array(
      z.object({
        title: z.string(),
        department: z.string(),
        description: z.optional(z.string()),
        primary: z.boolean(),
      }),
    ),
  ),
  relations: z.optional(z.array(z.object({ type: z.literal('manager'), value: z.string() }))),
});

function edited(workspace: Workspace, user: GoogleUser, body: unknown): GoogleUser {
  const read = changesSchema.safeParse(body);
  if (!read.success) {
    throw new GoogleError(501, 'notImplemented', 'sandbox: google: such a change is not modelled');
  }
  const { suspended, archived, primaryEmail, organizations, relations } = read.data;
  const renamed = primaryEmail?.toLowerCase();
  if (renamed !== undefined && renamed !== user.primaryEmail.toLowerCase()) {
    const other = userBy(workspace, renamed, Number.POSITIVE_INFINITY);
    if (other && other.id !== user.id) {
      throw new GoogleError(409, 'duplicate', 'Entity already exists.');
    }
  }
  const work = organizations?.[0];
  return {
    ...user,
    ...(suspended !== undefined && { suspended }),
    ...(archived !== undefined && { archived }),
    // Whoever is renamed keeps the address of before as an alias.
    ...(renamed !== undefined && {
      primaryEmail: renamed,
      aliases: [...new Set([...user.aliases, user.primaryEmail])].filter((a) => a !== renamed),
    }),
    ...(work && {
      title: work.title,
      department: work.department,
      employment: work.description ?? null,
    }),
    ...(relations && { manager: relations[0]?.value ?? null }),
  };
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
    case 'Atlassian.accountId':
      return (user) => user.accountId !== null && fits(user.accountId);
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
    archived: false,
    lastLogin: null,
    accountId: null,
    creationTime: workspace.clock.iso(),
    department: null,
    employment: null,
    title: null,
    manager: null,
  };
}
