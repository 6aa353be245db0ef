/** Names the ends of a membership as the world does, for people who read a test's output. */
import type { DirectoryName, World } from '../world/world';
import type { MembershipRow } from './directory';
import type { Memberships } from './memberships';

export class Labels {
  readonly #groups: Map<string, string>;
  readonly #people: Map<string, string>;

  constructor(world: World, directory: DirectoryName) {
    const groups = world.groups.filter((group) => group.directory === directory);
    this.#groups = new Map(groups.map((group) => [group.id, group.key]));
    this.#people = new Map(
      world.people.flatMap((person) =>
        person.accounts
          .filter((account) => account.directory === directory)
          .map((account) => [account.id, person.key] as const),
      ),
    );
  }

  rows<M>(
    memberships: Memberships<M>,
    named: { group(id: string): string | undefined; person(id: string): string | undefined },
  ): MembershipRow[] {
    return memberships.groups().flatMap((groupId) => {
      const groupName = named.group(groupId);
      if (groupName === undefined) return [];
      return memberships.of(groupId).flatMap(([personId]) => {
        const personName = named.person(personId);
        if (personName === undefined) return [];
        const group = this.#groups.get(groupId) ?? groupName;
        return { group, groupId, person: this.#people.get(personId) ?? personName, personId };
      });
    });
  }
}
