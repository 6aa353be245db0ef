/** The SDK's collections yield `null` for an empty page. */
export async function gather(pages: AsyncIterable<unknown>): Promise<unknown[]> {
  return gatherUpTo(Number.POSITIVE_INFINITY, pages);
}

export async function gatherUpTo(most: number, pages: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of pages) {
    if (item !== null && item !== undefined) items.push(item);
    if (items.length >= most) break;
  }
  return items;
}
