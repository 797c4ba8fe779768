import { once } from 'node:events';
import { cpSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import workerThreads, { type Worker } from 'node:worker_threads';
import { describe, expect, jest, test } from '@jest/globals';
import type { Volume } from '../../volume';
import { openVolume, type OpenOptions } from '../index';
import { filesFolder } from '../testing/files-folder';
import { madeByPython } from '../testing/python';
import { byDimension, type Level, type LevelChunk } from './arrays';
import { fill } from './fill';
import { threadsFor } from './turns';

jest.setTimeout(120_000);
const { path: own } = filesFolder();
const { folder } = madeByPython(join(__dirname, '../testing/write-large-zarr.py'));

const pathOf = (name: string): string => join(folder, `${name}.zarr`);
const open = (name: string, options?: OpenOptions): Promise<Volume> =>
  openVolume(pathOf(name), { level: 0, ...options });

/** How many of a volume's values are others than write-large-zarr.py has put there. */
function wrongValues({ data, shape: [width, height, depth], channels }: Volume, hole?: number): number {
  const mask = data.BYTES_PER_ELEMENT === 1 ? 0xff : 0xffff;
  let wrong = 0;
  for (let at = 0, row = 0; at < data.length; row++) {
    const [y, plane] = [row % height, Math.floor(row / height)];
    const [z, part] = [plane % depth, Math.floor(plane / depth)];
    const start = 3 * y + 7 * z + 11 * (part % channels) + 13 * Math.floor(part / channels);
    const isHole = hole !== undefined && z >= 16;
    for (let x = 0; x < width; x++, at++) if (data[at] !== (isHole ? hole : (start + x) & mask)) wrong++;
  }
  return wrong;
}

describe('a level that several threads read has the values that it had where zarr wrote it', () => {
  test.each(['plain', 'zstd', 'blosc', 'gzip', 'sharded', 'v2', 'five'])('%s', async (name) => {
    const told: number[] = [];
    const volume = await open(name, { onProgress: ({ fraction }) => told.push(fraction) });
    expect(wrongValues(volume)).toBe(0);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(1);
  });

  test('chunks that nobody wrote', async () => {
    expect(wrongValues(await open('holes'), 7)).toBe(0);
  });

  test('in the web', async () => {
    const server = createServer((request, answer) => {
      const file = join(folder, request.url ?? '');
      if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) answer.end(readFileSync(file));
      else answer.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/zstd.zarr`;
    expect(wrongValues(await openVolume(url, { level: 0 }))).toBe(0);
    server.close().closeAllConnections();
  });
});

test('there are as many threads as processors, and fewer where a level has little for them to do', () => {
  const megabytes = 2 ** 20;
  expect(threadsFor(128 * megabytes, 64, 2)).toBe(2);
  expect(threadsFor(128 * megabytes, 64, 1)).toBe(1);
  expect(threadsFor(128 * megabytes, 64, 64)).toBe(8);
  expect(threadsFor(31 * megabytes, 64, 8)).toBe(1);
  expect(threadsFor(1024 * megabytes, 8, 8)).toBe(2);
  expect(threadsFor(1024 * megabytes, 1, 8)).toBe(1);
  expect(threadsFor(1, 1, 8)).toBe(1);
});

describe('threads that take chunks in turn', () => {
  const MARK = 255;
  const sizes = { x: 1030, y: 1003, z: 34, channel: 1, frame: 1 };
  const chunk = { x: 256, y: 256, z: 16, channel: 1, frame: 1 };
  const marked = (): LevelChunk => ({
    data: new Uint8Array(2 ** 20).fill(MARK),
    stride: byDimension(['z', 'y', 'x'], [2 ** 16, 256, 1], 0),
  });

  /** Fill an array with a level of which this thread can't read a chunk before `read` says so; others can. */
  async function filled(
    path: string,
    read: (started: readonly Worker[]) => Promise<LevelChunk>,
    level: Partial<Level> = {},
  ): Promise<{ data: Uint8Array; started: number; told: number[] }> {
    const started: Worker[] = [];
    const { Worker: Thread } = workerThreads;
    const counted = class extends Thread {
      constructor(...given: ConstructorParameters<typeof Thread>) {
        super(...given);
        started.push(this);
      }
    };
    Object.assign(workerThreads, { Worker: counted });
    const processors = jest.spyOn(os, 'availableParallelism').mockReturnValue(2);
    const source = { location: path, path: '/', axes: ['z', 'y', 'x'] } as const;
    const all = { source, sizes, chunk, dtype: 'uint8', isWide: false, read: () => read(started), ...level } as const;
    const voxels = all.sizes.x * all.sizes.y * all.sizes.z;
    const data = new Uint8Array(new SharedArrayBuffer(voxels));
    const told: number[] = [];
    try {
      await fill(all, data, (fraction) => told.push(fraction));
      return { data, started: started.length, told };
    } finally {
      Object.assign(workerThreads, { Worker: Thread });
      processors.mockRestore();
    }
  }

  /** The further threads have ended. */
  const others = (started: readonly Worker[]): Promise<unknown> =>
    Promise.all(started.map((thread) => new Promise((ended) => thread.once('exit', ended))));

  test('read all that the first one does not, and it waits for them', async () => {
    const { data, started, told } = await filled(pathOf('zstd'), async (all) => {
      await others(all);
      return marked();
    });
    expect(started).toBe(1);
    expect(told.at(-1)).toBe(1);
    // The first two chunks lie at the beginning of a row each.
    let wrong = 0;
    for (let at = 0; at < data.length; at++) {
      const [x, y, z] = [at % 1030, Math.floor(at / 1030) % 1003, Math.floor(at / 1030 / 1003)];
      const isFirst = x < 512 && y < 256 && z < 16;
      if (data[at] !== (isFirst ? MARK : (x + 3 * y + 7 * z) & 0xff)) wrong++;
    }
    expect(wrong).toBe(0);
  });

  test('are not waited for where they come too late', async () => {
    const { data, told } = await filled(join(folder, 'nowhere.zarr'), () => Promise.resolve(marked()));
    expect(data.every((value) => value === MARK)).toBe(true);
    expect(told).toHaveLength(60);
  });

  test('are none where a level is small', async () => {
    const small = { sizes: { ...sizes, z: 15 }, chunk: { ...chunk, z: 15 } };
    const { started } = await filled(pathOf('small'), () => Promise.resolve(marked()), small);
    expect(started).toBe(0);
  });

  const never = (): Promise<never> => new Promise(() => undefined);

  test('fail with the error of the one that has met it', async () => {
    const broken = join(own, 'broken.zarr');
    cpSync(pathOf('gzip'), broken, { recursive: true });
    writeFileSync(join(broken, 'c', '2', '2', '1'), 'not packed at all');
    const message = `${broken}: it can’t be decoded (incorrect header check)`;
    await expect(filled(broken, never)).rejects.toMatchObject({
      name: 'SlicescopeError',
      code: 'file-corrupt',
      message,
    });
    await expect(openVolume(broken, { level: 0 })).rejects.toMatchObject({
      name: 'SlicescopeError',
      code: 'file-corrupt',
      message,
    });
    const gone = join(own, 'gone.zarr');
    await expect(filled(gone, never)).rejects.toMatchObject({
      code: 'file-not-found',
      message: `${gone}: there is no such file`,
    });
    await expect(filled(gone, () => Promise.reject(new Error('of this one')))).rejects.toThrow('of this one');
  });

  test('fail where one of them dies', async () => {
    const path = pathOf('zstd');
    const dying = filled(path, async (all) => {
      await all[0]?.terminate();
      return await never();
    });
    await expect(dying).rejects.toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining(`${path}: the reader stopped (`),
    });
  });
});

/** Linux only says how many threads a process has. */
const threadCount = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0);

const oneTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

test('an opening that is stopped leaves no thread', async () => {
  await open('gzip'); // Node's own threads, which stay.
  const before = threadCount();
  const stop = new AbortController();
  const opening = open('plain', {
    signal: stop.signal,
    onProgress: () => {
      stop.abort(new Error('enough'));
    },
  });
  await expect(opening).rejects.toThrow('enough');
  while (threadCount() > before) await oneTurn(); // The opening does not wait for its thread. One that stays fails by time.
  expect(wrongValues(await open('zstd'))).toBe(0);
});
