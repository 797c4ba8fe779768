import type { OnFraction } from './format';

/**
 * Reads of a file at a time. What is read goes into memory that the system gives page by page, which takes longer than to
 * copy into it, and each thread that reads has pages given to it.
 */
const AT_ONCE = 4;

/** Do something for each of many, a few at a time, and tell how far it is. The first failure is thrown. */
export async function aFewAtATime<T>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
  onFraction: OnFraction,
): Promise<void> {
  const queue = items.values();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const item of queue) {
      await act(item);
      done += 1;
      onFraction(done / items.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
