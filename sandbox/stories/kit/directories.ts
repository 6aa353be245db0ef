/** A directory's own administration, as its administrator would use it from outside the app. */
import { z } from 'zod';
import type { Control, DirectoryName, Person } from './control';
import { demand, type Sent, StoryStopped, send } from './http';

/** Where each directory keeps groups and their members. */
const PATHS = {
  okta: {
    group: (group: string) => `/api/v1/groups/${group}`,
    member: (group: string, person: string) => `/api/v1/groups/${group}/users/${person}`,
    list: '/users',
  },
  entra: {
    group: (group: string) => `/v1.0/groups/${group}`,
    member: (group: string, person: string) => `/v1.0/groups/${group}/members/${person}/$ref`,
    list: '/members',
  },
  google: {
    group: (group: string) => `/admin/directory/v1/groups/${group}`,
    member: (group: string, person: string) =>
      `/admin/directory/v1/groups/${group}/members/${person}`,
    list: '/members',
  },
} as const;

export class DirectoryAdmin {
  readonly name: DirectoryName;
  readonly #url: string;
  readonly #control: Control;
  #authorization: string | undefined;

  constructor(name: DirectoryName, url: string, control: Control) {
    this.name = name;
    this.#url = url;
    this.#control = control;
  }

  /** World keys of the people in a group. */
  async members(group: string): Promise<string[]> {
    const all = await this.#control.memberships(this.name);
    return all.filter((row) => row.group === group).map((row) => row.person);
  }

  async holds(group: string, person: string): Promise<boolean> {
    return (await this.members(group)).includes(person);
  }

  /** Whether the directory's own API lists the person, with whatever lag it has. */
  async lists(groupId: string, person: Person): Promise<boolean> {
    const { group, list } = PATHS[this.name];
    const sent = demand(await this.call('GET', group(groupId) + list), 200, 'the members');
    return sent.text.includes(`"${this.#idOf(person)}"`);
  }

  /** The directory's id of a group that somebody is in. */
  async groupId(group: string): Promise<string> {
    const all = await this.#control.memberships(this.name);
    const known = all.find((row) => row.group === group);
    if (!known) throw new StoryStopped(`nobody is in ${group}, so its id is not known`);
    return known.groupId;
  }

  async add(groupId: string, person: Person): Promise<void> {
    const id = this.#idOf(person);
    const { member, group } = PATHS[this.name];
    const sent =
      this.name === 'okta'
        ? await this.call('PUT', member(groupId, id))
        : this.name === 'entra'
          ? await this.call('POST', `${group(groupId)}/members/$ref`, {
              '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}`,
            })
          : await this.call('POST', `${group(groupId)}/members`, { id, role: 'MEMBER' });
    demand(sent, [200, 204], `adding ${person.key} in ${this.name}`);
  }

  async remove(groupId: string, person: Person): Promise<void> {
    const sent = await this.call('DELETE', PATHS[this.name].member(groupId, this.#idOf(person)));
    demand(sent, [200, 204], `removing ${person.key} in ${this.name}`);
  }

  async deleteGroup(groupId: string): Promise<void> {
    const sent = await this.call('DELETE', PATHS[this.name].group(groupId));
    demand(sent, [200, 204], `deleting a group in ${this.name}`);
  }

  /** Entra keeps what was deleted for thirty days. */
  async restoreGroup(groupId: string): Promise<void> {
    const sent = await this.call('POST', `/v1.0/directory/deletedItems/${groupId}/restore`);
    demand(sent, 200, 'restoring a group in Entra');
  }

  /** A new group of that name in Okta or Google; answers its id. */
  async createGroup(name: string): Promise<string> {
    const sent =
      this.name === 'okta'
        ? await this.call('POST', '/api/v1/groups', { profile: { name, description: '' } })
        : await this.call('POST', '/admin/directory/v1/groups', {
            name,
            email: `${name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}@${await this.#domain()}`,
          });
    demand(sent, [200, 201], `the new group in ${this.name}`);
    return z.looseObject({ id: z.string() }).parse(sent.body).id;
  }

  /** Of the Workspace's own addresses. */
  async #domain(): Promise<string> {
    const people = await this.#control.people();
    const accounts = people.flatMap(({ directories }) => directories);
    const google = accounts.find(({ directory }) => directory === 'google');
    return google?.login.split('@')[1] ?? '';
  }

  async call(method: string, path: string, json?: unknown): Promise<Sent> {
    this.#authorization ??= await this.#signIn();
    return send(method, this.#url + path, {
      headers: { authorization: this.#authorization },
      ...(json !== undefined && { json }),
    });
  }

  async #signIn(): Promise<string> {
    const facts = (await this.#control.consoles())[this.name];
    return this.name === 'okta' ? `SSWS ${facts['ssws']}` : `Bearer ${facts['adminToken']}`;
  }

  #idOf(person: Person): string {
    const account = person.directories.find((one) => one.directory === this.name);
    if (!account) throw new StoryStopped(`${person.key} has no account in ${this.name}`);
    return account.id;
  }
}
