/** How often apps are asked for, told from what people wrote into the summaries of their issues. */

/** Words that stand in any request; an app of that name cannot be told apart from them. */
const TOO_COMMON = new Set(
  'access account admin app new password please request role software support test the to tool user'.split(
    ' ',
  ),
);

/**
 * By name: the issues whose summary has the name in it, word by word, whatever its case. A name that
 * is part of a longer one in the same place ("Figma" in "Figma Jam") does not count there.
 */
export function mentions(
  names: readonly string[],
  issues: readonly { readonly id: string; readonly summary: string }[],
): Map<string, Set<string>> {
  const wanted = names
    .map((name) => ({ name, words: wordsOf(name) }))
    .filter(({ words }) => words.length > 1 && !TOO_COMMON.has(words))
    .sort((a, b) => b.words.length - a.words.length);
  const found = new Map<string, Set<string>>();
  for (const { id, summary } of issues) {
    let rest = ` ${wordsOf(summary)} `;
    for (const { name, words } of wanted) {
      if (!rest.includes(` ${words} `)) continue;
      found.set(name, (found.get(name) ?? new Set()).add(id));
      rest = rest.replaceAll(` ${words} `, ' | ');
    }
  }
  return found;
}

export const wordsOf = (text: string): string =>
  (text.toLowerCase().match(/[\p{L}\p{N}+]+/gu) ?? []).join(' ');
