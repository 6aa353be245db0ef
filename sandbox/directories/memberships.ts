/** Who is in which group, read from either end, with the same lag as everything else. */
import { LaggingMap, type LaggingState, NOW } from './lagging';

export type MembershipsState<M> = [group: string, members: LaggingState<M>][];

export class Memberships<M> {
  #byGroup = new Map<string, LaggingMap<M>>();
  /** Every group a person was ever in; a hint for reading from the person's end. */
  #groupsEver = new Map<string, Set<string>>();

  get(group: string, member: string, asOf = NOW): M | undefined {
    return this.#byGroup.get(group)?.get(member, asOf);
  }

  add(group: string, member: string, value: M, at: number): void {
    let members = this.#byGroup.get(group);
    if (!members) {
      members = new LaggingMap();
      this.#byGroup.set(group, members);
    }
    members.set(member, value, at);
    this.#remember(group, member);
  }

  remove(group: string, member: string, at: number): void {
    this.#byGroup.get(group)?.delete(member, at);
  }

  /** A group that is deleted for good loses its members with it. */
  removeAllOf(end: { group: string } | { member: string }, at: number): void {
    if ('group' in end) {
      for (const [member] of this.of(end.group)) this.remove(end.group, member, at);
    } else {
      for (const group of this.groupsOf(end.member)) this.remove(group, end.member, at);
    }
  }

  of(group: string, asOf = NOW): [member: string, value: M][] {
    return [...(this.#byGroup.get(group)?.entries(asOf) ?? [])];
  }

  groupsOf(member: string, asOf = NOW): string[] {
    const groups = this.#groupsEver.get(member) ?? [];
    return [...groups].filter((group) => this.get(group, member, asOf) !== undefined);
  }

  groups(): string[] {
    return [...this.#byGroup.keys()];
  }

  snapshot(): MembershipsState<M> {
    return [...this.#byGroup].map(([group, members]) => [group, members.snapshot()]);
  }

  restore(state: MembershipsState<M>): void {
    this.#byGroup = new Map();
    this.#groupsEver = new Map();
    for (const [group, rows] of state) {
      const members = new LaggingMap<M>();
      members.restore(rows);
      this.#byGroup.set(group, members);
      for (const [member] of rows) this.#remember(group, member);
    }
  }

  #remember(group: string, member: string): void {
    const groups = this.#groupsEver.get(member);
    if (groups) groups.add(group);
    else this.#groupsEver.set(member, new Set([group]));
  }
}
