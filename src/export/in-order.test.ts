import { expect, test } from '@jest/globals';
import { inOrder } from './in-order';

/** Work that ends when it is told to. */
function bench() {
  const running = new Map<number, { resolve: (result: string) => void; reject: (error: Error) => void }>();
  let most = 0;
  const work = (item: number): Promise<string> =>
    new Promise((resolve, reject) => {
      running.set(item, { resolve, reject });
      most = Math.max(most, running.size);
    });
  const end = (item: number, error?: Error): void => {
    const { resolve, reject } = running.get(item) as { resolve: (result: string) => void; reject: (e: Error) => void };
    running.delete(item);
    if (error === undefined) resolve(`done ${String(item)}`);
    else reject(error);
  };
  return { running, work, end, most: () => most };
}

test('results come in the items’ order, whichever ends first', async () => {
  const { work, end, running } = bench();
  const results = inOrder([1, 2, 3], 2, work);
  const first = results.next();
  end(2);
  expect([...running.keys()]).toEqual([1]);
  end(1);
  expect((await first).value).toBe('done 1');
  const second = results.next();
  expect((await second).value).toBe('done 2');
  const third = results.next();
  end(3);
  expect((await third).value).toBe('done 3');
  expect((await results.next()).done).toBe(true);
});

test('no more are begun than so many, and none before its turn has come', async () => {
  const { work, end, running, most } = bench();
  const taken: number[] = [];
  const items = (function* () {
    for (let item = 0; item < 10; item++) {
      taken.push(item);
      yield item;
    }
  })();
  const results = inOrder(items, 3, work);
  for (let item = 0; item < 10; item++) {
    const next = results.next();
    expect([...running.keys()]).toEqual([item, item + 1, item + 2].filter((each) => each < 10));
    expect(taken.length).toBe(Math.min(10, item + 3));
    end(item);
    await next;
  }
  expect(most()).toBe(3);
});

test('a failure is thrown when all that were begun have ended, and no more are begun', async () => {
  const { work, end, running } = bench();
  const results = inOrder([0, 1, 2, 3, 4], 3, work);
  const first = results.next();
  end(1, new Error('broken'));
  end(0);
  expect((await first).value).toBe('done 0');
  const second = results.next();
  const failed = expect(second).rejects.toThrow('broken');
  let isOver = false;
  second.catch(() => (isOver = true));
  end(2);
  await new Promise(setImmediate);
  expect([isOver, [...running.keys()]]).toEqual([false, [3]]);
  end(3);
  await failed;
  expect([...running.keys()]).toEqual([]);
});

test('who stops taking waits for what was begun', async () => {
  const { work, end, running } = bench();
  const results = inOrder([0, 1, 2, 3], 2, work);
  const first = results.next();
  end(0);
  await first;
  const stopped = results.return(undefined);
  let isOver = false;
  void stopped.then(() => (isOver = true));
  await new Promise(setImmediate);
  expect([isOver, [...running.keys()]]).toEqual([false, [1]]);
  end(1);
  await stopped;
});
