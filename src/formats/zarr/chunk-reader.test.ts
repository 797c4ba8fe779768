import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { beforeAll, expect, jest, test } from '@jest/globals';
import type { ChunksRecord } from '../../volume';
import { openVolume } from '../index';
import { madeByPython } from '../testing/python';
import { ThreadedReader } from './chunk-reader';

jest.setTimeout(60_000);
const { folder } = madeByPython(join(__dirname, '../testing/write-zarr.py'));
const FIRST = { frame: 0, channel: 0 };
let record: ChunksRecord;
beforeAll(async () => {
  record = (await openVolume(join(folder, 'five.zarr'))).toRecord().chunks as ChunksRecord;
});

/** A chunk of this image: 4 × 5 × 2 voxels of 2 channels, 2 bytes each. */
const CHUNK_BYTES = 160;

function readerOf(cacheBytes: number): ThreadedReader {
  return new ThreadedReader({ ...record, source: { ...record.source, cacheBytes } }, 1);
}

test('no more bytes of chunks are kept than were allowed, and those that were needed last', async () => {
  const reader = readerOf(3 * CHUNK_BYTES);
  const kept = [];
  for (let z = 0; z < 3; z++) {
    for (let x = 0; x < 3; x++) {
      kept.push(await reader.read(0, [x, 0, z], FIRST));
      expect(reader.bytes).toBeLessThanOrEqual(3 * CHUNK_BYTES);
    }
  }
  // The same memory means that it was not read again.
  expect((await reader.read(0, [2, 0, 2], FIRST)).data).toBe(kept[8]?.data);
  expect((await reader.read(0, [0, 0, 0], FIRST)).data).not.toBe(kept[0]?.data);
});

test('a chunk that is larger than all that may be kept is read all the same', async () => {
  const reader = readerOf(CHUNK_BYTES - 1);
  const { data, offset, stride } = await reader.read(0, [1, 1, 1], { frame: 1, channel: 1 });
  // Voxel (5, 4, 2) of channel 1 in frame 1.
  expect(data[offset]).toBe(5 + 80 + 600 + 2000 + 9000);
  expect(data[offset + stride[1]]).toBe(5 + 100 + 600 + 2000 + 9000);
  expect(reader.bytes).toBe(0);
});

test('who asks twice at a time has one answer', async () => {
  const reader = readerOf(2 ** 20);
  const [one, other] = await Promise.all([reader.read(0, [0, 0, 0], FIRST), reader.read(0, [0, 0, 0], FIRST)]);
  expect(other.data).toBe(one.data);
});

test('what nobody waits for any more is not read, and a stopped wish has the reason that was given', async () => {
  const reader = readerOf(2 ** 20);
  const stopped = new AbortController();
  setMaxListeners(0, stopped.signal);
  const places = [0, 1, 2].flatMap((x) => [0, 1, 2].flatMap((y) => [0, 1, 2].map((z) => [x, y, z] as const)));
  const wishes = places.map((place) => reader.read(0, place, FIRST, stopped.signal).then(() => 'read', String));
  const wanted = reader.read(0, [2, 2, 2], FIRST);
  stopped.abort(new Error('moved on'));
  expect(new Set(await Promise.all(wishes))).toEqual(new Set(['Error: moved on']));
  await wanted;
  // Those that were begun may have been kept, and the one that somebody still waited for; no other.
  expect(reader.bytes).toBeLessThanOrEqual(9 * CHUNK_BYTES);
  await expect(reader.read(0, [0, 0, 1], FIRST, stopped.signal)).rejects.toThrow('moved on');
});

test('after a change nothing of before is kept', async () => {
  const reader = readerOf(2 ** 20);
  const before = await reader.read(0, [0, 0, 0], FIRST);
  const during = reader.read(0, [1, 0, 0], FIRST);
  reader.forget();
  expect(reader.bytes).toBe(0);
  expect((await during).data).toHaveLength(80);
  expect((await reader.read(0, [0, 0, 0], FIRST)).data).not.toBe(before.data);
});
