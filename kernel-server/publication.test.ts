import { Worker } from 'node:worker_threads';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Volume } from '../src/volume';
import { phantom } from '../src/volume/testing/phantom';
import { Publication, readFront } from './publication';
import { Source } from './sources';
import { LIB } from './testing/companions';

test('what is read is the volume as it was published last, of its own dtype, and not what was written since', () => {
  for (const dtype of ['uint8', 'int16', 'float32', 'float64'] as const) {
    const volume = phantom([3, 4, 2], dtype);
    const publication = new Publication(volume.toRecord());
    for (const value of [5, 6, 7]) {
      volume.data.fill(value);
      publication.publish();
      volume.data.fill(99);
      const { copies } = publication.shared;
      const read = readFront(publication.shared, (front) => copies[front]);
      expect(read).toBe(publication.front);
      expect(read.constructor).toBe(volume.data.constructor);
      expect(Array.from(read)).toEqual(Array(24).fill(value));
    }
  }
});

test('a copy is published while the other one is being read, and that one stays as it is', () => {
  const volume = Volume.alloc([2, 1, 1], 'uint8');
  const publication = new Publication(volume.toRecord());
  publication.publish();
  readFront(publication.shared, (front) => {
    volume.data.fill(1);
    publication.publish();
    expect(Array.from(publication.shared.copies[front])).toEqual([0, 0]);
    expect(Array.from(publication.front)).toEqual([1, 1]);
  });
});

test('a reader that died is waited for no longer once that is known', () => {
  const volume = Volume.alloc([2, 1, 1], 'uint8');
  const publication = new Publication(volume.toRecord());
  publication.publish();
  // It dies in the middle of a cut: the mark stays.
  readFront(publication.shared, (front) => Atomics.store(publication.shared.turn, 1, front));
  const { turn } = publication.shared;
  Atomics.store(turn, 1, 1 - Atomics.load(turn, 0));
  publication.abandon();
  volume.data.fill(3);
  publication.publish();
  expect(Array.from(publication.front)).toEqual([3, 3]);
});

test('a thread that reads all the time, while another writes and publishes in a tight loop, never sees a mixture', async () => {
  const volume = Volume.alloc([64, 64, 64], 'uint32');
  const publication = new Publication(volume.toRecord());
  publication.publish();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { readFront } = require(${JSON.stringify(join(LIB, 'kernel-server/publication'))});
    const { shared, stop } = workerData;
    let mixtures = 0, backwards = 0, last = 0;
    const seen = new Set();
    while (Atomics.load(stop, 0) === 0) {
      const slice = readFront(shared, (front) => shared.copies[front].slice());
      if (slice.some((value) => value !== slice[0])) mixtures++;
      if (slice[0] < last) backwards++;
      last = slice[0];
      seen.add(last);
      if (seen.size === 3) { Atomics.store(stop, 0, 1); Atomics.notify(stop, 0); }
    }
    parentPort.postMessage([mixtures, backwards, seen.size]);`;
  const worker = new Worker(code, { eval: true, workerData: { shared: publication.shared, stop } });
  const told = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  let value = 0;
  while (Atomics.load(stop, 0) === 0) {
    volume.data.fill(++value);
    publication.publish();
  }
  expect(await told).toEqual([0, 0, 3]);
  expect(value).toBeGreaterThan(2);
});

test('copies stand for the same values as the volume', () => {
  const volume = Volume.from(Uint8Array.of(1, 2), [2, 1, 1], { rescale: { slope: -3, intercept: 10 } });
  const publication = new Publication(volume.toRecord());
  publication.publish();
  const source = new Source(volume.toRecord(), publication.shared);
  volume.data.fill(0);
  expect(source.read((copy) => [copy.range, copy.valueAt(1, 0, 0), copy.info(1).rescale])).toEqual([
    [4, 7],
    4,
    { slope: -3, intercept: 10 },
  ]);
});
