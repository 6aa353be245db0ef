/** Who may call the org's API, and how far each may go. */
export type AdminRole =
  /** Everything. */
  | 'super'
  /** Reads people and groups, changes who is in a group; no group that carries an admin role. */
  | 'membership'
  /** None: every call is refused whatever the scopes say. */
  | 'none';

export interface OktaClient {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly role: AdminRole;
  /** Takes tokens only with a proof of possession (DPoP). */
  readonly bound?: boolean;
  /** Absent: the key that the console handed out. */
  readonly keys?: ClientChange['keys'];
}

const LEAST = ['okta.users.read', 'okta.groups.read', 'okta.groups.manage'] as const;

export const CLIENTS = {
  normal: {
    id: '0oaLatchkeyNormal001',
    name: 'Latchkey',
    scopes: [...LEAST, 'okta.apps.read', 'okta.logs.read'],
    role: 'membership',
  },
  /** May sign people out as well. */
  full: {
    id: '0oaLatchkeyFull00001',
    name: 'Latchkey that may end sessions',
    scopes: [...LEAST, 'okta.apps.read', 'okta.logs.read', 'okta.users.manage'],
    role: 'membership',
  },
  powerful: {
    id: '0oaLatchkeyPower0001',
    name: 'Latchkey with every right',
    scopes: [...LEAST, 'okta.users.manage', 'okta.apps.manage', 'okta.logs.read'],
    role: 'super',
  },
  weak: {
    id: '0oaLatchkeyWeak00001',
    name: 'Latchkey that may only read',
    scopes: ['okta.users.read', 'okta.groups.read'],
    role: 'membership',
  },
  roleless: {
    id: '0oaLatchkeyNoRole001',
    name: 'Latchkey without a role',
    scopes: LEAST,
    role: 'none',
  },
  bound: {
    id: '0oaLatchkeyBound0001',
    name: 'Latchkey with proof of possession required',
    scopes: LEAST,
    role: 'membership',
    bound: true,
  },
} as const satisfies Record<string, OktaClient>;

export const ADMIN_TOKEN = '00SandboxAdminTokenWithEveryRightOfTheOrg';

const CONSOLE_ADMIN: OktaClient = {
  id: 'ssws-admin',
  name: 'Administrator',
  scopes: ['*'],
  role: 'super',
};

/** What an administrator changed since: keys and scopes of an application. */
export interface ClientChange {
  readonly scopes?: readonly string[];
  readonly keys?: readonly { readonly kid: string; readonly publicKeyPem: string }[];
}

export function clientById(
  id: string,
  changes: ReadonlyMap<string, ClientChange>,
): OktaClient | undefined {
  const found = Object.values(CLIENTS).find((client) => client.id === id);
  return found && { ...found, ...changes.get(id) };
}

export function sswsClient(token: string): OktaClient | undefined {
  return token === ADMIN_TOKEN ? CONSOLE_ADMIN : undefined;
}

export function holds(client: OktaClient, granted: readonly string[], scope: string): boolean {
  if (client.scopes.includes('*')) return true;
  // A manage scope covers reading the same thing.
  return granted.includes(scope) || granted.includes(scope.replace(/\.read$/, '.manage'));
}
