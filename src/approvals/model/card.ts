/** Sentences of the card that follow from the pin and the policy alone. */
import type { SodSet } from '../../contracts/policy';

/** Warnings about roles that nobody should hold together, as far as was known at the pin. */
export function warningsOf(
  sets: readonly SodSet[],
  about: {
    readonly roleId: string;
    /** `undefined`: it could not be read. */
    readonly held: readonly string[] | undefined;
    /** The set whose exception this stage decides on. */
    readonly exception: string | undefined;
  },
): string[] {
  return sets
    .filter((set) => set.roles.includes(about.roleId))
    .flatMap((set) => {
      if (set.id === about.exception)
        return [`You decide on an exception: nobody should hold two roles of "${set.name}".`];
      if (about.held === undefined)
        return [`Whether they hold another role of "${set.name}" could not be read.`];
      const other = set.roles.some((id) => id !== about.roleId && about.held?.includes(id));
      return other ? [`They hold another role of "${set.name}" already.`] : [];
    });
}

/** `rest`: stages that come after this one. */
export function happensNext(rest: number, duration: number | null, untilTicket: boolean): string {
  const given = 'the app makes the change in the directory and reads it back';
  const first =
    rest > 0
      ? `If you approve, ${rest === 1 ? 'one more stage decides' : `${rest} more stages decide`}; then ${given}.`
      : `If you approve, ${given}.`;
  const ends =
    duration === null
      ? 'It stays until somebody revokes it.'
      : untilTicket
        ? 'It ends by itself when the ticket is closed, at the latest after that time.'
        : 'It ends by itself after that time.';
  return `${first} ${ends} If you decline, nothing is changed.`;
}
