import { expect, test } from '@jest/globals';
import { useCompanions } from './testing/stand';

const stand = useCompanions();

/** What a kernel reports of its resident memory, in megabytes, after each part of its work. */
async function megabytesOf(code: string, reports: number): Promise<number[]> {
  const kernel = stand.child(
    `const report = () => say(String(process.memoryUsage.rss() / 1e6));
    (async () => { ${code} })();`,
  );
  const all: number[] = [];
  while (all.length < reports) all.push(Number(await kernel.line()));
  expect(await kernel.end()).toBe(0);
  return all;
}

test('volumes that were swapped away and dropped do not stay in memory, whether refreshed or not', async () => {
  const [after2 = NaN, after20 = NaN] = await megabytesOf(
    `for (let turn = 1; turn <= 20; turn++) {
      const next = Volume.alloc([256, 256, 512], 'uint16');
      next.data.fill(turn);
      companion.put({ viewId: 'a', volume: next.toRecord(), overlays: [], settings });
      if (turn % 2 === 0) companion.refresh('a');
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (turn !== 2 && turn !== 20) continue;
      // Until both threads have come to rest: what is then in memory stays there.
      let least = Infinity;
      for (let look = 0; look < 10; look++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        least = Math.min(least, process.memoryUsage.rss());
      }
      say(String(least / 1e6));
    }
    companion.close('a');`,
    2,
  );
  expect(after20 / after2).toBeLessThan(1.1);
});

test('refreshes in a tight loop take no memory', async () => {
  const [after, later = NaN] = await megabytesOf(
    `require('node:v8').setFlagsFromString('--expose-gc');
    const collect = require('node:vm').runInNewContext('gc');
    const loop = () => {
      for (let turn = 0; turn < 300_000; turn++) companion.refresh('a');
      collect(); // What is left over in the heap is not kept.
      report();
    };
    loop(); // By then heap and compiler have what one takes.
    loop();`,
    2,
  );
  expect(later - Number(after)).toBeLessThan(20);
});
