/** Dates as the two APIs write them. */

/** `2021-01-17T12:34:00.000+0000`: no colon in the offset, and not `Z`. */
export const jiraDate = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');

export function deskDate(at: number) {
  const iso = new Date(at).toISOString();
  return {
    // The sandbox's clock has parts of a millisecond after some jumps; Jira has none.
    epochMillis: Math.trunc(at),
    friendly: `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`,
    iso8601: `${iso.slice(0, 19)}+0000`,
    jira: jiraDate(at),
  };
}
