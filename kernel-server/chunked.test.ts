import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { openVolume } from '../src/formats';
import { filesFolder } from '../src/formats/testing/files-folder';
import { madeByPython } from '../src/formats/testing/python';
import type { Frame, HistogramRequest } from '../src/protocol';
import type { Volume } from '../src/volume';
import { FakePeer, valuesOf } from './testing/fake-peer';
import { viewRecord } from './testing/records';
import { Views } from './views';

jest.setTimeout(60_000);
const { folder } = madeByPython('src/formats/testing/write-zarr.py');
const { path: own } = filesFolder();
let chunked: Volume;
let memory: Volume;
beforeAll(async () => {
  chunked = await openVolume(join(folder, 'five.zarr'));
  memory = await openVolume(join(folder, 'five.zarr'), { level: 0 });
});

let views: Views;
let peer: FakePeer;
beforeEach(() => {
  views = new Views(() => undefined);
  views.put(viewRecord('a', chunked), 1);
  peer = new FakePeer(views);
  peer.open('a');
  peer.messages.length = 0;
});

/** A copy of a file that a test will damage. */
function copied(name: string): string {
  cpSync(join(folder, name), join(own, name), { recursive: true });
  return join(own, name);
}

/** The frames that are sent, as soon as there are so many. */
async function arrived(count: number): Promise<Frame[]> {
  while (peer.inFlight.length < count) await peer.next();
  return peer.drain();
}

test('slices of all planes, channels and frames arrive as they are in the file', async () => {
  peer.grant(8);
  const wishes = [
    { plane: 'xy', index: 3, layer: 2, frame: 1 },
    { plane: 'xz', index: 10, layer: 0, frame: 0 },
    { plane: 'yz', index: 12, layer: 1, frame: 1, encoding: 'packed' },
    { plane: 'xy', index: 2, layer: 1, slab: 3, projection: 'mean' },
  ] as const;
  peer.wish('a', 1, wishes);
  const frames = await arrived(wishes.length);
  for (const wish of wishes) {
    const { layer: channel, index, plane, frame, ...slab } = { frame: 0, slab: 1, projection: 'max', ...wish } as const;
    const expected = memory.slice(plane, index, { channel, frame, slab: slab.slab, projection: slab.projection }).data;
    const found = frames.find((each) => each.plane === plane && each.index === index);
    expect(valuesOf(found)).toEqual(expected);
  }
});

test('a tile at a coarser level comes from a coarser level of the file', async () => {
  peer.grant(1);
  peer.wish('a', 1, [{ index: 2, level: [1, 1] }]);
  const [frame] = await arrived(1);
  const level = await openVolume(join(folder, 'five.zarr'), { level: 1 });
  expect(valuesOf(frame)).toEqual(level.slice('xy', 2).data);
});

test('of the slices that the hand passes the first is read to its end, and the one where it is', async () => {
  peer.grant(3);
  for (const index of [0, 1, 2, 4]) peer.wish('a', 1, [{ index }]);
  const frames = await arrived(2);
  expect(frames.map(({ index }) => index).sort()).toEqual([0, 4]);
  for (const frame of frames) expect(valuesOf(frame)).toEqual(memory.slice('xy', frame.index).data);
});

test('what was fetched ahead and has left the list before it was read is not sent, and its credit serves the next one', async () => {
  peer.grant(3);
  peer.wish('a', 1, [{ index: 0, priority: 'prefetch' }]);
  peer.wish('a', 1, [{ index: 4 }, { index: 3 }, { index: 2 }]);
  const frames = await arrived(3);
  expect(frames.map(({ index }) => index).sort()).toEqual([2, 3, 4]);
  expect(peer.inFlight).toEqual([]);
});

test('a broken chunk is told with a sentence, its credit comes back, and other slices go on', async () => {
  const path = copied('v2-zlib.zarr');
  const broken = await openVolume(path);
  writeFileSync(join(path, 's0', '0.0.1.0.0'), 'no zlib');
  views.put(viewRecord('b', broken, 2), 2);
  peer.open('b');
  peer.grant(1);
  peer.wish('b', 2, [{ index: 4 }, { index: 1 }]);
  const [frame] = await arrived(1);
  expect(frame).toMatchObject({ index: 1 });
  expect(peer.messages.at(-1)).toMatchObject({ type: 'error', code: 'file-corrupt', viewId: 'b' });
});

test('a refresh reads the chunks anew', async () => {
  const path = copied('alone.zarr');
  const written = await openVolume(path);
  views.put(viewRecord('c', written, 3), 3);
  peer.open('c');
  peer.grant(2);
  peer.wish('c', 3, [{ index: 0 }]);
  expect(valuesOf((await arrived(1))[0])?.[14]).toBe(21);
  rmSync(join(path, '0.0.0'));
  views.refresh('c', 4, [undefined]);
  peer.wish('c', 4, [{ index: 0 }]);
  expect(valuesOf((await arrived(1))[0])?.[14]).toBe(0);
});

test('the histogram is that of the coarsest level', async () => {
  const request: HistogramRequest = { kind: 'histogram', layer: 1, frame: 1, bins: 16 };
  const counted = await new Promise((fulfil) => {
    const view = views.get('a');
    if (view === undefined) throw new Error('no view');
    views.histograms.ask(view, request, { self: view, isWanted: () => true, answer: fulfil });
  });
  const sample = (await openVolume(join(folder, 'five.zarr'), { level: 2 })).at({ channel: 1 });
  expect(counted).toMatchObject({ range: sample.range });
});
