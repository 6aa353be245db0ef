/** Who can sign in, and how; shown by the control API and at start. */

import { tokenOf } from './jira/site';
import type { World, WorldPerson } from './world/world';

export interface Login {
  readonly key: string;
  readonly name: string;
  readonly accountId: string | undefined;
  readonly email: string;
  /** Password for basic authentication against Jira, as an API token would be. */
  readonly password: string;
  readonly licensed: boolean;
  readonly directories: readonly {
    directory: string;
    id: string;
    login: string;
    active: boolean;
  }[];
}

export const people = (world: World): Login[] => world.people.map(login);

function login({ key, given, family, email, jira, accounts }: WorldPerson): Login {
  return {
    key,
    name: `${given} ${family}`,
    accountId: jira?.accountId,
    email: jira?.email ?? email,
    password: tokenOf(key),
    licensed: jira?.licensed ?? false,
    directories: accounts.map(({ directory, id, login: name, active }) => ({
      directory,
      id,
      login: name,
      active,
    })),
  };
}
