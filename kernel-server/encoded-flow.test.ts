import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import sharp from 'sharp';
import { LIMITS, type Frame, type PreviewSettings } from '../src/protocol';
import { Volume } from '../src/volume';
import { phantom } from '../src/volume/testing/phantom';
import { FakePeer, valuesOf } from './testing/fake-peer';
import { viewRecord } from './testing/records';
import { twoViews } from './testing/two-views';

jest.setTimeout(30_000); // Many tiles are encoded here.

const small = phantom([5, 4, 6]);
/** One that packs well; its slices differ. */
const smooth = Volume.from(
  Uint16Array.from({ length: 64 * 64 * 6 }, (_, at) => 1000 * Math.floor(at / 4096) + Math.floor((at % 64) / 8)),
  [64, 64, 6],
);
/** One that does not. */
const noise = Volume.from(randomBytes(300 * 300), [300, 300, 1]);
const PREVIEW: PreviewSettings = { window: [0, 250], quality: 60 };
const indices = (frames: readonly Frame[]): number[] => frames.map(({ index }) => index);

let { views, peer } = twoViews(small);
beforeEach(() => {
  ({ views, peer } = twoViews(small));
});

describe('a tile in another encoding', () => {
  const packed = { encoding: 'packed' } as const;
  const preview = { encoding: 'preview' } as const;
  /** Take the next frame, which may still be encoded. */
  const arrival = async (): Promise<Frame> => {
    while (peer.inFlight.length === 0) await peer.next();
    return peer.take();
  };
  beforeEach(() => {
    views.put(viewRecord('a', smooth, 2), 3);
    views.put(viewRecord('b', smooth, 2), 4);
    peer.messages.length = 0;
  });

  test('packed, has all its numbers in fewer bytes, and the header of the raw one', async () => {
    peer.grant(1);
    peer.request('a', 2, 3, { ...packed, level: [1, 0] });
    const frame = await arrival();
    peer.request('a', 2, 3, { level: [1, 0] });
    const raw = await arrival();
    expect(frame).toEqual({ ...raw, requestId: 1, encoding: 'packed', payload: frame.payload });
    expect(raw.encoding).toBe('raw');
    expect(frame.payload.length).toBeLessThan(raw.payload.length / 10);
    expect(valuesOf(frame)).toEqual(valuesOf(raw));
  });

  test('as a preview of grays, is a JPEG of its size, behind the header of the raw one', async () => {
    peer.grant(1);
    peer.wish('a', 2, [{ index: 3, ...preview, level: [0, 1] }], PREVIEW);
    const frame = await arrival();
    peer.request('a', 2, 3, { level: [0, 1] });
    const raw = await arrival();
    expect(frame).toEqual({ ...raw, requestId: 1, encoding: 'preview', payload: frame.payload });
    expect(frame.tile).toEqual({ x: 0, y: 0, width: 64, height: 32 });
    expect(frame.payload.length).toBeLessThan(raw.payload.length / 2);
    expect(await sharp(frame.payload).metadata()).toMatchObject({ format: 'jpeg', width: 64, height: 32, channels: 1 });
  });

  test('as a preview through a window of real values, is the one through that of the stored ones', async () => {
    const { shape, data } = smooth;
    const rescaled = Volume.from(data, shape, { rescale: { slope: 2, intercept: -50 } });
    views.put(viewRecord('b', rescaled, 2), 5);
    peer.messages.length = 0;
    peer.grant(2);
    peer.wish('a', 2, [{ index: 3, ...preview }], PREVIEW);
    const plain = await arrival();
    peer.wish('b', 2, [{ index: 3, ...preview }], { ...PREVIEW, window: [-50, 450] });
    const frame = await arrival();
    expect(frame.encoding).toBe('preview');
    expect(frame.payload).toEqual(plain.payload);
  });

  test.each([packed, preview])('%p, that is not smaller than the raw one comes raw', async (encoding) => {
    views.put(viewRecord('a', encoding === packed ? noise : small, 3), 5);
    peer.grant(1);
    peer.wish('a', 3, [{ index: 0, ...encoding }], PREVIEW);
    const frame = await arrival();
    expect(frame.encoding).toBe('raw');
    expect(valuesOf(frame)).toEqual((encoding === packed ? noise : small).slice('xy', 0).data);
  });

  test.each([packed, preview])('%p, of one pixel comes', async (encoding) => {
    views.put(viewRecord('a', Volume.from(Uint8Array.of(7), [1, 1, 1]), 3), 5);
    peer.grant(1);
    peer.wish('a', 3, [{ index: 0, ...encoding }], PREVIEW);
    expect(valuesOf(await arrival())).toEqual(Uint8Array.of(7));
    expect(peer.messages.filter(({ type }) => type === 'error')).toEqual([]);
  });

  test('has the values of the moment in which it was cut', async () => {
    const growing = Volume.alloc([64, 64, 1], 'uint16');
    views.put(viewRecord('a', growing, 3), 5);
    peer.grant(1);
    peer.request('a', 3, 0, packed);
    growing.data.fill(9);
    expect(new Set(valuesOf(await arrival()))).toEqual(new Set([0]));
  });

  test('is no reason for a raw one to wait, also if it is first in line, and two are encoded at most', async () => {
    peer.grant(LIMITS.credits);
    const tiles = [0, 1, 2, 3].map((index) => ({ index, ...packed }));
    peer.wish('a', 2, [...tiles, { index: 4 }, { index: 5 }]);
    expect(indices(peer.inFlight)).toEqual([4, 5]);
    const frames = [];
    for (let i = 0; i < 6; i++) frames.push(await arrival());
    expect(indices(frames).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(peer.mostInFlight).toBeLessThanOrEqual(LIMITS.credits);
  });

  test('that is not needed now leaves an encoder to one that is', async () => {
    peer.grant(LIMITS.credits);
    const far = [0, 1].map((index) => ({ index, priority: 'prefetch', ...packed }) as const);
    peer.wish('a', 2, far);
    // The first is being encoded, and so is the one of b at once: two credits are left.
    peer.wish('b', 2, [{ index: 2, ...packed }, { index: 3 }, { index: 4 }, { index: 5 }]);
    expect(indices(peer.inFlight)).toEqual([3, 4]);
    const frames = [];
    for (let i = 0; i < 6; i++) frames.push(await arrival());
    expect(indices(frames).indexOf(2)).toBeLessThan(indices(frames).indexOf(1));
    expect(indices(frames).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('that was fetched ahead and is not in the newest list any more gives its credit back at once, and is not sent', async () => {
    peer.grant(3);
    peer.request('a', 2, 0, { priority: 'prefetch', ...packed });
    const raw = [1, 2, 3].map((index) => ({ index }));
    peer.wish('a', 2, raw);
    expect(indices(peer.inFlight)).toEqual([1, 2, 3]);
    peer.drain();
    const last = peer.request('a', 2, 4, packed);
    expect((await arrival()).requestId).toBe(last);
    // Nothing is held: all credits are there again.
    peer.grant(LIMITS.credits);
    peer.wish('a', 2, [...raw, { index: 0 }]);
    expect(indices(peer.inFlight)).toEqual([1, 2, 3, 0]);
  });

  test('is sent although the hand has passed it, and then the one where the hand is, not those between', async () => {
    peer.grant(LIMITS.credits);
    for (let index = 0; index < 6; index++) peer.request('a', 2, index, packed);
    // Two were being encoded; of the others only the newest is wished for when an encoder is free.
    const frames = [await arrival(), await arrival(), await arrival()];
    expect(indices(frames).sort()).toEqual([0, 1, 5]);
    expect(frames.at(-1)?.index).toBe(5);
    peer.grant(LIMITS.credits);
    peer.wish(
      'a',
      2,
      [0, 1, 2, 3].map((index) => ({ index })),
    );
    expect(indices(peer.inFlight)).toEqual([0, 1, 2, 3]);
  });

  test('stays under way when a newer list has it too, and is sent once', async () => {
    peer.grant(1);
    const id = peer.request('a', 2, 0, packed);
    peer.wish('a', 2, [
      { requestId: id, index: 0, ...packed },
      { index: 1, ...packed },
    ]);
    expect([(await arrival()).index, (await arrival()).index]).toEqual([0, 1]);
  });

  test.each<[string, () => void]>([
    ['its volume is replaced', () => views.put(viewRecord('a', smooth, 3), 5)],
    ['the client closes its view', () => peer.session.receive({ type: 'close', viewId: 'a' })],
    ['the kernel closes its view', () => views.close('a')],
  ])('is not sent when %s meanwhile', async (_, end) => {
    peer.grant(1);
    peer.request('a', 2, 0, packed);
    end();
    const other = peer.request('b', 2, 0, packed);
    expect((await arrival()).requestId).toBe(other);
    expect(peer.inFlight).toEqual([]);
  });

  test('is not sent to a client that is gone', async () => {
    const gone = new FakePeer(views);
    gone.open('a');
    gone.grant(1);
    gone.request('a', 2, 0, packed);
    gone.session.dispose();
    peer.grant(1);
    peer.request('a', 2, 0, packed);
    await arrival();
    expect(gone.inFlight).toEqual([]);
  });

  test('that can’t be made is an error with a sentence, gives its credit back, and the next is served', async () => {
    peer.grant(1);
    peer.wish('a', 2, [{ index: 0, ...preview }, { index: 1 }], { window: [0, 250], quality: 0 });
    expect((await arrival()).index).toBe(1);
    expect(peer.messages).toEqual([
      {
        type: 'error',
        code: 'companion-failed',
        message: expect.stringMatching(/^The slice could not be made \(.*quality.*\)\. Show another one/) as unknown,
        viewId: 'a',
      },
    ]);
  });
});
