/**
 * Work on items, on `most` of them at once; the results come in the items' order, and the next item is begun when one is
 * taken. After a failure none is begun any more, and it is thrown when all that were have ended.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  most: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  try {
    for (const item of items) {
      const result = work(item);
      // It is awaited when its turn has come; that it has failed before is no fault of nobody's.
      result.catch(() => undefined);
      begun.push(result);
      if (begun.length >= most) yield await (begun.shift() as Promise<Result>);
    }
    for (let next = begun.shift(); next !== undefined; next = begun.shift()) yield await next;
  } finally {
    await Promise.allSettled(begun);
  }
}
