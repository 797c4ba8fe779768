import { describe, expect, jest, test } from '@jest/globals';
import sharp from 'sharp';
import { DTYPES, ARRAY_OF, type VoxelArray, type Window } from '../protocol';
import { colorIndex } from '../shading';
import { encodePreview } from './preview';

jest.setTimeout(30_000); // The first picture loads sharp.

const [width, height] = [64, 48];

/** The pixels of a preview, and how many channels the file itself has. */
async function decoded(
  data: VoxelArray,
  window: Window,
  components = 1,
  quality = 90,
): Promise<{ bytes: Uint8Array; channels: number; pixels: Uint8Array }> {
  const bytes = await encodePreview({ width, height, components, data }, { window, quality });
  const { format, channels, ...size } = await sharp(bytes).metadata();
  expect([format, size.width, size.height]).toEqual([channels === 1 ? 'jpeg' : 'webp', width, height]);
  return { bytes, channels, pixels: new Uint8Array(await sharp(bytes).ensureAlpha().raw().toBuffer()) };
}

const grays = (pixels: Uint8Array): number[] => Array.from({ length: pixels.length / 4 }, (_, at) => pixels[4 * at]!);

function expectClose(found: readonly number[], expected: readonly number[], tolerance: number): void {
  const worst = found.reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at]!)), 0);
  expect(found).toHaveLength(expected.length);
  expect(worst).toBeLessThanOrEqual(tolerance);
}

describe('a preview', () => {
  test.each(DTYPES)(
    'of %s has the gray of each value through the window, nearly, in the order of the voxels',
    async (dtype) => {
      // Rises to the right, and twice as much downwards, over both ends of the window.
      const data = new ARRAY_OF[dtype](width * height);
      data.forEach((_, at) => (data[at] = (at % width) / 2 + Math.floor(at / width)));
      const window = [8, 70] as const;
      const { channels, pixels } = await decoded(data, window);
      expect(channels).toBe(1);
      expectClose(
        grays(pixels),
        Array.from(data, (value) => colorIndex(value, window)),
        8,
      );
      expect(grays(pixels)[0]).toBeLessThan(5);
      expect(grays(pixels).at(-1)).toBeGreaterThan(250);
    },
  );

  test('is small, and smaller with less quality', async () => {
    const data = Uint16Array.from({ length: width * height }, (_, at) => ((at * 7919) % 997) + at);
    const [good, poor] = [await decoded(data, [0, 4000], 1, 90), await decoded(data, [0, 4000], 1, 20)];
    expect(good.bytes.length).toBeLessThan(data.byteLength / 2);
    expect(poor.bytes.length).toBeLessThan(good.bytes.length / 2);
  });

  test('is transparent just where a value is NaN', async () => {
    const data = Float32Array.from({ length: width * height }, (_, at) => (at % 5 === 0 ? NaN : 1));
    const { channels, pixels } = await decoded(data, [0, 2]);
    expect(channels).toBe(4);
    data.forEach((value, at) => {
      expect(pixels[4 * at + 3]).toBe(Number.isNaN(value) ? 0 : 255);
    });
    const seen = grays(pixels).filter((_, at) => at % 5 !== 0);
    expectClose(
      seen,
      seen.map(() => 128),
      8,
    );
  });

  test('has infinities at the window’s ends, and no transparency for them', async () => {
    const data = new Float64Array(width * height).fill(-Infinity).fill(Infinity, (width * height) / 2);
    const { channels, pixels } = await decoded(data, [0, 1]);
    expect(channels).toBe(1);
    expectClose(
      grays(pixels),
      Array.from(data, (value) => (value > 0 ? 255 : 0)),
      4,
    );
  });

  test.each([3, 4])('of %i components has their colours, nearly, whatever the window', async (components) => {
    const color = [200, 40, 90, 120].slice(0, components);
    const data = Uint8Array.from({ length: width * height * components }, (_, at) => color[at % components]!);
    const { channels, pixels } = await decoded(data, [250, 251], components);
    expect(channels).toBe(components);
    for (let at = 0; at < width * height; at += 17) {
      expectClose(Array.from(pixels.subarray(4 * at, 4 * at + 4)), [200, 40, 90, components === 4 ? 120 : 255], 6);
    }
  });
});
