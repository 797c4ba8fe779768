/**
 * Reads of a file at a time. The system hands out fresh memory page by page, which takes longer than
 * to copy into it; each thread that reads gets pages of its own.
 */
const AT_ONCE = 4;

/**
 * Do something for each of many, a few at a time. The first failure is thrown.
 * @param onDone told how many are done, after each.
 */
export async function aFewAtATime<T>(
  items: Iterable<T>,
  act: (item: T) => Promise<void>,
  onDone: (done: number) => void,
  atOnce: number = AT_ONCE,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let done = 0;
  const work = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      await act(next.value);
      done += 1;
      onDone(done);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
