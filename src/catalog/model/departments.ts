/** How many members of a group belong to which department, without pointing at anybody. */

/** A department with fewer members of the group than this is not named. */
export const FEWEST_SHOWN = 5;

export interface DepartmentCounts {
  /** Largest first. */
  readonly departments: readonly { readonly name: string; readonly people: number }[];
  /** Everybody else, those without a department among them. */
  readonly others: number;
}

/**
 * Small departments are folded together. What is folded is at least `FEWEST_SHOWN` people or nobody:
 * otherwise size minus the named ones would tell the small number all the same.
 */
export function countsByDepartment(departments: Iterable<string | undefined>): DepartmentCounts {
  const people = new Map<string, number>();
  let others = 0;
  for (const one of departments) {
    const name = one?.trim() ?? '';
    if (name === '') others++;
    else people.set(name, (people.get(name) ?? 0) + 1);
  }
  const ordered = [...people]
    .map(([name, count]) => ({ name, people: count }))
    .sort((a, b) => b.people - a.people || (a.name < b.name ? -1 : 1));
  const shown = ordered.filter((one) => one.people >= FEWEST_SHOWN);
  others += ordered.slice(shown.length).reduce((sum, one) => sum + one.people, 0);
  while (others > 0 && others < FEWEST_SHOWN) {
    const smallest = shown.pop();
    if (!smallest) break;
    others += smallest.people;
  }
  return { departments: shown, others };
}
