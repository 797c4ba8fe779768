import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { filesFolder } from './testing/files-folder';
import { niftiFile } from './testing/nifti-file';

const { put } = filesFolder();
const LIBRARY = JSON.stringify(join(__dirname, '../../lib/src'));

/**
 * Run code with the library, as compiled, in a process of its own.
 * @param code has `path`, a file of 60 sevens; `started`, the threads so far; `ready`, which waits for that many; `Volume`.
 * @returns what it printed.
 */
function inProcess(code: string): string {
  const path = put('small.nii', niftiFile({ voxels: new Uint8Array(60).fill(7) }));
  const script = `
    const threads = require('node:worker_threads');
    const { once } = require('node:events');
    const started = [];
    threads.Worker = class extends threads.Worker {
      constructor(...given) {
        super(...given);
        started.push(this);
      }
    };
    const ready = async (count) => {
      while (started.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
      return started[count - 1];
    };
    const path = ${JSON.stringify(path)};
    const { Volume } = require(${LIBRARY});
    (async () => { ${code} })();`;
  return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

test('a thread is ready before a file is opened and reads one after the other; files at the same time have one each', () => {
  const output = inProcess(`
    await ready(1);
    const { data } = await Volume.open(path);
    console.log(data[59], started.length);
    await Volume.open(path);
    console.log(started.length);
    await Promise.all([Volume.open(path), Volume.open(path)]);
    console.log(started.length);`);
  expect(output).toBe('7 1\n1\n2\n');
});

test('one thread reads and writes, and nothing of a file that is done listens to it', () => {
  const output = inProcess(`
    const thread = await ready(1);
    const listeners = () => thread.eventNames().reduce((sum, name) => sum + thread.listenerCount(name), 0);
    const copy = path + '.copy.nii';
    const both = async (overwrite) => {
      const volume = await Volume.open(path);
      await volume.save(copy, { overwrite });
      return (await Volume.open(copy)).data[59];
    };
    console.log(await both(false));
    const once = listeners();
    for (let at = 0; at < 10; at++) await both(true);
    console.log(listeners() - once, started.length);`);
  expect(output).toBe('7\n0 1\n');
});

test('a thread that has written a large volume ends, and lets go of it', () => {
  const output = inProcess(`
    const ended = once(await ready(1), 'exit');
    await Volume.alloc([3000, 3000, 1], 'uint8').save(path + '.large.nii');
    await ended;
    console.log((await ready(2)).threadId > 0);`);
  expect(output).toBe('true\n');
});

test('a thread that has read a large file ends, and lets go of it', () => {
  const large = put('large.nii', niftiFile({ dims: [3000, 3000, 1], voxels: new Uint8Array(9_000_000) }));
  const output = inProcess(`
    const ended = once(await ready(1), 'exit');
    await Volume.open(${JSON.stringify(large)});
    await ended;
    await ready(2);
    console.log((await Volume.open(path)).data[59], started.length);`);
  expect(output).toBe('7 2\n');
});

test('a file is opened at once where no thread is ready yet', () => {
  expect(inProcess(`console.log((await Volume.open(path)).data[59], started.length);`)).toBe('7 1\n');
});

test('a thread that died while it waited fails no file', () => {
  const output = inProcess(`
    const first = await ready(1);
    await first.terminate();
    console.log((await Volume.open(path)).data[59]);
    const second = await ready(2);
    void second.terminate(); // Nobody has heard of it yet.
    console.log((await Volume.open(path)).data[59], started.length);
    void (await ready(3)).terminate();
    const { bytes } = await Volume.alloc([2, 2, 2], 'uint8').save(path + '.new.nii');
    console.log(bytes, started.length);`);
  expect(output).toBe('7\n7 3\n360 4\n');
});

test('what a thread that waited is told of a broken file is said once', () => {
  const output = inProcess(`
    await ready(1);
    await Volume.open(__filename, { format: 'nifti', onProgress() {} }).catch(({ code }) => console.log(code, started.length));`);
  expect(output).toBe('file-not-found 1\n');
});

test('a thread that waits keeps no process alive', () => {
  expect(inProcess(`const { threadId } = await ready(1); console.log(threadId > 0);`)).toBe('true\n');
  expect(inProcess('')).toBe('');
});

test('a thread that has the library starts none', () => {
  const code = `require(${LIBRARY}); setTimeout(() => {}, 100);`;
  const output = inProcess(`
    const counted = \`
      const threads = require('node:worker_threads');
      let count = 0;
      threads.Worker = class extends threads.Worker { constructor(...given) { super(...given); count += 1; } };
      ${code}
      process.on('exit', () => threads.parentPort.postMessage(count));\`;
    const [count] = await once(new threads.Worker(counted, { eval: true }), 'message');
    console.log(count);`);
  expect(output).toBe('0\n');
});
